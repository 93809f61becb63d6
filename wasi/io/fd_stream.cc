#include "wasi/io/fd_stream.h"

#include <algorithm>

namespace tenon::wasi {
namespace {

// What a pipe that poll calls writable takes for certain: one page (PIPE_BUF).
constexpr uint64_t kPipeCapacity = 4096;

}  // namespace

Interest FdInputStream::Subscribe() const {
  return fd_->never_waits() ? Interest::Ready() : Interest::Readable(fd_->get());
}

OsResult<size_t> FdInputStream::ReadSome(absl::Span<uint8_t> into) { return fd_->Read(into); }

Interest FdOutputStream::Subscribe() const {
  return fd_->never_waits() ? Interest::Ready() : Interest::Writable(fd_->get());
}

OsResult<size_t> FdOutputStream::WriteSome(absl::Span<const uint8_t> bytes) {
  return fd_->Write(bytes.first(std::min<size_t>(bytes.size(), Capacity())));
}

uint64_t FdOutputStream::Capacity() const {
  return fd_->never_waits() ? kMaxTransfer : kPipeCapacity;
}

}  // namespace tenon::wasi
