#include "wasi/io/wait.h"

#include "wasi/os/clock.h"

namespace tenon::wasi {

bool CallExecutor::Wait(absl::Span<const Interest> interests, std::vector<uint32_t>* ready) {
  // Most waits are over before they begin; those don't need the way through the executor.
  PollInterests(interests, 0, ready);
  if (!ready->empty()) return true;
  InterestWaiter waiter(interests, call_.state<Context>().wait_deadline(), ready);
  if (!call_.Wait(waiter)) return false;
  if (!ready->empty()) return true;
  call_.Trap("the guest waited until its deadline");
  return false;
}

bool PollExecutor::Run(abi::Waiter& waiter) {
  waiter.Block();
  const uint64_t deadline = context_.wait_deadline();
  return deadline == UINT64_MAX || MonotonicNow() < deadline;
}

}  // namespace tenon::wasi
