// Ends what a thread does when its time has come. One thread of the process, started when first
// needed, sleeps until the earliest instant; it then says so (Expire) and signals the thread that
// is at work, again and again until that is done: a signal may come when it can do nothing. What
// the signal does stands in entry.h. Costs nothing as long as nothing is armed.
#pragma once

#include <atomic>
#include <cstdint>

namespace tenon::vm::sys {

// Nanoseconds of CLOCK_MONOTONIC: what instants are given in.
uint64_t MonotonicNanoseconds();
inline constexpr uint64_t kNever = UINT64_MAX;

// Something to end at an instant. Not movable; Arm and Disarm may be called from any thread.
class Watch {
 public:
  // Called once an arming, on the watchdog's thread.
  using Expire = void (*)(void* owner);

  Watch(Expire expire, void* owner) : expire_(expire), owner_(owner) {}
  ~Watch() { Disarm(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Replaces the instant there was. False when the watchdog can't be started.
  [[nodiscard]] bool Arm(uint64_t instant);
  // When it returns, Expire is neither running nor to come.
  void Disarm();

  // This thread is at work, or no thread is any more. Whoever has called Begin and then finds no
  // sign of Expire is signalled when that comes, or a moment later.
  void Begin();
  void End() { thread_.store(0, std::memory_order_relaxed); }

 private:
  friend class Watchdog;
  const Expire expire_;
  void* const owner_;
  std::atomic<int> thread_ = 0;          // its kernel id
  std::atomic<bool> was_armed_ = false;  // ever; else Disarm needs no lock
  uint64_t next_ = kNever;               // when the watchdog looks at it; guarded by its mutex
  bool expired_ = false;                 // likewise
};

}  // namespace tenon::vm::sys
