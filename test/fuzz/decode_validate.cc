// Any bytes, as a component or a core module: decoding and validating must end in a result or an
// error, with the features that are on by default and with all. A function body that validates must
// also translate.
#include <cstdint>
#include <memory>
#include <vector>

#include "abi/binary/decode.h"
#include "abi/valid/validate.h"
#include "vm/binary/decoder.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/module.h"
#include "vm/runtime/store.h"
#include "vm/valid/validate.h"

namespace tenon {
namespace {

void CoreModule(std::vector<uint8_t> bytes, const vm::Features& features) {
  vm::Engine engine(vm::InterpreterTier(), {.features = features});
  auto module = vm::DecodeModule(std::move(bytes), engine.features());
  if (!module) return;
  auto resolved =
      vm::ValidateModule(std::make_unique<vm::Module>(std::move(*module)), &engine.types(),
                         engine.features(), vm::BodyValidation::kEager);
  if (!resolved) return;
  auto loaded = vm::LoadedModule::Create(&engine, *resolved, "fuzz");
  vm::Store store(&engine);
  for (size_t i = (*resolved)->imported_funcs; i < (*resolved)->funcs.size(); ++i) {
    vm::FuncCode* code = loaded->Code(vm::FuncIdx(static_cast<uint32_t>(i)));
    (void)vm::interp::TranslateFunction(code, &store);  // false: beyond the budget for code
  }
}

void Component(std::vector<uint8_t> bytes, const vm::Features& features) {
  vm::TypeStore types;
  auto component = abi::DecodeComponent(std::move(bytes));
  if (!component) return;
  (void)abi::ValidateComponent(std::move(*component), &types,
                               abi::CoreLoader(&types, features, vm::BodyValidation::kEager),
                               features);
}

}  // namespace
}  // namespace tenon

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tenon;
  const std::vector<uint8_t> bytes(data, data + size);
  for (const vm::Features& features : {vm::Features(), vm::Features::All()}) {
    if (tenon::abi::IsComponent(bytes)) {
      Component(bytes, features);
    } else {
      CoreModule(bytes, features);
    }
  }
  return 0;
}
