// Waiting: what a guest can wait for, as a small value, and who does the waiting. wasi: io/poll.
//
// An Executor is the seam to the fibres: a host call that must wait hands over its interests and
// goes on when one of them is ready. BlockingExecutor blocks the thread in poll(2).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"

namespace tenon::wasi {

// One event that is ready or not. Copyable; the descriptor it names must stay open while waited
// for.
struct Interest {
  enum class Kind : uint8_t { kReady, kReadable, kWritable, kDeadline };

  Kind kind = Kind::kReady;
  int fd = -1;            // for kReadable and kWritable
  uint64_t deadline = 0;  // for kDeadline: an instant of MonotonicNow(), in nanoseconds

  static Interest Ready() { return Interest{}; }
  static Interest Readable(int fd) { return Interest{Kind::kReadable, fd, 0}; }
  static Interest Writable(int fd) { return Interest{Kind::kWritable, fd, 0}; }
  static Interest Deadline(uint64_t instant) { return Interest{Kind::kDeadline, -1, instant}; }
};

// Waits until at least one of `interests` (not empty) is ready or the instant `until` has come
// (UINT64_MAX: never) and replaces *ready by the ascending indices of all that are ready. Errors
// and hang-ups of a descriptor count as ready. A signal ends the wait if `must_stop` then says so
// (by default it never does): as when `until` has come, *ready stays empty.
void PollInterests(
    absl::Span<const Interest> interests, uint64_t until, std::vector<uint32_t>* ready,
    absl::FunctionRef<bool()> must_stop = [] { return false; });

// Without waiting.
bool IsReady(const Interest& interest);

class Executor {
 public:
  virtual ~Executor() = default;

  // Returns when at least one of `interests` is ready, with the indices of all ready ones. False if
  // the guest is being ended: then the host call must trap at once.
  [[nodiscard]] virtual bool Wait(absl::Span<const Interest> interests,
                                  std::vector<uint32_t>* ready) = 0;

  [[nodiscard]] bool WaitFor(const Interest& interest);
};

class BlockingExecutor final : public Executor {
 public:
  bool Wait(absl::Span<const Interest> interests, std::vector<uint32_t>* ready) override;
};

}  // namespace tenon::wasi
