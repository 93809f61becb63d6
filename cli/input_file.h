// Reading an input file whole, with an error a person understands.
// At most the limit for a module is read, whatever the file says of its size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/base/status.h"

namespace tenon::cli {

// The bytes of a regular file, pipe or terminal of at most vm::kMaxModuleBytes. Errors are kIo
// (with the system's text) or kLimit; the caller adds the file's name.
Result<std::vector<uint8_t>> ReadInputFile(const std::string& path);

}  // namespace tenon::cli
