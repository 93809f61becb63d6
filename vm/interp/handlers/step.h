// How an instruction becomes a handler. An instruction that always continues with the next one is a
// *step*: a class with
//   static constexpr int kWords;                       // its length
//   static void Run(ip, fp, ctx, mem, acc, facc);      // acc and facc by reference
// A conditional branch is a *branch*: kWords and
//   static bool Taken(ip, fp, acc, facc);
// Single<Op> makes a handler of one, Pair<Step, Op> of two that stand behind each other in the code,
// saving the dispatch between them (see fuse.h).
#pragma once

#include "vm/interp/handlers/operands.h"

namespace tenon::vm::interp {

template <typename Op>
concept IsBranch =
    requires(const Word* ip, const Slot* fp) { Op::Taken(ip, fp, uint64_t{}, FloatAcc{}); };

// One step; falls to the next instruction.
#define TENON_RUN_STEP(Step)                 \
  Step::Run(ip, fp, ctx, mem, acc, facc);    \
  ip += Step::kWords

template <typename A>
TENON_FAST TENON_HANDLER_ABI HandlerResult Single(TENON_STATE_PARAMS) {
  if constexpr (IsBranch<A>) {
    if (A::Taken(ip, fp, acc, facc)) {
      ip += ip[1].distance();
      TENON_DISPATCH();
    }
    TENON_NEXT(A::kWords);
  } else {
    A::Run(ip, fp, ctx, mem, acc, facc);
    TENON_NEXT(A::kWords);
  }
}

template <typename A, typename B>
TENON_FAST TENON_HANDLER_ABI HandlerResult Pair(TENON_STATE_PARAMS) {
  TENON_RUN_STEP(A);
  if constexpr (IsBranch<B>) {
    if (B::Taken(ip, fp, acc, facc)) {
      ip += ip[1].distance();
      TENON_DISPATCH();
    }
    TENON_NEXT(B::kWords);
  } else {
    B::Run(ip, fp, ctx, mem, acc, facc);
    TENON_NEXT(B::kWords);
  }
}

}  // namespace tenon::vm::interp
