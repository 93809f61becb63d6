#include "wasi/io/fd_stream.h"

#include <algorithm>

#include "wasi/os/file.h"

namespace tenon::wasi {
namespace {

// What a pipe that poll calls writable takes for certain: one page (PIPE_BUF).
constexpr uint64_t kPipeCapacity = 4096;

bool IsRegularFile(int fd) {
  const OsResult<FileType> type = TypeOf(fd);
  return type && *type == FileType::kRegularFile;
}

}  // namespace

FdInputStream::FdInputStream(int fd) : fd_(fd), never_waits_(IsRegularFile(fd)) {}

Interest FdInputStream::Subscribe() const {
  return never_waits_ ? Interest::Ready() : Interest::Readable(fd_);
}

OsResult<size_t> FdInputStream::ReadSome(absl::Span<uint8_t> into) { return ReadNext(fd_, into); }

FdOutputStream::FdOutputStream(int fd) : fd_(fd), never_waits_(IsRegularFile(fd)) {}

Interest FdOutputStream::Subscribe() const {
  return never_waits_ ? Interest::Ready() : Interest::Writable(fd_);
}

OsResult<size_t> FdOutputStream::WriteSome(absl::Span<const uint8_t> bytes) {
  return WriteNext(fd_, bytes.first(std::min<size_t>(bytes.size(), Capacity())));
}

uint64_t FdOutputStream::Capacity() const { return never_waits_ ? kMaxTransfer : kPipeCapacity; }

}  // namespace tenon::wasi
