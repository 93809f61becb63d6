// Streams over a descriptor without offsets of ours: standard input and output, be they terminal,
// pipe, socket or file.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "wasi/io/stream.h"
#include "wasi/os/standard_fd.h"

namespace tenon::wasi {

class FdInputStream final : public InputStream {
 public:
  explicit FdInputStream(std::shared_ptr<StandardFd> fd) : fd_(std::move(fd)) {}
  Interest Subscribe() const override;

 protected:
  OsResult<size_t> ReadSome(absl::Span<uint8_t> into) override;

 private:
  std::shared_ptr<StandardFd> fd_;
};

class FdOutputStream final : public OutputStream {
 public:
  explicit FdOutputStream(std::shared_ptr<StandardFd> fd)
      : OutputStream(fd->kept_bytes()), fd_(std::move(fd)) {}
  Interest Subscribe() const override;

 protected:
  OsResult<size_t> WriteSome(absl::Span<const uint8_t> bytes) override;
  uint64_t Capacity() const override;

 private:
  std::shared_ptr<StandardFd> fd_;
};

}  // namespace tenon::wasi
