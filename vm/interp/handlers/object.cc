// Fields, elements and i31 values, one handler a way of storing them. core: #exec-instr-struct,
// #exec-instr-array, #exec-instr-i31
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/runtime/gc/layout.h"

namespace tenon::vm::interp {
namespace {

inline Ref RefAt(const Slot* slot) { return ReadSlot<Ref>(slot); }

template <typename Field>
inline uint8_t* ElementAt(const Context* ctx, Ref array, uint32_t index) {
  return ctx->run->heap_base + array + ElementsOffset(sizeof(Field)) +
         uint64_t{index} * sizeof(Field);
}

inline uint32_t LengthOf(const Context* ctx, Ref array) {
  return ReadField<uint32_t>(ctx->run->heap_base + array + kArrayLength);
}

}  // namespace

namespace handlers {

// Macros: code.def declares a function a handler, and the jump that ends one must stand in it.
// A field of type Field becomes a Value.
#define STRUCT_GET(name, Field, Value)                                                  \
  FAST_HANDLER(StructGet##name) {                                                       \
    const Ref object = RefAt(fp + ip[1].half(1));                                       \
    if (object == kNullRef) [[unlikely]]                                                \
      TENON_TRAP(TrapKind::kNullStructureReference);                                    \
    const Value value = ReadField<Field>(ctx->run->heap_base + object + ip[1].word(1)); \
    SetResult(fp + ip[1].half(0), value, &acc, &facc);                                  \
    TENON_NEXT(2);                                                                      \
  }
#define STRUCT_SET(name, Field)                                                                    \
  FAST_HANDLER(StructSet##name) {                                                                  \
    const Ref object = RefAt(fp + ip[1].half(0));                                                  \
    if (object == kNullRef) [[unlikely]]                                                           \
      TENON_TRAP(TrapKind::kNullStructureReference);                                               \
    WriteField(ctx->run->heap_base + object + ip[1].word(1), ReadSlot<Field>(fp + ip[1].half(1))); \
    TENON_NEXT(2);                                                                                 \
  }
#define ARRAY_GET(name, Field, Value)                                          \
  FAST_HANDLER(ArrayGet##name) {                                               \
    const Ref array = RefAt(fp + ip[1].half(1));                               \
    if (array == kNullRef) [[unlikely]]                                        \
      TENON_TRAP(TrapKind::kNullArrayReference);                               \
    const uint32_t index = ReadSlot<uint32_t>(fp + ip[1].half(2));             \
    if (index >= LengthOf(ctx, array)) [[unlikely]] {                          \
      TENON_TRAP(TrapKind::kOutOfBoundsArrayAccess);                           \
    }                                                                          \
    const Value value = ReadField<Field>(ElementAt<Field>(ctx, array, index)); \
    SetResult(fp + ip[1].half(0), value, &acc, &facc);                         \
    TENON_NEXT(2);                                                             \
  }
#define ARRAY_SET(name, Field)                                                            \
  FAST_HANDLER(ArraySet##name) {                                                          \
    const Ref array = RefAt(fp + ip[1].half(0));                                          \
    if (array == kNullRef) [[unlikely]]                                                   \
      TENON_TRAP(TrapKind::kNullArrayReference);                                          \
    const uint32_t index = ReadSlot<uint32_t>(fp + ip[1].half(1));                        \
    if (index >= LengthOf(ctx, array)) [[unlikely]] {                                     \
      TENON_TRAP(TrapKind::kOutOfBoundsArrayAccess);                                      \
    }                                                                                     \
    WriteField(ElementAt<Field>(ctx, array, index), ReadSlot<Field>(fp + ip[1].half(2))); \
    TENON_NEXT(2);                                                                        \
  }

STRUCT_GET(I8S, int8_t, int32_t)
STRUCT_GET(I8U, uint8_t, uint32_t)
STRUCT_GET(I16S, int16_t, int32_t)
STRUCT_GET(I16U, uint16_t, uint32_t)
STRUCT_GET(I32, uint32_t, uint32_t)
STRUCT_GET(I64, uint64_t, uint64_t)
STRUCT_GET(F32, float, float)
STRUCT_GET(F64, double, double)
STRUCT_GET(V128, V128, V128)

STRUCT_SET(8, uint8_t)
STRUCT_SET(16, uint16_t)
STRUCT_SET(32, uint32_t)
STRUCT_SET(64, uint64_t)
STRUCT_SET(128, V128)

ARRAY_GET(I8S, int8_t, int32_t)
ARRAY_GET(I8U, uint8_t, uint32_t)
ARRAY_GET(I16S, int16_t, int32_t)
ARRAY_GET(I16U, uint16_t, uint32_t)
ARRAY_GET(I32, uint32_t, uint32_t)
ARRAY_GET(I64, uint64_t, uint64_t)
ARRAY_GET(F32, float, float)
ARRAY_GET(F64, double, double)
ARRAY_GET(V128, V128, V128)

ARRAY_SET(8, uint8_t)
ARRAY_SET(16, uint16_t)
ARRAY_SET(32, uint32_t)
ARRAY_SET(64, uint64_t)
ARRAY_SET(128, V128)

FAST_HANDLER(ArrayLen) {
  const Ref array = RefAt(fp + ip[1].half(1));
  if (array == kNullRef) [[unlikely]]
    TENON_TRAP(TrapKind::kNullArrayReference);
  SetResult(fp + ip[1].half(0), LengthOf(ctx, array), &acc, &facc);
  TENON_NEXT(2);
}

FAST_HANDLER(RefI31) {
  SetResult(fp + ip[1].half(0), MakeI31(ReadSlot<uint32_t>(fp + ip[1].half(1))), &acc, &facc);
  TENON_NEXT(2);
}

FAST_HANDLER(I31GetS) {
  const Ref ref = RefAt(fp + ip[1].half(1));
  if (ref == kNullRef) [[unlikely]]
    TENON_TRAP(TrapKind::kNullI31Reference);
  SetResult(fp + ip[1].half(0), vm::I31GetS(ref), &acc, &facc);
  TENON_NEXT(2);
}

FAST_HANDLER(I31GetU) {
  const Ref ref = RefAt(fp + ip[1].half(1));
  if (ref == kNullRef) [[unlikely]]
    TENON_TRAP(TrapKind::kNullI31Reference);
  SetResult(fp + ip[1].half(0), vm::I31GetU(ref), &acc, &facc);
  TENON_NEXT(2);
}

}  // namespace handlers
}  // namespace tenon::vm::interp
