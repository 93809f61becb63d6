#include "jit/partition.h"

namespace tenon::jit {
namespace {

// Where a part ends. Smaller ones repeat more declarations; larger ones leave cores without work at
// the end, and take memory.
constexpr uint64_t kPartitionBytes = 32 * 1024;

}  // namespace

std::vector<Partition> Divide(const vm::ResolvedModule& module) {
  std::vector<Partition> partitions;
  const std::vector<vm::FunctionBody>& bodies = module.module->bodies;
  for (size_t i = 0; i < bodies.size(); ++i) {
    const uint64_t bytes = bodies[i].code.size;
    if (partitions.empty() || partitions.back().bytes + bytes > kPartitionBytes) {
      partitions.emplace_back();
    }
    partitions.back().funcs.emplace_back(static_cast<uint32_t>(module.imported_funcs + i));
    partitions.back().bytes += bytes;
  }
  return partitions;
}

}  // namespace tenon::jit
