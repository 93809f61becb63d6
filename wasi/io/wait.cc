#include "wasi/io/wait.h"

#include "abi/runtime/store.h"

namespace tenon::wasi {

bool CallExecutor::Wait(absl::Span<const Interest> interests, std::vector<uint32_t>* ready) {
  // Most waits are over before they begin; those don't need the way through the executor.
  PollInterests(interests, 0, ready);
  if (!ready->empty()) return true;
  InterestWaiter waiter(call_, interests, ready);
  return call_.call().store->Wait(waiter);
}

}  // namespace tenon::wasi
