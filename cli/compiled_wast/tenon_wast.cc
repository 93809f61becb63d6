// tenon-wast: scripts of the official suites run by compiled code, or by a mixture of both tiers.
// Each module is compiled as it is loaded, in this process, and each component as a whole. `tenon
// wast --tier aot` starts it and hands its options on; spec-tests/run.py calls it as it calls
// `tenon`.
//   tenon-wast [wast] [--bounds=HOW] [--half=SEED] [-O0|-O2] [--lax-traps] [--features=LIST]
//              [--collect-always] [--deterministic] [--attach] [--ignore-error-messages] [--json]
//              PATH...
#include <cstdio>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "cli/compiled_wast/compile_on_load.h"
#include "cli/wast/command.h"

namespace tenon {
namespace {

int Main(int argc, char** argv) {
  cli::WastOptions options;
  vm::EngineSettings& engine = options.script.engine;
  jit::CompileOptions compile;
  compile.level = jit::OptLevel::k1;
  for (int i = 1; i < argc; ++i) {
    absl::string_view word = argv[i];
    uint64_t seed = 0;
    if (i == 1 && word == "wast") continue;
    if (word == "--bounds=explicit") {
      engine.bounds = Bounds::kExplicit;
    } else if (word == "--bounds=guard") {
      engine.bounds = Bounds::kGuard;
    } else if (absl::ConsumePrefix(&word, "--features=")) {
      TENON_CHECK(engine.features.Apply(word).has_value());
    } else if (word == "--collect-always") {
      options.script.collect_always = true;
    } else if (word == "--deterministic") {
      engine.deterministic_simd = true;
    } else if (word == "--ignore-error-messages") {
      options.script.ignore_error_messages = true;
    } else if (word == "--json") {
      options.json = true;
    } else if (word == "-O0") {
      compile.level = jit::OptLevel::k0;
    } else if (word == "--lax-traps") {
      compile.trap_policy = jit::TrapPolicy::kComponent;
    } else if (word == "--attach") {
      AttachCompiled();
    } else if (word == "-O2") {
      compile.level = jit::OptLevel::k2;
    } else if (absl::ConsumePrefix(&word, "--half=") && absl::SimpleAtoi(word, &seed)) {
      CompileHalf(seed, &compile);
    } else if (absl::StartsWith(word, "-")) {
      std::fprintf(stderr, "tenon-wast: no such option: %s\n", argv[i]);
      return 2;
    } else {
      options.paths.emplace_back(word);
    }
  }
  CompileOnLoad(compile, &engine);
  options.script.load_component = LoadCompiled;
  const int status = cli::RunWastCommand(options);
  const CompiledFunctions functions = FunctionsSoFar();
  if (!options.json) {
    std::printf("%zu functions compiled, %zu interpreted\n", functions.compiled,
                functions.interpreted);
  }
  return status;
}

}  // namespace
}  // namespace tenon

int main(int argc, char** argv) { return tenon::Main(argc, argv); }
