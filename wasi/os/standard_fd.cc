#include "wasi/os/standard_fd.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "wasi/os/file.h"
#include "wasi/os/poll.h"

namespace tenon::wasi {
namespace {

UniqueFd Reopen(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return UniqueFd();
  char path[32];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return UniqueFd(::open(path, (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

OsResult<size_t> CheckCount(ssize_t result) {
  if (result < 0) return OsError(errno == EINTR ? EAGAIN : errno);
  return static_cast<size_t>(result);
}

}  // namespace

StandardFd::Kind StandardFd::kind() {
  if (kind_ == Kind::kUnknown) kind_ = FindKind();
  return kind_;
}

StandardFd::Kind StandardFd::FindKind() {
  const OsResult<FileType> type = TypeOf(fd_);
  if (!type) return Kind::kPolled;  // the call says why
  if (*type == FileType::kRegularFile) return Kind::kFile;
  if (*type == FileType::kSocket) return Kind::kSocket;
  if (*type == FileType::kFifo) return Kind::kPipe;
  if (IsTerminal(fd_)) terminal_ = Reopen(fd_);
  return terminal_.is_open() ? Kind::kTerminal : Kind::kPolled;
}

bool StandardFd::LacksFlag(ssize_t result) {
  if (result >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)) return false;
  kind_ = Kind::kPolled;
  return true;
}

OsResult<size_t> StandardFd::Read(absl::Span<uint8_t> into) {
  if (kind() == Kind::kPipe) {
    const iovec vector{into.data(), into.size()};
    const ssize_t got = ::preadv2(fd_, &vector, 1, -1, RWF_NOWAIT);
    if (!LacksFlag(got)) return CheckCount(got);
  }
  if (kind_ == Kind::kSocket) {
    return CheckCount(::recv(fd_, into.data(), into.size(), MSG_DONTWAIT));
  }
  if (kind_ == Kind::kPolled && !IsReady(Interest::Readable(fd_))) {
    return OsError(ErrorCode::kWouldBlock);
  }
  const int fd = kind_ == Kind::kTerminal ? terminal_.get() : fd_;
  return CheckCount(::read(fd, into.data(), into.size()));
}

OsResult<size_t> StandardFd::Write(absl::Span<const uint8_t> bytes) {
  if (kind() == Kind::kPipe) {
    const iovec vector{const_cast<uint8_t*>(bytes.data()), bytes.size()};
    const ssize_t wrote = ::pwritev2(fd_, &vector, 1, -1, RWF_NOWAIT);
    if (!LacksFlag(wrote)) return CheckCount(wrote);
  }
  if (kind_ == Kind::kSocket) {
    return CheckCount(::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
  }
  if (kind_ == Kind::kPolled && !IsReady(Interest::Writable(fd_))) {
    return OsError(ErrorCode::kWouldBlock);
  }
  const int fd = kind_ == Kind::kTerminal ? terminal_.get() : fd_;
  return CheckCount(::write(fd, bytes.data(), bytes.size()));
}

}  // namespace tenon::wasi
