// Streams over a regular file, each with an offset of its own. They never wait: the kernel calls a
// file always ready. wasi: filesystem/types.descriptor, *-via-stream.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "wasi/io/stream.h"
#include "wasi/os/file.h"
#include "wasi/os/unique_fd.h"

namespace tenon::wasi {

class FileInputStream final : public InputStream {
 public:
  FileInputStream(std::shared_ptr<const UniqueFd> fd, uint64_t offset)
      : fd_(std::move(fd)), offset_(offset) {}
  Interest Subscribe() const override { return Interest::Ready(); }

 protected:
  OsResult<size_t> ReadSome(absl::Span<uint8_t> into) override {
    const OsResult<size_t> got = ReadAt(fd_->get(), into, offset_);
    if (got) offset_ += *got;
    return got;
  }

 private:
  std::shared_ptr<const UniqueFd> fd_;
  uint64_t offset_;
};

class FileOutputStream final : public OutputStream {
 public:
  FileOutputStream(std::shared_ptr<const UniqueFd> fd, uint64_t offset)
      : fd_(std::move(fd)), offset_(offset) {}
  Interest Subscribe() const override { return Interest::Ready(); }

 protected:
  OsResult<size_t> WriteSome(absl::Span<const uint8_t> bytes) override {
    const OsResult<size_t> wrote = WriteAt(fd_->get(), bytes, offset_);
    if (wrote) offset_ += *wrote;
    return wrote;
  }

 private:
  std::shared_ptr<const UniqueFd> fd_;
  uint64_t offset_;
};

class FileAppendStream final : public OutputStream {
 public:
  explicit FileAppendStream(std::shared_ptr<const UniqueFd> fd) : fd_(std::move(fd)) {}
  Interest Subscribe() const override { return Interest::Ready(); }

 protected:
  OsResult<size_t> WriteSome(absl::Span<const uint8_t> bytes) override {
    return Append(fd_->get(), bytes);
  }

 private:
  std::shared_ptr<const UniqueFd> fd_;
};

}  // namespace tenon::wasi
