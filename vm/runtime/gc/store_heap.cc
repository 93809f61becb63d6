// The store's side of the heap: when it is made, and what its roots are.
#include "vm/runtime/store.h"

namespace tenon::vm {

Heap* Store::MakeHeap() {
  heap_ = Heap::Create(this, &engine_->layouts(), &memory_bytes_left_, limits_.collect_always);
  if (heap_ == nullptr) return nullptr;
  heap_->OnHostValueDropped(drop_host_value_, drop_context_);
  run_.heap = heap_.get();
  run_.heap_base = heap_->base();
  return heap_.get();
}

Ref Store::NewExternRef(uint64_t host_value) {
  return heap() != nullptr ? heap_->AllocateHostExtern(host_value) : kNullRef;
}

std::optional<uint64_t> Store::HostValueOf(Ref ref) const {
  if (!IsObject(ref) || heap_->TypeWordOf(ref) != kHostExternWord) return std::nullopt;
  return heap_->HostValueOf(ref);
}

HeapKind Store::HeapKindOf(Ref ref) const {
  if (IsI31(ref)) return HeapKind::kI31;
  switch (KindOf(heap_->TypeWordOf(ref))) {
    case ObjectKind::kStruct: return HeapKind::kStruct;
    case ObjectKind::kArray: return HeapKind::kArray;
    case ObjectKind::kException: return HeapKind::kExn;
    case ObjectKind::kNone:
    case ObjectKind::kHostExtern: break;
  }
  return HeapKind::kAny;
}

// In between calls the host may still set another deadline.
bool Store::MustStop() const {
  const uint32_t kill = __atomic_load_n(&run_.pending_kill, __ATOMIC_SEQ_CST);
  return run_.entry != nullptr ? must_end() : kill == static_cast<uint32_t>(Kill::kFinal);
}

// Frames are looked at slot by slot, whatever the slot's type: a number that happens to be an
// object's offset keeps that object. Compiled code has its references on the native stack: what it
// has in registers goes there before the runtime runs (vm/sys/native.h).
void Store::MarkRoots(Marker& marker) {
  marker.MarkConservatively(reinterpret_cast<const Slot*>(stack_.base()), run_.stack_top);
  if (native_stack_) {
    marker.MarkStack(run_.native.native_sp,
                     reinterpret_cast<const char*>(native_stack_.base()) + native_stack_.size());
  }
  const auto* constants = reinterpret_cast<const Slot*>(constants_.data());
  marker.MarkConservatively(constants, constants + constants_.size() * 2);
  marker.Mark(run_.exception);
  const TypeStore& types = engine_->types();
  for (const HostGlobal& global : globals_) {
    if (IsCollected(types, global.type)) marker.MarkSlots(global.cell, global.cell + 1);
  }
  for (const auto& table : tables_) {
    if (!IsCollected(types, table->type().element)) continue;
    marker.MarkSlots(table->data(), table->data() + table->size());
  }
  for (const auto& instance : instances_) instance->MarkRoots(marker);
}

void Instance::MarkRoots(Marker& marker) const {
  if (context_ == nullptr) return;  // not made to its end
  const TypeStore& types = *resolved().types;
  for (size_t i = 0; i < global_offsets_.size(); ++i) {
    const GlobalType& type = resolved().globals[resolved().imported_globals + i].type;
    if (!IsCollected(types, type.type)) continue;
    const Slot* cell = context_->own_globals() + global_offsets_[i];
    marker.MarkSlots(cell, cell + 1);
  }
  for (size_t i = 0; i < elem_segments_.size(); ++i) {
    if (!IsCollected(types, resolved().elems[i].type)) continue;
    marker.MarkSlots(elem_segments_[i].data(), elem_segments_[i].data() + elem_segments_[i].size());
  }
}

}  // namespace tenon::vm
