// Where waiting in wasi meets waiting in abi. Inside wasi an Executor (wasi/os/poll.h) waits for
// interests; CallExecutor is the one that suspends the guest's fibre, and PollExecutor the
// abi::Executor that then blocks the thread.
//
// A guest that waits runs no instructions, so no metering of them ends it: the context's wait
// deadline does.
#pragma once

#include <cstdint>
#include <vector>

#include "abi/link/host.h"
#include "abi/runtime/executor.h"
#include "absl/types/span.h"
#include "wasi/ctx/context.h"
#include "wasi/os/poll.h"

namespace tenon::wasi {

// Blocks until one of the interests is ready or the deadline has come (UINT64_MAX: never); in the
// latter case *ready stays empty. An executor over an event loop of its own waits for interests()
// instead, and fills ready().
class InterestWaiter final : public abi::Waiter {
 public:
  InterestWaiter(absl::Span<const Interest> interests, uint64_t deadline,
                 std::vector<uint32_t>* ready)
      : interests_(interests), deadline_(deadline), ready_(ready) {}

  absl::Span<const Interest> interests() const { return interests_; }
  std::vector<uint32_t>* ready() const { return ready_; }
  void Block() override { PollInterests(interests_, deadline_, ready_); }

 private:
  absl::Span<const Interest> interests_;
  uint64_t deadline_;
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

// Blocks the thread in poll(2), one guest at a time, and ends the guest at its wait deadline.
class PollExecutor final : public abi::Executor {
 public:
  // The context is that of the store; it outlives the executor.
  explicit PollExecutor(const Context& context) : context_(context) {}

  [[nodiscard]] bool Run(abi::Waiter& waiter) override;

 private:
  const Context& context_;
};

}  // namespace tenon::wasi
