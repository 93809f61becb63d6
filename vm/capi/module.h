// Modules of the C API. They hold their engine, and stay good for everything but instances when
// their store is deleted.
#pragma once

#include "vm/capi/refs.h"

struct wasm_shared_module_t {
  std::shared_ptr<tenon::vm::capi::SharedEngine> engine;
  std::shared_ptr<tenon::vm::LoadedModule> module;
};

struct wasm_module_t final : wasm_ref_t {
  wasm_module_t(wasm_store_t* store, wasm_shared_module_t shared)
      : wasm_ref_t(tenon::vm::capi::RefKind::kModule, store), shared(std::move(shared)) {}
  const wasm_shared_module_t shared;
};
