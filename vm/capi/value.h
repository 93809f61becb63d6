// Values between the C API and the runtime's slots. The API has no v128, and references only as
// handles (refs.h).
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/capi/refs.h"

namespace tenon::vm::capi {

// Whether the API has values of all the types.
bool HasValues(absl::Span<const ValType> types);
// The least value of a kind: zero or null.
wasm_val_t DefaultVal(SharedEngine& engine, ValType type);

// Writes values as slots, and keeps what they refer to as long as it lives.
class SlotWriter {
 public:
  explicit SlotWriter(wasm_store_t& store) : store_(store) {}

  // kUsage when it is no value of the type or of another store; kLimit: no room in the heap.
  Status Write(const wasm_val_t& val, ValType type, Slot* slot);
  Status Write(wasm_ref_t* ref, ValType type, Slot* slot);
  // As many values as types, which HasValues.
  Status Write(const wasm_val_vec_t& vals, absl::Span<const ValType> types, Slot* slots);

 private:
  Status WriteFunc(const wasm_ref_t* ref, ValType type, Slot* slot);

  wasm_store_t& store_;
  std::vector<Root> roots_;
};

// The value in a slot; a reference is counted for the caller.
wasm_val_t ReadVal(wasm_store_t& store, ValType type, const Slot* slot);
wasm_ref_t* ReadRef(wasm_store_t& store, ValType type, const Slot* slot);

}  // namespace tenon::vm::capi
