// A host file that is read in pieces or mapped: an owned descriptor with the few calls that its
// readers need.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/types/span.h"
#include "vm/base/status.h"

namespace tenon::vm::sys {

// An owned descriptor; errors are kIo with the system's text, and the caller adds the file's name.
class File {
 public:
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~File();

  // For reading; a regular file.
  static Result<File> Open(const std::string& path);
  // The same, of a folder that is open; no link.
  static Result<File> OpenIn(int folder, const std::string& name);
  // One that has no name, with these bytes, in memory.
  static Result<File> OfBytes(absl::Span<const uint8_t> bytes);

  Status Append(absl::Span<const uint8_t> bytes);  // to one of OfBytes
  Status Seal();                                   // one of OfBytes: nobody changes it any more
  Result<uint64_t> Size() const;
  // Fills all of `bytes` from that offset on; kIo where the file ends before.
  Status ReadAt(uint64_t offset, absl::Span<uint8_t> bytes) const;
  int descriptor() const { return descriptor_; }

 private:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  static Result<File> Checked(int descriptor);

  int descriptor_;
};

// Waits until what was written to a file is on the device, where there is one. kIo.
Status WriteThrough(int descriptor);

}  // namespace tenon::vm::sys
