// How one instruction leads to the next, in one of two modes, which CMake chooses
// (third_party/targets.cmake). Tail dispatch: a handler ends by tail-calling the next, and the
// machine's state is in registers (instruction pointer, frame pointer, context, memory 0, integer
// and float accumulator). Loop dispatch: a handler returns the state and a loop calls the next,
// where musttail or preserve_none is missing (GCC 12 ignores musttail: the stack would grow).
#pragma once

#ifdef TENON_LOOP_DISPATCH
#include "vm/interp/dispatch/loop.h"
#else
#include "vm/interp/dispatch/tail.h"
#endif

namespace tenon::vm::interp {

// Runs guest code from the state `registers` until it leaves or faults.
void RunGuest(EntryRecord* record, const sys::GuestRegisters& registers);

// Continues `count` words on.
#define TENON_NEXT(count) \
  ip += (count);          \
  TENON_DISPATCH()

}  // namespace tenon::vm::interp
