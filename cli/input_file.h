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

// What a file is by its first bytes, whatever its name.
enum class InputKind : uint8_t {
  kComponent,
  kCoreModule,
  kText,         // of WebAssembly; a component's too
  kEmpty,        // nothing, or a text of white space and comments alone
  kOtherBinary,  // no text, nor a binary of a version that is known
  kOtherText,
};
InputKind KindOf(absl::Span<const uint8_t> bytes);
// What is wrong with a file of one of the last three kinds.
std::string WhyUnreadable(absl::Span<const uint8_t> bytes);

}  // namespace tenon::cli
