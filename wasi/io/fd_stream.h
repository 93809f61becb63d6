// Streams over a descriptor without offsets of ours: standard input and output, be they terminal,
// pipe or file. The descriptor is borrowed and stays blocking (others share it), so nothing is read
// or written before poll says that it can be.
#pragma once

#include <cstdint>

#include "wasi/io/stream.h"

namespace tenon::wasi {

class FdInputStream final : public InputStream {
 public:
  explicit FdInputStream(int fd);
  Interest Subscribe() const override;

 protected:
  OsResult<size_t> ReadSome(absl::Span<uint8_t> into) override;

 private:
  int fd_;
  bool never_waits_;  // a regular file
};

class FdOutputStream final : public OutputStream {
 public:
  explicit FdOutputStream(int fd);
  Interest Subscribe() const override;

 protected:
  OsResult<size_t> WriteSome(absl::Span<const uint8_t> bytes) override;
  uint64_t Capacity() const override;

 private:
  int fd_;
  bool never_waits_;  // a regular file
};

}  // namespace tenon::wasi
