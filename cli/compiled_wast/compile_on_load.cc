#include "cli/compiled_wast/compile_on_load.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "jit/program/input.h"
#include "vm/artifact/image.h"
#include "vm/runtime/module.h"

namespace tenon {
namespace {

jit::CompileOptions compile_options;
CompiledFunctions so_far;
bool compiles = true;  // modules as they are loaded
bool attaches = false;

template <typename T>
T OrDie(Result<T> result, absl::string_view what) {
  if (!result) {
    const std::string text = result.error().ToString();
    std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(what.size()), what.data(), text.c_str());
    std::abort();
  }
  return *std::move(result);
}

void Count(const jit::CompileReport& report) {
  for (const auto& func : report.funcs) {
    ++(func.is_compiled() ? so_far.compiled : so_far.interpreted);
  }
}

void Compile(vm::LoadedModule& module) {
  if (module.resolved->funcs.size() == module.resolved->imported_funcs) return;
  if (!compiles || module.compiled != nullptr) return;  // of a component, with it
  jit::CompileReport report;
  const std::vector<uint8_t> bytes =
      OrDie(jit::CompileModule(*module.resolved, compile_options, &report), "does not compile");
  Count(report);
  vm::sys::File file = OrDie(vm::sys::File::OfBytes(bytes), "no file");
  auto image = OrDie(vm::artifact::Image::Map(std::move(file)), "does not map");
  const Status attached = vm::artifact::Image::Attach(std::move(image), 0, module);
  TENON_CHECK(attached.has_value());
}

}  // namespace

void CompileOnLoad(const jit::CompileOptions& options, vm::EngineSettings* engine) {
  compile_options = options;
  compile_options.bounds = engine->bounds;
  compile_options.deterministic_simd = engine->deterministic_simd;
  engine->compile = Compile;
}

Result<std::shared_ptr<const abi::CompiledComponent>> LoadCompiled(vm::Engine* engine,
                                                                   std::vector<uint8_t> bytes) {
  TENON_ASSIGN_OR_RETURN(const auto input, jit::Input::OfComponent(bytes, engine->features()));
  if (input->program().modules.empty()) {
    return abi::LoadComponent(engine, std::move(bytes), vm::BodyValidation::kEager);
  }
  std::vector<jit::CompileReport> reports;
  const std::vector<uint8_t> artifact =
      OrDie(jit::Compile(input->program(), compile_options, &reports), "does not compile");
  for (const jit::CompileReport& report : reports) Count(report);
  vm::sys::File file = OrDie(vm::sys::File::OfBytes(artifact), "no file");
  const auto image = OrDie(vm::artifact::Image::Map(std::move(file)), "does not map");
  if (!attaches) return abi::LoadComponent(engine, image);
  compiles = false;
  auto component = abi::LoadComponent(engine, std::move(bytes), vm::BodyValidation::kLazy);
  compiles = true;
  if (!component) return component;
  for (size_t i = 0; i < (*component)->modules.size(); ++i) {
    TENON_CHECK(vm::artifact::Image::Attach(image, i, *(*component)->modules[i]).has_value());
  }
  return component;
}

void AttachCompiled() { attaches = true; }

void CompileHalf(uint64_t seed, jit::CompileOptions* options) {
  options->filter = [seed](vm::FuncIdx func) {
    return ((seed + func.value()) * 0x9e3779b97f4a7c15 >> 63) != 0;
  };
}

CompiledFunctions FunctionsSoFar() { return so_far; }

}  // namespace tenon
