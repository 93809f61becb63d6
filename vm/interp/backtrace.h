// Backtraces: walking interpreter frames from where guest code was left.
// Frames hold no marks: which function one belongs to follows from its return address.
#pragma once

#include "vm/interp/word.h"
#include "vm/runtime/func.h"
#include "vm/runtime/trap.h"

namespace tenon::vm::interp {

// Where a call goes on after its return, and in which instance.
struct ReturnPoint {
  const Word* ip;
  Slot* fp;
  Context* context;
};
// Of the frame with this link (handlers/call.cc), in that instance.
ReturnPoint ReturnPointOf(const Slot* link, Context* context);

// Appends the frames of the innermost entry of `run`, innermost first, down to the frame that
// returns to `exit_code`. Does nothing for an exit, which is no failure.
void AppendBacktrace(const RunBlock& run, const Word* exit_code, Trap* trap);

// Appends a function whose body could not be translated, which therefore has no frame.
void AppendUntranslated(const FuncCode& function, const Context& context, Trap* trap);

}  // namespace tenon::vm::interp
