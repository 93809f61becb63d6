#include "vm/runtime/gc/array.h"

#include "vm/runtime/bulk.h"
#include "vm/runtime/store.h"

namespace tenon::vm {
namespace {

// The bytes of `count` elements from `start`; they must be in bounds.
absl::Span<uint8_t> ElementBytes(uint8_t* array, const Layout& layout, uint64_t start,
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

void FillElements(const RunBlock& run, absl::Span<uint8_t> target, const FieldLayout& element,
                  const Slot* slot) {
  switch (element.bytes) {
    case 1: return Fill(run, target, ReadSlot<uint8_t>(slot));
    case 2: return FillWith(run, target, ReadSlot<uint16_t>(slot));
    case 4: return FillWith(run, target, ReadSlot<uint32_t>(slot));
    case 8: return FillWith(run, target, ReadSlot<uint64_t>(slot));
    default: return FillWith(run, target, ReadSlot<V128>(slot));
  }
}

std::expected<Ref, TrapKind> NewArray(RunBlock& run, const Layout& layout, uint32_t length) {
  Heap* const heap = run.store->heap();
  const Ref array = heap != nullptr ? heap->AllocateArray(layout, length) : kNullRef;
  if (array == kNullRef) return std::unexpected(TrapKind::kOutOfMemory);
  return array;
}

const Layout& LayoutOf(const RunBlock& run, Ref array) {
  return *run.store->engine().layouts().Find(TypeOf(run.heap->TypeWordOf(array)));
}

// Why `count` elements of the array from `start` can't be had.
std::optional<TrapKind> CheckElements(const RunBlock& run, Ref array, uint64_t start,
                                      uint64_t count) {
  if (array == kNullRef) return TrapKind::kNullArrayReference;
  if (!InBounds(start, count, run.heap->LengthOf(array))) return TrapKind::kOutOfBoundsArrayAccess;
  return std::nullopt;
}

}  // namespace

void StoreElements(uint8_t* array, const Layout& layout, uint64_t start, const Slot* slots,
                   uint64_t count) {
  FieldLayout element = layout.ElementAt(start);
  for (uint64_t i = 0; i < count; ++i) {
    element.Store(array, slots);
    element.offset += element.bytes;
    slots += element.slots();
  }
}

std::expected<Ref, TrapKind> NewFilledArray(RunBlock& run, const Layout& layout, const Slot* value,
                                            uint32_t length) {
  const auto array = NewArray(run, layout, length);
  if (!array) return array;
  const auto elements = ElementBytes(run.heap->At(*array), layout, 0, length);
  if (value == nullptr) {
    Fill(run, elements, 0);
  } else {
    FillElements(run, elements, layout.element(), value);
  }
  return array;
}

std::expected<Ref, TrapKind> NewArrayOfData(RunBlock& run, const Layout& layout,
                                            absl::Span<const uint8_t> segment, uint32_t offset,
                                            uint32_t length) {
  const uint64_t bytes = uint64_t{length} * layout.element().bytes;
  if (!InBounds(offset, bytes, segment.size())) {
    return std::unexpected(TrapKind::kOutOfBoundsMemoryAccess);
  }
  const auto array = NewArray(run, layout, length);
  if (!array) return array;
  Move(run, ElementBytes(run.heap->At(*array), layout, 0, length), segment.subspan(offset, bytes));
  return array;
}

std::expected<Ref, TrapKind> NewArrayOfElem(RunBlock& run, const Layout& layout,
                                            absl::Span<const Slot> segment, uint32_t offset,
                                            uint32_t length) {
  if (!InBounds(offset, length, segment.size())) {
    return std::unexpected(TrapKind::kOutOfBoundsTableAccess);
  }
  const auto array = NewArray(run, layout, length);
  if (!array) return array;
  StoreElements(run.heap->At(*array), layout, 0, segment.data() + offset, length);
  return array;
}

std::optional<TrapKind> FillArray(RunBlock& run, Ref array, uint32_t start, const Slot* value,
                                  uint32_t count) {
  if (const auto trap = CheckElements(run, array, start, count)) return trap;
  const Layout& layout = LayoutOf(run, array);
  FillElements(run, ElementBytes(run.heap->At(array), layout, start, count), layout.element(),
               value);
  return std::nullopt;
}

std::optional<TrapKind> CopyArray(RunBlock& run, Ref to, uint32_t target, Ref from, uint32_t source,
                                  uint32_t count) {
  if (to == kNullRef || from == kNullRef) return TrapKind::kNullArrayReference;
  if (const auto trap = CheckElements(run, to, target, count)) return trap;
  if (const auto trap = CheckElements(run, from, source, count)) return trap;
  const Layout& layout = LayoutOf(run, to);
  Move(run, ElementBytes(run.heap->At(to), layout, target, count),
       ElementBytes(run.heap->At(from), layout, source, count));
  return std::nullopt;
}

std::optional<TrapKind> InitArrayFromData(RunBlock& run, Ref array, uint32_t start,
                                          absl::Span<const uint8_t> segment, uint32_t offset,
                                          uint32_t count) {
  if (const auto trap = CheckElements(run, array, start, count)) return trap;
  const auto bytes = ElementBytes(run.heap->At(array), LayoutOf(run, array), start, count);
  if (!InBounds(offset, bytes.size(), segment.size())) return TrapKind::kOutOfBoundsMemoryAccess;
  Move(run, bytes, segment.subspan(offset, bytes.size()));
  return std::nullopt;
}

std::optional<TrapKind> InitArrayFromElem(RunBlock& run, Ref array, uint32_t start,
                                          absl::Span<const Slot> segment, uint32_t offset,
                                          uint32_t count) {
  if (const auto trap = CheckElements(run, array, start, count)) return trap;
  if (!InBounds(offset, count, segment.size())) return TrapKind::kOutOfBoundsTableAccess;
  StoreElements(run.heap->At(array), LayoutOf(run, array), start, segment.data() + offset, count);
  return std::nullopt;
}

}  // namespace tenon::vm
