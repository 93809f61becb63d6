// How fast a component is decoded and validated, and its functions translated to interpreter code,
// in bytes of input a second of one core. The input is the guest `script`, or what TENON_BENCH_FILE
// names.
#include <cstdlib>
#include <memory>
#include <vector>

#include "abi/binary/decode.h"
#include "abi/valid/validate.h"
#include "benchmark/benchmark.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/module.h"
#include "vm/runtime/store.h"
#include "vm/sys/input_file.h"

namespace tenon {
namespace {

using Checked = Result<std::unique_ptr<const abi::ResolvedComponent>>;

std::vector<uint8_t> Input() {
  const char* named = std::getenv("TENON_BENCH_FILE");
  auto bytes = vm::sys::ReadInputFile(named != nullptr ? named : TENON_GUESTS_DIR "/script.wasm",
                                      uint64_t{1} << 30);
  return bytes ? std::move(*bytes) : std::vector<uint8_t>();
}

Checked Check(std::vector<uint8_t> bytes, vm::TypeStore* types) {
  TENON_ASSIGN_OR_RETURN(auto component, abi::DecodeComponent(std::move(bytes)));
  return abi::ValidateComponent(std::move(component), types,
                                abi::CoreLoader(types, vm::Features(), vm::BodyValidation::kEager));
}

void Validate(benchmark::State& state) {
  const std::vector<uint8_t> bytes = Input();
  for (auto _ : state) {
    state.PauseTiming();  // whoever reads a file has its bytes and gives them away
    std::vector<uint8_t> input = bytes;
    state.ResumeTiming();
    vm::TypeStore types;
    const Checked checked = Check(std::move(input), &types);
    if (!checked) return state.SkipWithError(checked.error().ToString().c_str());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK(Validate)->Unit(benchmark::kMillisecond);

// The bytes of the bodies that were translated.
int64_t TranslateModule(vm::Engine* engine,
                        const std::shared_ptr<const vm::ResolvedModule>& module) {
  const auto loaded = vm::LoadedModule::Create(engine, module, "bench");
  vm::Store store(engine);
  int64_t bytes = 0;
  for (size_t i = module->imported_funcs; i < module->funcs.size(); ++i) {
    const vm::FuncIdx index(static_cast<uint32_t>(i));
    if (!vm::interp::TranslateFunction(loaded->Code(index), &store)) continue;
    bytes += module->module->bodies[i - module->imported_funcs].code.size;
  }
  return bytes;
}

void Translate(benchmark::State& state) {
  vm::Engine engine(vm::InterpreterTier());
  const Checked checked = Check(Input(), &engine.types());
  if (!checked) return state.SkipWithError(checked.error().ToString().c_str());
  int64_t bytes = 0;
  for (auto _ : state) {
    for (const auto& module : (*checked)->modules) bytes += TranslateModule(&engine, module);
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(Translate)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tenon

BENCHMARK_MAIN();
