#include "jit/partition.h"

namespace tenon::jit {
namespace {

// Where a part ends. Smaller ones repeat more declarations; larger ones leave cores without work at
// the end, and take memory.
constexpr uint64_t kPartitionBytes = 32 * 1024;

// Bodies that LLVM's optimising passes are too slow for, and those that it only translates. Of the
// latter are small ones too, in which every construct merges every local.
constexpr uint64_t kLargeBytes = 256 * 1024;
constexpr uint64_t kHugeBytes = 1024 * 1024;
constexpr uint64_t kHugeMerges = 4'000'000;

OptLevel LevelFor(uint64_t bytes, const BodyFacts& facts, OptLevel level) {
  if (bytes > kHugeBytes || facts.merges > kHugeMerges) return OptLevel::k0;
  if (bytes > kLargeBytes && level != OptLevel::k0) return OptLevel::k1;
  return level;
}

}  // namespace

std::vector<Partition> Divide(const vm::ResolvedModule& module, const Survey& survey,
                              OptLevel level) {
  std::vector<Partition> partitions;
  const std::vector<vm::FunctionBody>& bodies = module.module->bodies;
  for (size_t i = 0; i < bodies.size(); ++i) {
    const uint64_t bytes = bodies[i].code.size;
    const vm::FuncIdx func(static_cast<uint32_t>(module.imported_funcs + i));
    const OptLevel of_func = LevelFor(bytes, survey.of(func), level);
    if (partitions.empty() || partitions.back().bytes + bytes > kPartitionBytes ||
        partitions.back().level != of_func) {
      partitions.push_back({.funcs = {}, .bytes = 0, .level = of_func});
    }
    partitions.back().funcs.push_back(func);
    partitions.back().bytes += bytes;
  }
  return partitions;
}

}  // namespace tenon::jit
