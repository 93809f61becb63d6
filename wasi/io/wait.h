// Where waiting in wasi meets waiting in abi. Inside wasi an Executor (wasi/os/poll.h) waits for
// interests; CallExecutor is the one that suspends the guest's fibre, and InterestWaiter what the
// store's executor then blocks on. A guest that waits ends at its store's deadline like any other.
#pragma once

#include <cstdint>
#include <vector>

#include "abi/link/host.h"
#include "abi/runtime/executor.h"
#include "absl/types/span.h"
#include "wasi/os/poll.h"

namespace tenon::wasi {

// Blocks until one of the interests is ready or the guest must end; in the latter case *ready
// stays empty. An executor over an event loop of its own waits for interests() instead, and fills
// ready().
class InterestWaiter final : public abi::Waiter {
 public:
  InterestWaiter(const abi::HostContext& call, absl::Span<const Interest> interests,
                 std::vector<uint32_t>* ready)
      : call_(call), interests_(interests), ready_(ready) {}

  absl::Span<const Interest> interests() const { return interests_; }
  std::vector<uint32_t>* ready() const { return ready_; }
  void Block() override {
    PollInterests(interests_, canon::Deadline(call_.call()), ready_,
                  [this] { return call_.must_end(); });
  }

 private:
  const abi::HostContext& call_;
  absl::Span<const Interest> interests_;
  std::vector<uint32_t>* ready_;
};

// Waits on behalf of one host call. When Wait returns false the trap is set.
class CallExecutor final : public Executor {
 public:
  explicit CallExecutor(abi::HostContext& call) : call_(call) {}

  [[nodiscard]] bool Wait(absl::Span<const Interest> interests,
                          std::vector<uint32_t>* ready) override;

 private:
  abi::HostContext& call_;
};

}  // namespace tenon::wasi
