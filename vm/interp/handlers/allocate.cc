// New structures and arrays: slow handlers, since they may collect. What they allocate is written
// before anything else happens. core: #exec-struct-new, #exec-array-new
#include "absl/strings/str_cat.h"
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/runtime/gc/array.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/store.h"

namespace tenon::vm::interp {
namespace {

constexpr int kWords = 4;

uint32_t U32(const Slot* fp, const Word* ip, int half) {
  return ReadSlot<uint32_t>(fp + ip[1].half(half));
}

const Layout& LayoutOf(const Word* ip) { return *static_cast<const Layout*>(ip[2].pointer); }

// The heap, once the collector knows where the frames end. Null when the host has no room for one.
Heap* HeapFor(const Word* ip, Slot* fp, Context* ctx) {
  RunBlock* run = ctx->run;
  run->stack_top = fp + ip[1].half(3);
  return run->heap != nullptr ? run->heap : run->store->heap();
}

Ref NewObject(const Word* ip, Slot* fp, Context* ctx) {
  Heap* heap = HeapFor(ip, fp, ctx);
  return heap != nullptr ? heap->Allocate(LayoutOf(ip)) : kNullRef;
}

// The run block, once the collector knows where the frames end.
RunBlock& Ready(const Word* ip, Slot* fp, Context* ctx) {
  ctx->run->stack_top = fp + ip[1].half(3);
  return *ctx->run;
}

SLOW_HANDLER(RaiseHeapExhausted) {
  RunBlock* run = ctx->run;
  if (run->trap == 0) {
    const uint64_t bytes = run->heap != nullptr ? run->heap->committed_bytes() : 0;
    run->store->pending_trap().detail = absl::StrCat(
        "no room for an object in the garbage-collected heap, which takes ", bytes, " bytes");
  }
  TENON_TRAP(TrapKind::kOutOfMemory);
}

// Continues with a new object, unless there is no room for it.
#define TENON_CHECK_ROOM(object)         \
  if ((object) == kNullRef) [[unlikely]] \
  TENON_GOTO(RaiseHeapExhausted)

// Ends a handler with a new array, or with what there was instead.
#define TENON_FINISH_NEW(array)                                                    \
  if (!(array)) [[unlikely]] {                                                     \
    if ((array).error() == TrapKind::kOutOfMemory) TENON_GOTO(RaiseHeapExhausted); \
    TENON_TRAP((array).error());                                                   \
  }                                                                                \
  SetResult(fp + ip[1].half(0), *(array), &acc, &facc);                            \
  TENON_NEXT_UNLESS_ENDED(kWords)

}  // namespace

namespace handlers {

SLOW_HANDLER(StructNew) {
  const Ref object = NewObject(ip, fp, ctx);
  TENON_CHECK_ROOM(object);
  uint8_t* at = ctx->run->heap_base + object;
  const Slot* operand = fp + ip[1].half(1);
  for (const FieldLayout& field : LayoutOf(ip).fields) {
    field.Store(at, operand);
    operand += field.slots();
  }
  SetResult(fp + ip[1].half(0), object, &acc, &facc);
  TENON_NEXT(kWords);
}

SLOW_HANDLER(StructNewDefault) {
  const Ref object = NewObject(ip, fp, ctx);
  TENON_CHECK_ROOM(object);
  std::memset(ctx->run->heap_base + object + kStructFields, 0, LayoutOf(ip).bytes - kStructFields);
  SetResult(fp + ip[1].half(0), object, &acc, &facc);
  TENON_NEXT(kWords);
}

SLOW_HANDLER(ArrayNew) {
  const auto array =
      NewFilledArray(Ready(ip, fp, ctx), LayoutOf(ip), fp + ip[1].half(1), U32(fp, ip, 2));
  TENON_FINISH_NEW(array);
}

SLOW_HANDLER(ArrayNewDefault) {
  const auto array =
      NewFilledArray(Ready(ip, fp, ctx), LayoutOf(ip), /*value=*/nullptr, U32(fp, ip, 1));
  TENON_FINISH_NEW(array);
}

SLOW_HANDLER(ArrayNewFixed) {
  const uint32_t length = ip[3].word(0);
  Heap* heap = HeapFor(ip, fp, ctx);
  const Ref array = heap != nullptr ? heap->AllocateArray(LayoutOf(ip), length) : kNullRef;
  TENON_CHECK_ROOM(array);
  StoreElements(ctx->run->heap_base + array, LayoutOf(ip), 0, fp + ip[1].half(1), length);
  SetResult(fp + ip[1].half(0), array, &acc, &facc);
  TENON_NEXT(kWords);
}

SLOW_HANDLER(ArrayNewData) {
  const auto array =
      NewArrayOfData(Ready(ip, fp, ctx), LayoutOf(ip), ctx->instance->data_segment(ip[3].word(0)),
                     U32(fp, ip, 1), U32(fp, ip, 2));
  TENON_FINISH_NEW(array);
}

SLOW_HANDLER(ArrayNewElem) {
  const auto array =
      NewArrayOfElem(Ready(ip, fp, ctx), LayoutOf(ip), ctx->instance->elem_segment(ip[3].word(0)),
                     U32(fp, ip, 1), U32(fp, ip, 2));
  TENON_FINISH_NEW(array);
}

}  // namespace handlers
}  // namespace tenon::vm::interp
