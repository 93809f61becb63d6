// tenon_compare_tiers: generated modules in both tiers.
//
//   tenon_compare_tiers [--first SEED] [--count N] [-O0|-O1|-O2|-O3|-Os] [--half] [--explicit]
//                       [--lax-traps] [-o FILE]
//
// With -o the last module is written to a file before it is run.
// Prints each seed whose module does not do the same, with what was seen, and counts at the end;
// exits with 1 if there were any. With --lax-traps code has the trap policy of components, under
// which some things may differ (jit/README.md, "Trap policies"): they are counted by kind, and any
// other is a failure.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "cli/compiled_wast/compile_on_load.h"
#include "test/aot/compare_tiers.h"
#include "test/fuzz/generator/generator.h"

namespace tenon {
namespace {

struct Arguments {
  uint64_t first = 0;
  uint64_t count = 100;
  bool is_half = false;
  std::string output;
  jit::CompileOptions compile = {.level = jit::OptLevel::k1};
};

bool ParseLevel(absl::string_view word, jit::OptLevel* level) {
  static constexpr absl::string_view kLevels[] = {"-O0", "-O1", "-O2", "-O3", "-Os"};
  for (size_t i = 0; i < std::size(kLevels); ++i) {
    if (word == kLevels[i]) {
      *level = static_cast<jit::OptLevel>(i);
      return true;
    }
  }
  return false;
}

bool Parse(int argc, char** argv, Arguments* out) {
  for (int i = 1; i < argc; ++i) {
    const absl::string_view option = argv[i];
    if (ParseLevel(option, &out->compile.level)) continue;
    if (option == "--half") {
      out->is_half = true;
    } else if (option == "--explicit") {
      out->compile.bounds = Bounds::kExplicit;
    } else if (option == "--lax-traps") {
      out->compile.trap_policy = jit::TrapPolicy::kComponent;
    } else if (option == "-o" && i + 1 < argc) {
      out->output = argv[++i];
    } else {
      uint64_t* const number = option == "--first"   ? &out->first
                               : option == "--count" ? &out->count
                                                     : nullptr;
      if (number == nullptr || i + 1 == argc || !absl::SimpleAtoi(argv[++i], number)) return false;
    }
  }
  return true;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  if (!Parse(argc, argv, &arguments)) {
    std::fprintf(stderr,
                 "usage: tenon_compare_tiers [--first SEED] [--count N] [-O0|-O1|-O2|-O3|-Os] "
                 "[--half] [--explicit] [--lax-traps] [-o FILE]\n");
    return 2;
  }
  uint64_t differences[4] = {};  // by DifferenceKind
  uint64_t inconclusive = 0;
  for (uint64_t seed = arguments.first; seed < arguments.first + arguments.count; ++seed) {
    jit::CompileOptions options = arguments.compile;
    if (arguments.is_half) CompileHalf(seed, &options);
    const std::vector<uint8_t> module = vm::GenerateModule(seed);
    if (!arguments.output.empty()) {
      std::ofstream(arguments.output, std::ios::binary)
          .write(reinterpret_cast<const char*>(module.data()),
                 static_cast<std::streamsize>(module.size()));
    }
    const TierComparison found = CompareTiers(module, std::move(options));
    inconclusive += found.is_inconclusive ? 1 : 0;
    ++differences[static_cast<size_t>(found.kind)];
    if (found.kind == DifferenceKind::kNone) continue;
    std::printf("seed %" PRIu64 ":\n%s", seed, found.difference.c_str());
    std::fflush(stdout);
  }
  const CompiledFunctions functions = FunctionsSoFar();
  const auto count = [&differences](DifferenceKind kind) {
    return differences[static_cast<size_t>(kind)];
  };
  const uint64_t left_out = count(DifferenceKind::kLeftOut);
  const uint64_t after_trap = count(DifferenceKind::kAfterTrap);
  const uint64_t unexplained = count(DifferenceKind::kUnexplained);
  std::printf("%" PRIu64 " modules, %" PRIu64 " differ, %" PRIu64
              " exhausted a stack; %zu functions compiled, %zu interpreted\n",
              arguments.count, left_out + after_trap + unexplained, inconclusive,
              functions.compiled, functions.interpreted);
  if (arguments.compile.trap_policy != jit::TrapPolicy::kComponent) {
    return left_out + after_trap + unexplained == 0 ? 0 : 1;
  }
  std::printf("of those that differ: %" PRIu64 " left an access out of bounds out, %" PRIu64
              " differ after a trap, %" PRIu64 " otherwise\n",
              left_out, after_trap, unexplained);
  return unexplained == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tenon

int main(int argc, char** argv) { return tenon::Main(argc, argv); }
