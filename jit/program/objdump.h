// What a compiled file's machine code is made of: each instruction of the guest, as far as the
// table of positions tells (vm/artifact/FORMAT.md, "Positions"), before the machine instructions
// that it became.
#pragma once

#include <string>

#include "vm/base/status.h"

namespace tenon::jit {

// Prints the functions that have `func` in their symbol, or have that index; all when it is empty.
// Errors name the file and are as Image::MapForAny's; kUsage: there is none; kIo: it can't be
// written. False: the reader left before the end.
Result<bool> PrintCode(const std::string& path, const std::string& func);

}  // namespace tenon::jit
