// A descriptor that the host shares with others (standard input or output), moved to and from
// without ever blocking. It must stay blocking for those others, and that poll called it ready
// binds nobody: another stream or process may come first, and a terminal may take one byte of many.
// A thread that blocks in write(2) can't be ended by its store's deadline. Sockets and pipes have a
// flag for each call; a terminal is opened once more, as O_NONBLOCK. Where there is no such way (an
// old kernel, another user's terminal) poll is asked right before each call.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <utility>

#include "absl/types/span.h"
#include "wasi/os/error_code.h"
#include "wasi/os/share.h"
#include "wasi/os/unique_fd.h"

namespace tenon::wasi {

class StandardFd {
 public:
  // Borrowed. `kept_bytes` is what streams over it may keep while it takes nothing.
  explicit StandardFd(int fd, SharedAllowance kept_bytes = nullptr)
      : fd_(fd), kept_bytes_(std::move(kept_bytes)) {}

  // For poll.
  int get() const { return fd_; }
  const SharedAllowance& kept_bytes() const { return kept_bytes_; }
  // A regular file.
  bool never_waits() { return kind() == Kind::kFile; }

  // kWouldBlock when there is nothing now; 0 bytes is the end.
  OsResult<size_t> Read(absl::Span<uint8_t> into);
  // May write fewer bytes than given; kWouldBlock when none is taken now.
  OsResult<size_t> Write(absl::Span<const uint8_t> bytes);

 private:
  enum class Kind : uint8_t { kUnknown, kFile, kSocket, kPipe, kTerminal, kPolled };

  Kind kind();
  Kind FindKind();
  // After a call on a pipe: whether the kernel does not know the flag, so that kind() is kPolled
  // now.
  bool LacksFlag(ssize_t result);

  int fd_;
  SharedAllowance kept_bytes_;
  Kind kind_ = Kind::kUnknown;
  UniqueFd terminal_;
};

}  // namespace tenon::wasi
