// Moves, constants, select and globals. core: #exec-instr-parametric, #exec-instr-variable
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/move_steps.h"

namespace tenon::vm::interp::handlers {

// A step of move_steps.h as a handler.
#define STEP_HANDLER(name)                        \
  FAST_HANDLER(name) {                            \
    name##Step::Run(ip, fp, ctx, mem, acc, facc); \
    TENON_NEXT(name##Step::kWords);               \
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

STEP_HANDLER(SelectInt)
STEP_HANDLER(SelectIntAcc)
STEP_HANDLER(SelectFloat)
STEP_HANDLER(SelectFloatAcc)
STEP_HANDLER(SelectVector)
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
