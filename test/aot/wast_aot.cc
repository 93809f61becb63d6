// Runs scripts of the official suites with compiled code, or with a mixture of both tiers: as
// `tenon wast` does, but each module is compiled as it is loaded, in this process.
//   wast_aot [--explicit] [--half SEED] [-O0|-O2] [--lax-traps] [--features LIST] SCRIPT...
#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "cli/wast/command.h"
#include "test/aot/compile_on_load.h"

namespace tenon {
namespace {

int Main(int argc, char** argv) {
  cli::WastOptions options;
  vm::EngineSettings& engine = options.script.engine;
  jit::CompileOptions compile;
  compile.level = jit::OptLevel::k1;
  for (int i = 1; i < argc; ++i) {
    const absl::string_view word = argv[i];
    if (word == "--explicit") {
      engine.bounds = Bounds::kExplicit;
    } else if (word == "--features" && i + 1 < argc) {
      TENON_CHECK(engine.features.Apply(argv[++i]).has_value());
    } else if (word == "-O0") {
      compile.level = jit::OptLevel::k0;
    } else if (word == "--lax-traps") {
      compile.trap_policy = jit::TrapPolicy::kComponent;
    } else if (word == "-O2") {
      compile.level = jit::OptLevel::k2;
    } else if (word == "--half" && i + 1 < argc) {
      CompileHalf(std::strtoull(argv[++i], nullptr, 10), &compile);
    } else {
      options.paths.emplace_back(word);
    }
  }
  CompileOnLoad(compile, &engine);
  const int status = cli::RunWastCommand(options);
  const CompiledFunctions functions = FunctionsSoFar();
  std::printf("%zu functions compiled, %zu interpreted\n", functions.compiled,
              functions.interpreted);
  return status;
}

}  // namespace
}  // namespace tenon

int main(int argc, char** argv) { return tenon::Main(argc, argv); }
