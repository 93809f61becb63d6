// Backtraces: walking interpreter frames from where guest code was left.
// Frames hold no marks: which function one belongs to follows from its return address.
#pragma once

#include "vm/interp/word.h"
#include "vm/runtime/func.h"
#include "vm/runtime/trap.h"

namespace tenon::vm::interp {

// Appends the frames of the innermost entry of `run`, innermost first, down to the frame that
// returns to `exit_code`. Does nothing for an exit, which is no failure.
void AppendBacktrace(const RunBlock& run, const Word* exit_code, Trap* trap);

// Appends a function whose body could not be translated, which therefore has no frame.
void AppendUntranslated(const FuncCode& function, Trap* trap);

}  // namespace tenon::vm::interp
