// Moves, constants, select and globals. core: #exec-instr-parametric, #exec-instr-variable
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/move_steps.h"

namespace tenon::vm::interp::handlers {

#define FAST_HANDLER(name) TENON_FAST TENON_HANDLER_ABI HandlerResult name(TENON_STATE_PARAMS)

// A step of move_steps.h as a handler.
#define STEP_HANDLER(name)                           \
  FAST_HANDLER(name) {                               \
    name##Step::Run(ip, fp, ctx, mem, acc, facc);    \
    TENON_NEXT(name##Step::kWords);                  \
  }

STEP_HANDLER(CopyInt)
STEP_HANDLER(CopyFloat)
STEP_HANDLER(CopyVector)
STEP_HANDLER(CopyIntAcc)
STEP_HANDLER(CopyFloatAcc)
STEP_HANDLER(ConstI32)
STEP_HANDLER(ConstI64)
STEP_HANDLER(ConstF32)
STEP_HANDLER(ConstF64)
STEP_HANDLER(ConstVector)

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

STEP_HANDLER(GlobalGetInt)
STEP_HANDLER(GlobalGetFloat)
STEP_HANDLER(GlobalGetVector)
STEP_HANDLER(GlobalSet)
STEP_HANDLER(GlobalSetIntAcc)
STEP_HANDLER(GlobalSetVector)

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
