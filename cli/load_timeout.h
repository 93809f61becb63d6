// --timeout while a file is read and checked: nothing there looks at the time, and no guest was
// let loose that would have to be stopped. So the process ends, as it would for a guest. The store
// keeps the time of what comes after (vm::Store::SetDeadline).
#pragma once

#include "cli/commands.h"

namespace tenon::cli {

// From now on, for the options' time, if they have one.
void StartLoadTimeout(const RunOptions& options);
// Before any guest runs. Harmless when nothing was started.
void StopLoadTimeout();

}  // namespace tenon::cli
