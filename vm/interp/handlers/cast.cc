// Casts and tests of references. core: #exec-ref-test, #exec-ref-cast, #exec-br-on-cast
#include <cstring>

#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/gc/cast_target.h"
#include "vm/runtime/store.h"

namespace tenon::vm::interp {
namespace {

bool IsBelow(const Context& ctx, TypeId sub, TypeId super) {
  return sub == super || ctx.run->store->engine().types().IsSubType(sub, super);
}

// The type word of what the reference refers to; 0 for an i31.
uint32_t TypeWordOf(const Context& ctx, uint64_t reference) {
  if (IsI31(static_cast<Ref>(reference))) return 0;
  return ReadField<uint32_t>(ctx.run->heap_base + reference);
}

bool Fits(const Context& ctx, uint64_t reference, const CastTarget& target) {
  using enum CastTarget::Kind;
  if (reference == 0) return target.nullable;
  switch (target.kind) {
    case kAnything: return true;
    case kNothing: return false;
    case kObject: {
      const uint32_t word = TypeWordOf(ctx, reference);
      return word == target.type_word || (KindOf(word) == KindOf(target.type_word) &&
                                          IsBelow(ctx, TypeOf(word), TypeOf(target.type_word)));
    }
    case kFunc:
      return IsBelow(ctx, reinterpret_cast<const Func*>(reference)->type_id,
                     TypeId(target.type_word));
    case kStruct: return KindOf(TypeWordOf(ctx, reference)) == ObjectKind::kStruct;
    case kArray: return KindOf(TypeWordOf(ctx, reference)) == ObjectKind::kArray;
    case kI31: return IsI31(static_cast<Ref>(reference));
    case kEq: return KindOf(TypeWordOf(ctx, reference)) != ObjectKind::kHostExtern;
  }
  return false;
}

bool OperandFits(const Context& ctx, const Slot* operand, const Word* target_word) {
  CastTarget target;
  std::memcpy(&target, target_word, sizeof target);
  return Fits(ctx, operand->bits, target);
}

}  // namespace

namespace handlers {

SLOW_HANDLER(RefTest) {
  const uint32_t fits = OperandFits(*ctx, fp + ip[1].half(1), ip + 2);
  SetResult(fp + ip[1].half(0), fits, &acc, &facc);
  TENON_NEXT(3);
}

SLOW_HANDLER(RefCast) {
  if (!OperandFits(*ctx, fp + ip[1].half(1), ip + 2)) [[unlikely]] {
    TENON_TRAP(TrapKind::kCastFailure);
  }
  TENON_NEXT(3);
}

SLOW_HANDLER(BrOnCast) {
  ip += OperandFits(*ctx, fp + ip[1].half(0), ip + 2) ? ip[1].distance() : 3;
  TENON_DISPATCH();
}

SLOW_HANDLER(BrOnCastFail) {
  ip += OperandFits(*ctx, fp + ip[1].half(0), ip + 2) ? 3 : ip[1].distance();
  TENON_DISPATCH();
}

}  // namespace handlers
}  // namespace tenon::vm::interp
