// The threads that wait on addresses of one shared memory, first come, first served.
// Specification: proposals/threads, "Wait and Notify operators".
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "absl/functional/function_ref.h"
#include "vm/runtime/context.h"

namespace tenon::vm {

class WaitQueue {
 public:
  enum class Result : uint32_t { kNotified, kNotEqual, kTimedOut };

  // Blocks until this thread is notified or `timeout` nanoseconds are over (negative: never), or
  // until the store of `run` must end: then the result says nothing. Not at all where
  // `is_expected`, called while no one can notify, says no.
  Result Wait(uint64_t address, absl::FunctionRef<bool()> is_expected, int64_t timeout,
              const RunBlock& run);

  // Wakes those who have waited at the address for longest, at most `count`; how many they were.
  uint32_t Notify(uint64_t address, uint32_t count);

 private:
  // Lives on the stack of the thread that waits.
  struct Waiter {
    uint64_t address;
    std::atomic<uint32_t> is_notified = 0;
  };

  std::mutex mutex_;
  std::vector<Waiter*> waiters_;  // in the order they came
};

}  // namespace tenon::vm
