// Reading an input file whole, with an error a person understands.
// No more is read than the caller allows, whatever the file says of its size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/base/status.h"

namespace tenon::vm::sys {

// The bytes of a regular file, pipe or terminal of at most `max_bytes`. Errors are kIo (with the
// system's text) or kLimit; the caller adds the file's name.
Result<std::vector<uint8_t>> ReadInputFile(const std::string& path, uint64_t max_bytes);
// The same of an open descriptor, which stays open.
Result<std::vector<uint8_t>> ReadInput(int file, uint64_t max_bytes);

}  // namespace tenon::vm::sys
