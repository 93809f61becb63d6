// Instructions become handlers. An operation has a length, `static constexpr int kWords`, and is
//   step    always continues with the next instruction:
//             static void Run(ip, fp, ctx, mem, acc, facc)   // ip, acc, facc by reference
//   check   does so or traps: static bool Run(..) likewise; false: with `static constexpr kTrap`
//   branch  may go elsewhere:  static bool Taken(ip, fp, acc, facc), distance in word(1)
//   jump    always does:       static const Word* Target(ip, fp)
#pragma once

#include "vm/interp/handlers/operands.h"

namespace tenon::vm::interp {

template <typename Op>
concept IsBranch =
    requires(const Word* ip, const Slot* fp) { Op::Taken(ip, fp, uint64_t{}, FloatAcc{}); };
template <typename Op>
concept IsJump = requires(const Word* ip, const Slot* fp) { Op::Target(ip, fp); };
template <typename Op>
concept IsCheck = requires { Op::kTrap; };

// One operation. Leaves the handler when control goes elsewhere: two dispatches, not a conditional
// move, so that the predictor sees which way a branch went. A macro, since the jump that ends a
// handler must stand in it.
#define TENON_RUN(Op)                                       \
  if constexpr (IsJump<Op>) {                               \
    ip = Op::Target(ip, fp);                                \
    TENON_DISPATCH();                                       \
  } else if constexpr (IsBranch<Op>) {                      \
    if (Op::Taken(ip, fp, acc, facc)) {                     \
      ip += ip[1].distance();                               \
      TENON_DISPATCH();                                     \
    }                                                       \
    ip += Op::kWords;                                       \
  } else if constexpr (IsCheck<Op>) {                       \
    if (!Op::Run(ip, fp, ctx, mem, acc, facc)) [[unlikely]] \
      TENON_TRAP(Op::kTrap);                                \
    ip += Op::kWords;                                       \
  } else {                                                  \
    Op::Run(ip, fp, ctx, mem, acc, facc);                   \
    ip += Op::kWords;                                       \
  }

// Placeholder for the operations a shorter chain does not have.
struct Nothing {
  static constexpr int kWords = 0;
  static void Run(const Word*&, Slot*, Context*, uint8_t*, uint64_t&, FloatAcc&) {}
};

// A handler that runs one or more operations that stand behind each other in the code, saving
// dispatches (see fuse.h).
template <typename A, typename B = Nothing, typename C = Nothing, typename D = Nothing>
TENON_FAST TENON_HANDLER_ABI HandlerResult Chain(TENON_STATE_PARAMS) {
  TENON_RUN(A)
  TENON_RUN(B)
  TENON_RUN(C)
  TENON_RUN(D)
  TENON_DISPATCH();
}

}  // namespace tenon::vm::interp
