// Externals of any kind, and foreign objects, of which there is nothing to know.
#include "vm/capi/refs.h"

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace

wasm_externkind_t wasm_extern_kind(const wasm_extern_t* object) {
  static_assert(static_cast<int>(RefKind::kFunc) == WASM_EXTERN_FUNC &&
                static_cast<int>(RefKind::kGlobal) == WASM_EXTERN_GLOBAL &&
                static_cast<int>(RefKind::kTable) == WASM_EXTERN_TABLE &&
                static_cast<int>(RefKind::kMemory) == WASM_EXTERN_MEMORY &&
                static_cast<int>(RefKind::kTag) == kTagKind);
  return static_cast<wasm_externkind_t>(object != nullptr ? object->kind : RefKind::kFunc);
}

wasm_externtype_t* wasm_extern_type(const wasm_extern_t* object) {
  switch (object != nullptr ? object->kind : RefKind::kTag) {
    case RefKind::kFunc: return wasm_func_type(wasm_extern_as_func_const(object));
    case RefKind::kGlobal: return wasm_global_type(wasm_extern_as_global_const(object));
    case RefKind::kTable: return wasm_table_type(wasm_extern_as_table_const(object));
    case RefKind::kMemory: return wasm_memory_type(wasm_extern_as_memory_const(object));
    default: return object != nullptr ? new wasm_externtype_t(kTagKind) : nullptr;
  }
}

wasm_foreign_t* wasm_foreign_new(wasm_store_t* store) {
  return store != nullptr ? new wasm_foreign_t(store) : nullptr;
}
