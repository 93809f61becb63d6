// How one instruction leads to the next: the calling convention of handlers in the mode that the
// build has chosen (third_party/targets.cmake). This is the only file that knows there are two.
//
// Tail dispatch: a handler ends by tail-calling the next; the machine's state lives in registers
// (instruction pointer, frame pointer, context, memory 0, integer accumulator, float accumulator).
// Loop dispatch, for compilers without musttail or preserve_none (GCC 12 ignores musttail and the
// stack would grow): a handler returns the state and a loop calls the next.
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
