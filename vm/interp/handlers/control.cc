// Entering and leaving functions, branches, and the way out to the host.
// core: #exec-instr-control
#include "absl/strings/str_cat.h"
#include "vm/interp/handlers/branch_steps.h"
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/runtime/func.h"
#include "vm/runtime/store.h"

namespace tenon::vm::interp {

// Not a fast handler: it is reached once.
TENON_HANDLER_ABI HandlerResult RaiseTrap(TENON_STATE_PARAMS) {
  RunBlock* run = ctx->run;
  // What must end fails in many ways; who called the guest has the trap for it.
  if (run->trap == 0 && !MustEnd(*run)) run->trap = 1 + static_cast<uint32_t>(acc);
  run->ip = ip;
  run->fp = fp;
  run->context = ctx;
  TENON_LEAVE();
}

TENON_HANDLER_ABI HandlerResult RaiseUninitializedElement(TENON_STATE_PARAMS) {
  RunBlock* run = ctx->run;
  if (run->trap == 0) run->store->pending_trap().detail = absl::StrCat(acc);
  TENON_TRAP(TrapKind::kUninitializedElement);
}

namespace handlers {

FAST_HANDLER(Enter) {
  Slot* const limit = __atomic_load_n(&ctx->run->stack_limit, __ATOMIC_RELAXED);
  if (fp + ip[1].word(0) > limit) [[unlikely]] {
    TENON_TRAP(TrapKind::kCallStackExhausted);
  }
  Slot* local = fp + ip[1].half(2);
  for (uint32_t left = ip[1].half(3); left != 0; --left) (local++)->bits = 0;
  TENON_NEXT(2);
}

FAST_HANDLER(FrameTooLarge) { TENON_TRAP(TrapKind::kCallStackExhausted); }
FAST_HANDLER(Unreachable) { TENON_TRAP(TrapKind::kUnreachable); }

// Macros: code.def declares a function a handler, and the jump that ends one must stand in it.
#define JUMP_HANDLER(name, ...)       \
  FAST_HANDLER(name) {                \
    ip = __VA_ARGS__::Target(ip, fp); \
    TENON_DISPATCH();                 \
  }
#define BRANCH_HANDLER(name, ...)                \
  FAST_HANDLER(name) {                           \
    if (__VA_ARGS__::Taken(ip, fp, acc, facc)) { \
      ip += ip[1].distance();                    \
      TENON_DISPATCH();                          \
    }                                            \
    TENON_NEXT(2);                               \
  }

JUMP_HANDLER(Br, BrStep)
JUMP_HANDLER(BrTable, BrTableStep)
BRANCH_HANDLER(BrIf, BrIfStep)
BRANCH_HANDLER(BrIfAcc, BrIfAccStep)
BRANCH_HANDLER(BrIfNot, BrIfNotStep)
BRANCH_HANDLER(BrIfNotAcc, BrIfNotAccStep)
BRANCH_HANDLER(BrIfAnd, BrIfAndStep<false, true>)
BRANCH_HANDLER(BrIfNotAnd, BrIfAndStep<false, false>)
BRANCH_HANDLER(BrIfAndK, BrIfAndStep<true, true>)
BRANCH_HANDLER(BrIfNotAndK, BrIfAndStep<true, false>)

// Results stand from the callee's slot 0, which is where the caller wants them.
#define TENON_RETURN()                              \
  const Slot* link = fp + ip[1].half(0);            \
  ip = reinterpret_cast<const Word*>(link[0].bits); \
  fp = reinterpret_cast<Slot*>(link[1].bits);       \
  TENON_DISPATCH()

FAST_HANDLER(Return) { TENON_RETURN(); }

FAST_HANDLER(ReturnInt) {
  acc = fp[ip[1].half(1)].bits;
  fp[0].bits = acc;
  TENON_RETURN();
}

FAST_HANDLER(ReturnIntAcc) {
  fp[0].bits = acc;
  TENON_RETURN();
}

FAST_HANDLER(ReturnFloat) {
  SetResult(fp, ReadSlot<double>(fp + ip[1].half(1)), &acc, &facc);
  TENON_RETURN();
}

FAST_HANDLER(ReturnFloatAcc) {
  WriteSlot(fp, ((DoubleLanes)facc)[0]);
  TENON_RETURN();
}

FAST_HANDLER(Exit) { TENON_LEAVE(); }

}  // namespace handlers
}  // namespace tenon::vm::interp
