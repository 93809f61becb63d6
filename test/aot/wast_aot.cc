// Runs scripts of the official suites with compiled code, or with a mixture of both tiers: as
// `tenon wast` does, but each module is compiled as it is loaded, in this process.
//   wast_aot [--explicit] [--half SEED] [-O0] [--lax-traps] SCRIPT...
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "cli/wast/command.h"
#include "jit/compile.h"
#include "vm/artifact/image.h"
#include "vm/runtime/module.h"

namespace tenon {
namespace {

jit::CompileOptions compile_options;
size_t compiled = 0, left = 0;

// A failure is ours: what validates must compile.
void Compile(vm::LoadedModule& module) {
  if (module.resolved->funcs.size() == module.resolved->imported_funcs) return;
  jit::CompileReport report;
  const auto bytes = jit::CompileModule(*module.resolved, compile_options, &report);
  if (!bytes) {
    std::fprintf(stderr, "does not compile: %s\n", bytes.error().ToString().c_str());
    std::abort();
  }
  for (const auto& func : report.funcs) ++(func.is_compiled() ? compiled : left);
  const auto file = vm::sys::File::OfBytes(*bytes);
  TENON_CHECK(file.has_value());
  auto image = vm::artifact::Image::Map(*file);
  if (!image) {
    std::fprintf(stderr, "does not map: %s\n", image.error().ToString().c_str());
    std::abort();
  }
  const Status attached = vm::artifact::Image::Attach(*image, module);
  TENON_CHECK(attached.has_value());
}

int Main(int argc, char** argv) {
  cli::WastOptions options;
  vm::EngineSettings& engine = options.script.engine;
  engine.compile = Compile;
  compile_options.level = jit::OptLevel::k1;
  for (int i = 1; i < argc; ++i) {
    const absl::string_view word = argv[i];
    if (word == "--explicit") {
      engine.bounds = Bounds::kExplicit;
    } else if (word == "--features" && i + 1 < argc) {
      TENON_CHECK(engine.features.Apply(argv[++i]).has_value());
    } else if (word == "-O0") {
      compile_options.level = jit::OptLevel::k0;
    } else if (word == "--lax-traps") {
      compile_options.trap_policy = jit::TrapPolicy::kComponent;
    } else if (word == "-O2") {
      compile_options.level = jit::OptLevel::k2;
    } else if (word == "--half" && i + 1 < argc) {
      const uint64_t seed = std::strtoull(argv[++i], nullptr, 10);
      compile_options.filter = [seed](vm::FuncIdx func) {
        return ((seed + func.value()) * 0x9e3779b97f4a7c15 >> 63) != 0;
      };
    } else {
      options.paths.emplace_back(word);
    }
  }
  compile_options.bounds = engine.bounds;
  compile_options.deterministic_simd = engine.deterministic_simd;
  const int status = cli::RunWastCommand(options);
  std::printf("%zu functions compiled, %zu interpreted\n", compiled, left);
  return status;
}

}  // namespace
}  // namespace tenon

int main(int argc, char** argv) { return tenon::Main(argc, argv); }
