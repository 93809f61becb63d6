// Moves, constants, select and globals. core: #exec-instr-parametric, #exec-instr-variable
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"

namespace tenon::vm::interp::handlers {

#define FAST_HANDLER(name) TENON_FAST TENON_HANDLER_ABI HandlerResult name(TENON_STATE_PARAMS)

FAST_HANDLER(CopyInt) {
  SetResult(fp + ip[1].half(0), fp[ip[1].half(1)].bits, &acc, &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(CopyFloat) {
  SetResult(fp + ip[1].half(0), ReadSlot<double>(fp + ip[1].half(1)), &acc, &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(CopyVector) {
  WriteSlot(fp + ip[1].half(0), ReadSlot<V128>(fp + ip[1].half(1)));
  TENON_NEXT(2);
}
FAST_HANDLER(CopyIntAcc) {
  fp[ip[1].half(0)].bits = acc;
  TENON_NEXT(2);
}
FAST_HANDLER(CopyFloatAcc) {
  WriteSlot(fp + ip[1].half(0), ((DoubleLanes)facc)[0]);
  TENON_NEXT(2);
}

FAST_HANDLER(ConstI32) {
  SetResult(fp + ip[1].half(0), ip[1].word(1), &acc, &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(ConstI64) {
  SetResult(fp + ip[1].half(0), ip[2].bits, &acc, &facc);
  TENON_NEXT(3);
}
FAST_HANDLER(ConstF32) {
  SetResult(fp + ip[1].half(0), Immediate<float>(ip + 1), &acc, &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(ConstF64) {
  SetResult(fp + ip[1].half(0), ip[2].f64, &acc, &facc);
  TENON_NEXT(3);
}
FAST_HANDLER(ConstVector) {
  V128 value;
  std::memcpy(&value, &ip[2], sizeof value);
  WriteSlot(fp + ip[1].half(0), value);
  TENON_NEXT(4);
}

// Which of half(1), half(2) a select takes.
inline const Slot* Chosen(const Word* ip, const Slot* fp, uint32_t condition) {
  return fp + (condition != 0 ? ip[1].half(1) : ip[1].half(2));
}
inline uint32_t ConditionSlot(const Word* ip, const Slot* fp) {
  return ReadSlot<uint32_t>(fp + ip[1].half(3));
}

FAST_HANDLER(SelectInt) {
  SetResult(fp + ip[1].half(0), Chosen(ip, fp, ConditionSlot(ip, fp))->bits, &acc, &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(SelectIntAcc) {
  SetResult(fp + ip[1].half(0), Chosen(ip, fp, static_cast<uint32_t>(acc))->bits, &acc, &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(SelectFloat) {
  SetResult(fp + ip[1].half(0), ReadSlot<double>(Chosen(ip, fp, ConditionSlot(ip, fp))), &acc,
            &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(SelectFloatAcc) {
  SetResult(fp + ip[1].half(0), ReadSlot<double>(Chosen(ip, fp, static_cast<uint32_t>(acc))), &acc,
            &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(SelectVector) {
  WriteSlot(fp + ip[1].half(0), ReadSlot<V128>(Chosen(ip, fp, ConditionSlot(ip, fp))));
  TENON_NEXT(2);
}

FAST_HANDLER(GlobalGetInt) {
  SetResult(fp + ip[1].half(0), ctx->own_globals()[ip[1].word(1)].bits, &acc, &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(GlobalGetFloat) {
  SetResult(fp + ip[1].half(0), ReadSlot<double>(ctx->own_globals() + ip[1].word(1)), &acc, &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(GlobalGetVector) {
  WriteSlot(fp + ip[1].half(0), ReadSlot<V128>(ctx->own_globals() + ip[1].word(1)));
  TENON_NEXT(2);
}
FAST_HANDLER(GlobalSet) {
  ctx->own_globals()[ip[1].word(1)] = fp[ip[1].half(0)];
  TENON_NEXT(2);
}
FAST_HANDLER(GlobalSetIntAcc) {
  ctx->own_globals()[ip[1].word(1)].bits = acc;
  TENON_NEXT(2);
}
FAST_HANDLER(GlobalSetVector) {
  WriteSlot(ctx->own_globals() + ip[1].word(1), ReadSlot<V128>(fp + ip[1].half(0)));
  TENON_NEXT(2);
}

FAST_HANDLER(ImportedGlobalGetInt) {
  SetResult(fp + ip[1].half(0), ctx->imported_globals[ip[1].word(1)]->bits, &acc, &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(ImportedGlobalGetFloat) {
  SetResult(fp + ip[1].half(0), ReadSlot<double>(ctx->imported_globals[ip[1].word(1)]), &acc,
            &facc);
  TENON_NEXT(2);
}
FAST_HANDLER(ImportedGlobalGetVector) {
  WriteSlot(fp + ip[1].half(0), ReadSlot<V128>(ctx->imported_globals[ip[1].word(1)]));
  TENON_NEXT(2);
}
FAST_HANDLER(ImportedGlobalSet) {
  *ctx->imported_globals[ip[1].word(1)] = fp[ip[1].half(0)];
  TENON_NEXT(2);
}
FAST_HANDLER(ImportedGlobalSetVector) {
  WriteSlot(ctx->imported_globals[ip[1].word(1)], ReadSlot<V128>(fp + ip[1].half(0)));
  TENON_NEXT(2);
}

}  // namespace tenon::vm::interp::handlers
