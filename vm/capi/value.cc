#include "vm/capi/value.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "vm/runtime/gc/reference.h"

namespace tenon::vm::capi {
namespace {

Status Mismatch(ValType type) {
  return Fail(ErrorKind::kUsage, absl::StrCat("a value is not of its type ", ToString(type)));
}

// The type of what a reference to the heap refers to. An external reference to a host's value or
// any guest's object is as good as one of the any hierarchy.
HeapType HeapTypeOf(const Store& store, Heap* heap, Ref ref) {
  const HeapKind kind = store.HeapKindOf(ref);
  const bool is_typed = kind == HeapKind::kStruct || kind == HeapKind::kArray;
  return is_typed ? HeapType::Concrete(TypeOf(heap->TypeWordOf(ref)).value()) : HeapType(kind);
}

bool IsOf(Store& store, Ref ref, ValType type) {
  const HeapType actual = HeapTypeOf(store, store.heap(), ref);
  if (type.heap().kind() == HeapKind::kExtern) return actual.kind() != HeapKind::kExn;
  return store.engine().types().Matches(actual, type.heap());
}

}  // namespace

bool HasValues(absl::Span<const ValType> types) {
  return std::none_of(types.begin(), types.end(),
                      [](ValType type) { return type.kind() == ValType::Kind::kV128; });
}

wasm_val_t DefaultVal(SharedEngine& engine, ValType type) {
  wasm_val_t val = {};
  val.kind = ValTypeOf(engine, type).kind;
  return val;
}

Status SlotWriter::WriteFunc(const wasm_ref_t* ref, ValType type, Slot* slot) {
  const wasm_func_t* func = wasm_ref_as_func_const(ref);
  if (func == nullptr) return Mismatch(type);
  const HeapType actual = HeapType::Concrete(func->func().type_id.value());
  if (!store_.engine->engine.types().Matches(actual, type.heap())) return Mismatch(type);
  WriteSlot(slot, &func->func());
  return {};
}

Status SlotWriter::Write(wasm_ref_t* ref, ValType type, Slot* slot) {
  *slot = Slot{0};
  if (ref == nullptr) return type.nullable() ? Status() : Mismatch(type);
  if (ref->store != &store_) {
    return Fail(ErrorKind::kUsage, "a reference is of another store");
  }
  if (!IsCollected(store_.engine->engine.types(), type)) return WriteFunc(ref, type, slot);
  const Ref in_heap = store_.ToGuest(ref);
  if (in_heap == kNullRef) return Fail(ErrorKind::kLimit, "no room for a reference in the heap");
  roots_.push_back(store_.vm->Keep(in_heap));
  if (!IsOf(*store_.vm, in_heap, type)) return Mismatch(type);
  WriteSlot(slot, in_heap);
  return {};
}

Status SlotWriter::Write(const wasm_val_t& val, ValType type, Slot* slot) {
  if (val.kind != DefaultVal(*store_.engine, type).kind) return Mismatch(type);
  switch (type.kind()) {
    case ValType::Kind::kI32:
    case ValType::Kind::kF32: WriteSlot(slot, static_cast<uint32_t>(val.of.i32)); return {};
    case ValType::Kind::kI64:
    case ValType::Kind::kF64: WriteSlot(slot, val.of.i64); return {};
    case ValType::Kind::kRef: return Write(val.of.ref, type, slot);
    case ValType::Kind::kV128:
    case ValType::Kind::kBot: break;
  }
  return Mismatch(type);
}

Status SlotWriter::Write(const wasm_val_vec_t& vals, absl::Span<const ValType> types, Slot* slots) {
  for (size_t i = 0; i < types.size(); ++i) {
    TENON_RETURN_IF_ERROR(Write(vals.data[i], types[i], &slots[i]));
  }
  return {};
}

wasm_ref_t* ReadRef(wasm_store_t& store, ValType type, const Slot* slot) {
  if (!IsCollected(store.engine->engine.types(), type)) {
    return store.RefTo(ReadSlot<const Func*>(slot));
  }
  return store.RefTo(ReadSlot<Ref>(slot));
}

wasm_val_t ReadVal(wasm_store_t& store, ValType type, const Slot* slot) {
  wasm_val_t val = DefaultVal(*store.engine, type);
  switch (type.kind()) {
    case ValType::Kind::kI32:
    case ValType::Kind::kF32: val.of.i32 = ReadSlot<int32_t>(slot); break;
    case ValType::Kind::kI64:
    case ValType::Kind::kF64: val.of.i64 = ReadSlot<int64_t>(slot); break;
    case ValType::Kind::kRef: val.of.ref = ReadRef(store, type, slot); break;
    case ValType::Kind::kV128:
    case ValType::Kind::kBot: break;
  }
  return val;
}

}  // namespace tenon::vm::capi

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace

void wasm_val_delete(wasm_val_t* val) {
  if (val != nullptr && wasm_valkind_is_ref(val->kind)) {
    Release(std::exchange(val->of.ref, nullptr));
  }
}

void wasm_val_copy(wasm_val_t* out, const wasm_val_t* val) {
  *out = *val;
  if (wasm_valkind_is_ref(val->kind)) Retain(val->of.ref);
}
