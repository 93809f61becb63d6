// Marking: from the roots along every reference, without recursion and without memory of its own.
#include <algorithm>
#include <cstring>

#include "vm/runtime/gc/heap.h"

namespace tenon::vm {
namespace {

// Objects and elements between two questions whether to go on: well below a millisecond.
constexpr uint64_t kWorkUnit = 1 << 16;

}  // namespace

void Heap::Collect() {
  broken_ |= owner_->MustStop();
  if (broken_) {
    free_ = {};
    return;
  }
  FinishSweeping();
  colour_ ^= kColourMask;
  Marker marker(*this);
  owner_->MarkRoots(marker);
  for (const Ref ref : handles_) marker.Mark(ref);
  if (!marker.Trace()) {
    broken_ = true;  // what has died and what has not is not known, and nobody will ask
    free_ = {};
    return;
  }
  DropUnmarkedHostValues();
  ReleaseUnmarkedBlocks();
  live_bytes_ = marker.live_bytes_;
  budget_ = std::max(kLeastBudget, live_bytes_ + marker.root_bytes_);
  allocated_ = 0;
  ++collections_;
}

void Heap::DropUnmarkedHostValues() {
  std::erase_if(host_externs_, [this](Ref ref) {
    if ((HeaderOf(ref).mark & kColourMask) == colour_) return false;
    drop_host_value_(drop_context_, HostValueOf(ref));
    return true;
  });
}

void Marker::Mark(Ref ref) {
  if (!IsObject(ref)) return;
  ObjectHeader& header = heap_.HeaderOf(ref);
  if ((header.mark & Heap::kColourMask) == heap_.colour_) return;
  header.mark = list_ | heap_.colour_;
  list_ = ref;
  Heap::Block& block = heap_.blocks_[ref / kHeapBlockBytes];
  if (block.state == Heap::BlockState::kCells) {
    ++block.count;
    live_bytes_ += kClassBytes[block.size_class];
  } else {
    live_bytes_ += uint64_t{block.count} * kHeapBlockBytes;
  }
}

void Marker::MarkSlots(const Slot* begin, const Slot* end) {
  root_bytes_ += static_cast<uint64_t>(end - begin) * sizeof(Slot);
  for (const Slot* slot = begin; slot != end; ++slot) Mark(ReadSlot<Ref>(slot));
}

void Marker::MarkConservatively(const Slot* begin, const Slot* end) {
  root_bytes_ += static_cast<uint64_t>(end - begin) * sizeof(Slot);
  for (const Slot* slot = begin; slot != end; ++slot) {
    if (heap_.IsObjectAt(slot->bits)) Mark(static_cast<Ref>(slot->bits));
  }
}

void Marker::MarkStack(const char* begin, const char* end) {
  root_bytes_ += static_cast<uint64_t>(end - begin);
  const auto base = reinterpret_cast<uintptr_t>(heap_.base());
  for (const char* at = begin; at < end; at += sizeof(Ref)) {
    Ref ref;
    std::memcpy(&ref, at, sizeof ref);
    Mark(heap_.ObjectAround(ref));
    uint64_t address = 0;
    if (end - at < static_cast<ptrdiff_t>(sizeof address)) continue;
    std::memcpy(&address, at, sizeof address);
    Mark(heap_.ObjectAround(address - base));
  }
}

bool Marker::Trace() {
  while (list_ != kNullRef) {
    const Ref object = list_;
    const ObjectHeader& header = heap_.HeaderOf(object);
    list_ = header.mark & Heap::kLinkMask;
    if (!MayGoOn(1)) return false;
    if (KindOf(header.type) == ObjectKind::kHostExtern) continue;
    const Layout& layout = *heap_.layouts_->Find(TypeOf(header.type));
    if (layout.kind() != ObjectKind::kArray) {
      TraceFields(object, layout);
    } else if (layout.element().is_ref && !TraceElements(object, layout)) {
      return false;
    }
  }
  return true;
}

void Marker::TraceFields(Ref object, const Layout& layout) {
  const uint8_t* at = heap_.At(object);
  for (const uint32_t offset : layout.ref_offsets) Mark(ReadField<Ref>(at + offset));
}

bool Marker::TraceElements(Ref array, const Layout& layout) {
  const uint8_t* at = heap_.At(array) + layout.element().offset;
  for (uint64_t left = heap_.LengthOf(array); left > 0;) {
    const uint64_t count = std::min(left, kWorkUnit);
    for (uint64_t i = 0; i < count; ++i) Mark(ReadField<Ref>(at + i * sizeof(Ref)));
    at += count * sizeof(Ref);
    left -= count;
    if (!MayGoOn(count)) return false;
  }
  return true;
}

bool Marker::MayGoOn(uint64_t work) {
  work_ += work;
  if (work_ < kWorkUnit) return true;
  work_ = 0;
  return !heap_.owner_->MustStop();
}

}  // namespace tenon::vm
