// Many elements of an array at once: bounds and filling. Elements with references are moved like
// any others, since objects never move. core: #exec-array-fill, #exec-array-copy
#pragma once

#include "vm/runtime/bulk.h"
#include "vm/runtime/gc/heap.h"

namespace tenon::vm::interp {

// The bytes of `count` elements from `start`; they must be in bounds.
inline absl::Span<uint8_t> ElementBytes(uint8_t* array, const Layout& layout, uint64_t start,
                                        uint64_t count) {
  const FieldLayout& element = layout.element();
  return {array + element.offset + start * element.bytes, count * element.bytes};
}

template <typename Field>
void FillWith(const RunBlock& run, absl::Span<uint8_t> target, Field value) {
  for (size_t done = 0; done < target.size() && !MustEnd(run); done += kChunkBytes) {
    const auto chunk = target.subspan(done, kChunkBytes);
    for (size_t at = 0; at < chunk.size(); at += sizeof(Field)) {
      WriteField(chunk.data() + at, value);
    }
  }
}

// Every element becomes the value in `slot`.
inline void FillElements(const RunBlock& run, absl::Span<uint8_t> target,
                         const FieldLayout& element, const Slot* slot) {
  switch (element.bytes) {
    case 1: return Fill(run, target, ReadSlot<uint8_t>(slot));
    case 2: return FillWith(run, target, ReadSlot<uint16_t>(slot));
    case 4: return FillWith(run, target, ReadSlot<uint32_t>(slot));
    case 8: return FillWith(run, target, ReadSlot<uint64_t>(slot));
    default: return FillWith(run, target, ReadSlot<V128>(slot));
  }
}

// Elements from slots that stand one behind the other.
inline void StoreElements(uint8_t* array, const Layout& layout, uint64_t start, const Slot* slots,
                          uint64_t count) {
  FieldLayout element = layout.ElementAt(start);
  for (uint64_t i = 0; i < count; ++i) {
    element.Store(array, slots);
    element.offset += element.bytes;
    slots += element.slots();
  }
}

}  // namespace tenon::vm::interp
