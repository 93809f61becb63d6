#include "vm/runtime/wait_queue.h"

#include <algorithm>

#include "vm/sys/futex.h"
#include "vm/sys/watchdog.h"

namespace tenon::vm {
namespace {

uint64_t InstantAfter(int64_t timeout) {
  if (timeout < 0) return sys::kNever;
  return sys::MonotonicNanoseconds() + static_cast<uint64_t>(timeout);
}

bool IsOver(uint64_t instant) {
  return instant != sys::kNever && sys::MonotonicNanoseconds() >= instant;
}

}  // namespace

WaitQueue::Result WaitQueue::Wait(uint64_t address, absl::FunctionRef<bool()> is_expected,
                                  int64_t timeout, const RunBlock& run) {
  Waiter waiter = {.address = address};
  const uint64_t until = InstantAfter(timeout);
  {
    std::lock_guard lock(mutex_);
    if (!is_expected()) return Result::kNotEqual;
    waiters_.push_back(&waiter);
  }
  // A store that must end is signalled until it has: a signal that comes between the look and the
  // sleep is not the last.
  while (waiter.is_notified == 0 && !MustEnd(run) && !IsOver(until)) {
    sys::FutexWait(waiter.is_notified, 0, until);
  }
  std::lock_guard lock(mutex_);
  if (waiter.is_notified != 0) return Result::kNotified;
  waiters_.erase(std::find(waiters_.begin(), waiters_.end(), &waiter));
  return Result::kTimedOut;
}

uint32_t WaitQueue::Notify(uint64_t address, uint32_t count) {
  std::lock_guard lock(mutex_);
  uint32_t woken = 0;
  size_t kept = 0;
  for (Waiter* waiter : waiters_) {
    if (woken == count || waiter->address != address) {
      waiters_[kept++] = waiter;
      continue;
    }
    ++woken;
    waiter->is_notified = 1;
    // It stays where it is as long as we hold the mutex.
    sys::FutexWake(waiter->is_notified);
  }
  waiters_.resize(kept);
  return woken;
}

}  // namespace tenon::vm
