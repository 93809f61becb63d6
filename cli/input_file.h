// Reading an input file whole, with an error a person understands.
// At most the limit for a module is read, whatever the file says of its size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "vm/base/status.h"

namespace tenon::cli {

// The bytes of a regular file, pipe or terminal of at most vm::kMaxModuleBytes; of standard input
// if the path is "-". Errors are kIo (with the system's text) or kLimit; the caller adds the file's
// name.
Result<std::vector<uint8_t>> ReadInputFile(const std::string& path);

// True for what begins as a core module does.
bool IsCoreModule(absl::Span<const uint8_t> bytes);
// Whether WebAssembly's text format is meant: nothing binary, and it begins as a text does.
bool IsText(absl::Span<const uint8_t> bytes);
// What is wrong with a file to be run that is no component.
std::string WhyNoComponent(absl::Span<const uint8_t> bytes);

}  // namespace tenon::cli
