// Starting tenon-compile, which stands beside the runner and has LLVM (jit/README.md). It is never
// looked for anywhere else.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"

namespace tenon::cli {

// What a compiler is given besides its words.
struct CompilerRun {
  absl::string_view program = "tenon-compile";  // or another that has LLVM and stands there
  int input = -1;                               // its standard input, from the begin on, and
  int output = -1;                // its output; -1: this process's, as its other streams
  std::string* errors = nullptr;  // takes what it writes to standard error
};

// Its exit code where a file can't be written.
inline constexpr int kCompilerIo = 3;

// Runs it until it ends, and returns its exit code. It ends with this process, whatever ends that.
// kIo: it can't be started, as when it is not installed; kLimit: it crashed, or the system ended
// it.
Result<int> RunCompiler(std::vector<std::string> words, const CompilerRun& run = {});

// The first descriptor behind the standard streams.
inline constexpr int kHeld = 3;
// A path to what the compiler has as kHeld + index.
std::string PathOfHeld(int index);
// Starts it in a session of its own, silent and at low priority, so that it goes on when this
// process ends. It has these descriptors as kHeld and on. -1: it can't be started.
pid_t StartCompiler(std::vector<std::string> words, absl::Span<const int> held);
// Whether it succeeded, when it has ended.
bool WaitFor(pid_t compiler);

}  // namespace tenon::cli
