// Starting tenon-compile, which stands beside the runner and has LLVM (jit/README.md). It is never
// looked for anywhere else.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "vm/base/status.h"

namespace tenon::cli {

// Runs it until it ends, with this process's standard streams, and returns its exit code. kIo: it
// can't be started, as when it is not installed. `program` may be another that has LLVM and stands
// there. `errors`, if any, takes what it writes to standard error.
Result<int> RunCompiler(std::vector<std::string> words, absl::string_view program = "tenon-compile",
                        std::string* errors = nullptr);

// Starts it in a session of its own, silent and at low priority, so that it goes on when this
// process ends. It keeps the descriptor `held` open. -1: it can't be started.
pid_t StartCompiler(std::vector<std::string> words, int held);
// Whether it succeeded, when it has ended.
bool WaitFor(pid_t compiler);

}  // namespace tenon::cli
