// The pollable resource of wasi:io/poll: an interest as a guest holds it. A value: what it waits
// for must stay open, which the standard streams and files do by themselves.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "wasi/os/poll.h"

namespace tenon::wasi {

class Pollable {
 public:
  explicit Pollable(Interest interest) : interest_(interest) {}

  const Interest& interest() const { return interest_; }
  bool Ready() const { return IsReady(interest_); }
  // False if the guest is being ended: the host call must trap.
  [[nodiscard]] bool Block(Executor& executor) const { return executor.WaitFor(interest_); }

 private:
  Interest interest_;
};

// wasi: io/poll.poll, with the indices of all ready pollables in *ready. The list must not be
// empty: for that the host call must trap, as when this returns false.
[[nodiscard]] bool Poll(Executor& executor, absl::Span<const Pollable* const> pollables,
                        std::vector<uint32_t>* ready);

}  // namespace tenon::wasi
