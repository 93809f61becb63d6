// array.fill, array.copy, array.init_data, array.init_elem: slow handlers, checked in 64-bit
// arithmetic, that look whether the store must end. core: #exec-array-fill, #exec-array-init-data
#include "vm/interp/handlers/array_bulk.h"

#include <expected>

#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/runtime/instance.h"

namespace tenon::vm::interp::handlers {
namespace {

constexpr int kWords = 4;

uint32_t U32(const Slot* fp, uint32_t slot) { return ReadSlot<uint32_t>(fp + slot); }

const Layout& LayoutOf(const Word* ip) { return *static_cast<const Layout*>(ip[2].pointer); }

uint64_t LengthOf(const Context* ctx, Ref array) { return ctx->run->heap->LengthOf(array); }

// half(0) array, half(1) index, half(3) count: that many of its elements.
struct Elements {
  Ref array;
  uint64_t start;
  uint64_t count;
};
std::expected<Elements, TrapKind> ElementsOf(const Context* ctx, const Slot* fp, const Word* ip) {
  const Elements found = {U32(fp, ip[1].half(0)), U32(fp, ip[1].half(1)), U32(fp, ip[1].half(3))};
  if (found.array == kNullRef) return std::unexpected(TrapKind::kNullArrayReference);
  if (InBounds(found.start, found.count, LengthOf(ctx, found.array))) return found;
  return std::unexpected(TrapKind::kOutOfBoundsArrayAccess);
}

absl::Span<uint8_t> BytesOf(const Context* ctx, const Elements& elements, const Layout& layout) {
  return ElementBytes(ctx->run->heap->At(elements.array), layout, elements.start, elements.count);
}

}  // namespace

// half(0) array, half(1) index, half(2) value, half(3) count.
SLOW_HANDLER(ArrayFill) {
  const auto target = ElementsOf(ctx, fp, ip);
  if (!target) TENON_TRAP(target.error());
  const Layout& layout = LayoutOf(ip);
  FillElements(*ctx->run, BytesOf(ctx, *target, layout), layout.element(), fp + ip[1].half(2));
  TENON_NEXT_UNLESS_ENDED(kWords);
}

// half(0) destination array, half(1) index, half(2) source array, half(3) index; then the count.
SLOW_HANDLER(ArrayCopy) {
  const Ref to = U32(fp, ip[1].half(0));
  const Ref from = U32(fp, ip[1].half(2));
  if (to == kNullRef || from == kNullRef) TENON_TRAP(TrapKind::kNullArrayReference);
  const uint64_t target = U32(fp, ip[1].half(1));
  const uint64_t source = U32(fp, ip[1].half(3));
  const uint64_t count = U32(fp, ip[3].half(2));
  if (!InBounds(target, count, LengthOf(ctx, to)) ||
      !InBounds(source, count, LengthOf(ctx, from))) {
    TENON_TRAP(TrapKind::kOutOfBoundsArrayAccess);
  }
  const Layout& layout = LayoutOf(ip);
  Move(*ctx->run, ElementBytes(ctx->run->heap->At(to), layout, target, count),
       ElementBytes(ctx->run->heap->At(from), layout, source, count));
  TENON_NEXT_UNLESS_ENDED(kWords);
}

// half(0) array, half(1) index, half(2) offset in the segment, half(3) count.
SLOW_HANDLER(ArrayInitData) {
  const auto target = ElementsOf(ctx, fp, ip);
  if (!target) TENON_TRAP(target.error());
  const uint64_t source = U32(fp, ip[1].half(2));
  const auto segment = ctx->instance->data_segment(ip[3].word(0));
  const auto bytes = BytesOf(ctx, *target, LayoutOf(ip));
  if (!InBounds(source, bytes.size(), segment.size())) {
    TENON_TRAP(TrapKind::kOutOfBoundsMemoryAccess);
  }
  Move(*ctx->run, bytes, segment.subspan(source, bytes.size()));
  TENON_NEXT_UNLESS_ENDED(kWords);
}

SLOW_HANDLER(ArrayInitElem) {
  const auto target = ElementsOf(ctx, fp, ip);
  if (!target) TENON_TRAP(target.error());
  const uint64_t source = U32(fp, ip[1].half(2));
  const auto segment = ctx->instance->elem_segment(ip[3].word(0));
  if (!InBounds(source, target->count, segment.size())) {
    TENON_TRAP(TrapKind::kOutOfBoundsTableAccess);
  }
  StoreElements(ctx->run->heap->At(target->array), LayoutOf(ip), target->start,
                segment.data() + source, target->count);
  TENON_NEXT(kWords);
}

}  // namespace tenon::vm::interp::handlers
