// core: #global-instances
#include "vm/capi/value.h"

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace
namespace vm = tenon::vm;

wasm_global_t* wasm_global_new(wasm_store_t* store, const wasm_globaltype_t* type,
                               const wasm_val_t* val) {
  if (store == nullptr || type == nullptr || val == nullptr) return nullptr;
  vm::GlobalType global{.is_mutable = type->mutability == WASM_VAR};
  if (!ToValType(*store->engine, type->content, &global.type)) return nullptr;
  SlotWriter writer(*store);
  vm::V128 bits = {};
  vm::Slot slot;
  if (!writer.Write(*val, global.type, &slot)) return nullptr;
  std::memcpy(&bits, &slot, sizeof slot);
  return static_cast<wasm_global_t*>(store->RefTo(vm::Extern(store->vm->NewGlobal(global, bits))));
}

wasm_globaltype_t* wasm_global_type(const wasm_global_t* global) {
  if (Live(global) == nullptr) return nullptr;
  return NewGlobalType(*global->store->engine, global->global().type);
}

void wasm_global_get(const wasm_global_t* global, wasm_val_t* out) {
  if (Live(global) == nullptr) {
    *out = {};
    return;
  }
  *out = ReadVal(*global->store, global->global().type.type, global->global().cell);
}

void wasm_global_set(wasm_global_t* global, const wasm_val_t* val) {
  if (Live(global) == nullptr || val == nullptr || !global->global().type.is_mutable) return;
  vm::Slot slot;
  if (SlotWriter(*global->store).Write(*val, global->global().type.type, &slot)) {
    *global->global().cell = slot;
  }
}
