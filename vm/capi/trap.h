// Traps of the C API: a message, and frames that hold on to their instances, so that a trap
// outlives whatever the host deletes before it.
#pragma once

#include <string>
#include <vector>

#include "vm/base/status.h"
#include "vm/capi/refs.h"

struct wasm_frame_t {
  wasm_instance_t* instance;  // counted
  uint32_t func_index;
  size_t func_offset;
  size_t module_offset;
};

struct wasm_trap_t final : wasm_ref_t {
  wasm_trap_t(wasm_store_t* store, std::string message)
      : wasm_ref_t(tenon::vm::capi::RefKind::kTrap, store), message(std::move(message)) {}
  ~wasm_trap_t() override;

  const std::string message;
  std::vector<wasm_frame_t*> frames;  // owned; innermost first
};

namespace tenon::vm::capi {

// What a call of the API was refused for.
wasm_trap_t* NewTrap(wasm_store_t* store, const Error& error);
// From a callback: the guest that called ends with this trap, which is taken over.
void Raise(wasm_store_t& store, wasm_trap_t* trap);
// The trap of a call that failed. One that a callback raised is handed on, with more frames.
wasm_trap_t* TakeTrap(wasm_store_t& store);

}  // namespace tenon::vm::capi
