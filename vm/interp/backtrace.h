// Backtraces: the functions of the frames there are where guest code was left, and their offsets in
// the module. Made after a call has failed, from the frames as it left them.
#pragma once

#include "absl/types/span.h"
#include "vm/interp/word.h"
#include "vm/runtime/exception.h"
#include "vm/runtime/func.h"
#include "vm/runtime/trap.h"

namespace tenon::vm::interp {

// Appends the frames of the innermost entry of `run`, innermost first. Does nothing for an exit,
// which is no failure.
void AppendBacktrace(const RunBlock& run, Trap* trap);

// Appends the frames that an exception left behind.
void AppendTrace(absl::Span<const CodeAddress> trace, Trap* trap);

// Appends a function whose body could not be translated, which therefore has no frame.
void AppendUntranslated(const FuncCode& function, const Context& context, Trap* trap);

}  // namespace tenon::vm::interp
