// Entering and leaving functions, branches, and the way out to the host.
// core: #exec-instr-control
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/runtime/func.h"

namespace tenon::vm::interp {

// Not a fast handler: it is reached once.
TENON_HANDLER_ABI HandlerResult RaiseTrap(TENON_STATE_PARAMS) {
  RunBlock* run = ctx->run;
  if (run->trap == 0) run->trap = 1 + static_cast<uint32_t>(acc);
  run->ip = ip;
  run->fp = fp;
  run->context = ctx;
  TENON_LEAVE();
}

namespace handlers {

#define FAST_HANDLER(name) TENON_FAST TENON_HANDLER_ABI HandlerResult name(TENON_STATE_PARAMS)

FAST_HANDLER(Enter) {
  if (fp + ip[1].word(0) > ctx->run->stack_limit) [[unlikely]] {
    TENON_TRAP(TrapKind::kCallStackExhausted);
  }
  Slot* local = fp + ip[1].half(2);
  for (uint32_t left = ip[1].half(3); left != 0; --left) (local++)->bits = 0;
  TENON_NEXT(2);
}

FAST_HANDLER(FrameTooLarge) { TENON_TRAP(TrapKind::kCallStackExhausted); }
FAST_HANDLER(Unreachable) { TENON_TRAP(TrapKind::kUnreachable); }

FAST_HANDLER(Br) {
  ip += ip[1].distance();
  TENON_DISPATCH();
}

// Two dispatches, not a conditional move: the predictor then sees which way a branch went.
#define TENON_BRANCH_IF(condition) \
  if (condition) {                 \
    ip += ip[1].distance();        \
    TENON_DISPATCH();              \
  }                                \
  TENON_NEXT(2)

FAST_HANDLER(BrIf) { TENON_BRANCH_IF(ReadSlot<uint32_t>(fp + ip[1].half(0)) != 0); }
FAST_HANDLER(BrIfAcc) { TENON_BRANCH_IF(static_cast<uint32_t>(acc) != 0); }
FAST_HANDLER(BrIfNot) { TENON_BRANCH_IF(ReadSlot<uint32_t>(fp + ip[1].half(0)) == 0); }
FAST_HANDLER(BrIfNotAcc) { TENON_BRANCH_IF(static_cast<uint32_t>(acc) == 0); }

inline uint32_t AndSlots(const Word* ip, const Slot* fp) {
  return ReadSlot<uint32_t>(fp + ip[1].half(0)) & ReadSlot<uint32_t>(fp + ip[1].half(1));
}
inline uint32_t AndImmediate(const Word* ip, const Slot* fp) {
  const auto immediate = static_cast<int16_t>(ip[1].half(1));
  return ReadSlot<uint32_t>(fp + ip[1].half(0)) & static_cast<uint32_t>(immediate);
}
FAST_HANDLER(BrIfAnd) { TENON_BRANCH_IF(AndSlots(ip, fp) != 0); }
FAST_HANDLER(BrIfNotAnd) { TENON_BRANCH_IF(AndSlots(ip, fp) == 0); }
FAST_HANDLER(BrIfAndK) { TENON_BRANCH_IF(AndImmediate(ip, fp) != 0); }
FAST_HANDLER(BrIfNotAndK) { TENON_BRANCH_IF(AndImmediate(ip, fp) == 0); }

FAST_HANDLER(BrTable) {
  uint32_t index = ReadSlot<uint32_t>(fp + ip[1].half(0));
  const uint32_t count = ip[1].word(1);
  if (index > count) index = count;
  ip += static_cast<int32_t>(ip[2 + index / 2].word(index % 2));
  TENON_DISPATCH();
}

// Results stand from the callee's slot 0, which is where the caller wants them.
#define TENON_RETURN()                                          \
  const Slot* link = fp + ip[1].half(0);                        \
  ip = reinterpret_cast<const Word*>(link[0].bits);             \
  fp = reinterpret_cast<Slot*>(link[1].bits);                   \
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
