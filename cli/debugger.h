// `tenon run -g`: the names and lines of compiled code for gdb, by the interface that it has for
// compilers that run in the process ("JIT Compilation Interface" in its manual).
#pragma once

#include "absl/types/span.h"
#include "cli/code_lines.h"
#include "cli/code_names.h"

namespace tenon::cli {

// From now on, also for one that attaches later. By one thread.
void TellDebuggers(const vm::artifact::Image& image, absl::Span<const CodePiece> pieces,
                   const CodeLines& lines);

}  // namespace tenon::cli
