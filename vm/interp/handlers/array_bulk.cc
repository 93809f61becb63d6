// array.fill, array.copy, array.init_data, array.init_elem: slow handlers, that look whether the
// store must end. core: #exec-array-fill, #exec-array-init-data
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/runtime/gc/array.h"
#include "vm/runtime/instance.h"

namespace tenon::vm::interp::handlers {
namespace {

constexpr int kWords = 4;

uint32_t U32(const Slot* fp, uint32_t slot) { return ReadSlot<uint32_t>(fp + slot); }

#define TENON_FINISH(trap)       \
  if (trap) TENON_TRAP(*(trap)); \
  TENON_NEXT_UNLESS_ENDED(kWords)

}  // namespace

// half(0) array, half(1) index, half(2) value, half(3) count.
SLOW_HANDLER(ArrayFill) {
  const auto trap = FillArray(*ctx->run, U32(fp, ip[1].half(0)), U32(fp, ip[1].half(1)),
                              fp + ip[1].half(2), U32(fp, ip[1].half(3)));
  TENON_FINISH(trap);
}

// half(0) destination array, half(1) index, half(2) source array, half(3) index; then the count.
SLOW_HANDLER(ArrayCopy) {
  const auto trap =
      CopyArray(*ctx->run, U32(fp, ip[1].half(0)), U32(fp, ip[1].half(1)), U32(fp, ip[1].half(2)),
                U32(fp, ip[1].half(3)), U32(fp, ip[3].half(2)));
  TENON_FINISH(trap);
}

// half(0) array, half(1) index, half(2) offset in the segment, half(3) count.
SLOW_HANDLER(ArrayInitData) {
  const auto trap = InitArrayFromData(*ctx->run, U32(fp, ip[1].half(0)), U32(fp, ip[1].half(1)),
                                      ctx->instance->data_segment(ip[3].word(0)),
                                      U32(fp, ip[1].half(2)), U32(fp, ip[1].half(3)));
  TENON_FINISH(trap);
}

SLOW_HANDLER(ArrayInitElem) {
  const auto trap = InitArrayFromElem(*ctx->run, U32(fp, ip[1].half(0)), U32(fp, ip[1].half(1)),
                                      ctx->instance->elem_segment(ip[3].word(0)),
                                      U32(fp, ip[1].half(2)), U32(fp, ip[1].half(3)));
  TENON_FINISH(trap);
}

}  // namespace tenon::vm::interp::handlers
