// `tenon run --profile`: the names of compiled code for perf and its like, in the two forms that
// they read, of which one has lines too.
#pragma once

#include "absl/types/span.h"
#include "cli/code_lines.h"
#include "cli/code_names.h"
#include "cli/commands.h"
#include "vm/base/status.h"

namespace tenon::cli {

// Adds the image's code to perf-PID.map, where perf looks for it, or to jit-PID.dump in the working
// directory, which `perf inject --jit` reads. Before any of it runs, as perf takes what happens in
// order. By one thread. kIo: the file can't be written; kLimit: there is no memory for a copy of
// the code.
Status TellProfilers(Profile profile, const vm::artifact::Image& image,
                     absl::Span<const CodePiece> pieces, const CodeLines& lines);

}  // namespace tenon::cli
