#include "vm/sys/watchdog.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <utility>

#include "vm/sys/entry.h"

namespace tenon::vm::sys {
namespace {

// Between signals to a thread that is still at work.
constexpr uint64_t kRepeatNanoseconds = 1'000'000;
constexpr size_t kStackBytes = 256 * 1024;

std::chrono::steady_clock::time_point TimePoint(uint64_t instant) {
  return std::chrono::steady_clock::time_point(
      std::chrono::nanoseconds(static_cast<int64_t>(instant)));
}

}  // namespace

uint64_t MonotonicNanoseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::nanoseconds(now).count());
}

class Watchdog {
 public:
  // Never destroyed: its thread goes on until the process ends.
  static Watchdog& Get() {
    static Watchdog& watchdog = *new Watchdog();
    return watchdog;
  }

  bool Arm(Watch& watch, uint64_t instant) {
    std::lock_guard lock(mutex_);
    Remove(watch);
    if (instant == kNever) return true;
    if (!started_ && !Start()) return false;
    watch.expired_ = false;
    Add(watch, instant);
    if (instant < sleeps_until_) changed_.notify_one();
    return true;
  }

  void Disarm(Watch& watch) {
    std::lock_guard lock(mutex_);
    Remove(watch);
  }

 private:
  void Add(Watch& watch, uint64_t instant) {
    watch.next_ = instant;
    queue_.emplace(instant, &watch);
  }

  void Remove(Watch& watch) {
    if (watch.next_ != kNever) queue_.erase({watch.next_, &watch});
    watch.next_ = kNever;
  }

  // The thread takes no signals: they are for the host's.
  bool Start() {
    InstallInterruptHandler();
    sigset_t all, previous;
    sigfillset(&all);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStackBytes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    pthread_t thread;
    started_ = pthread_create(&thread, &attributes, &Watchdog::Main, this) == 0;
    pthread_sigmask(SIG_SETMASK, &previous, nullptr);
    pthread_attr_destroy(&attributes);
    return started_;
  }

  static void* Main(void* watchdog) {
    static_cast<Watchdog*>(watchdog)->Run();
    return nullptr;
  }

  void Run() {
    std::unique_lock lock(mutex_);
    while (true) {
      sleeps_until_ = queue_.empty() ? kNever : queue_.begin()->first;
      const uint64_t now = MonotonicNanoseconds();
      if (sleeps_until_ <= now) {
        LookAt(*queue_.begin()->second, now);
      } else if (queue_.empty()) {
        changed_.wait(lock);
      } else {
        changed_.wait_until(lock, TimePoint(sleeps_until_));
      }
    }
  }

  void LookAt(Watch& watch, uint64_t now) {
    Remove(watch);
    const bool is_first = !std::exchange(watch.expired_, true);
    if (is_first) watch.expire_(watch.owner_);
    // Begin is an ordinary store, which may not have arrived: hence a second look at who isn't
    // there.
    const int thread = watch.thread_.load(std::memory_order_seq_cst);
    if (thread == 0 && !is_first) return;
    if (thread != 0) InterruptThread(thread);
    Add(watch, now + kRepeatNanoseconds);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::pair<uint64_t, Watch*>> queue_;
  uint64_t sleeps_until_ = 0;
  bool started_ = false;
};

bool Watch::Arm(uint64_t instant) {
  was_armed_.store(true, std::memory_order_relaxed);
  return Watchdog::Get().Arm(*this, instant);
}

void Watch::Disarm() {
  if (was_armed_.load(std::memory_order_relaxed)) Watchdog::Get().Disarm(*this);
}

void Watch::Begin() {
  static constinit thread_local pid_t thread = 0;
  if (thread == 0) thread = gettid();
  thread_.store(thread, std::memory_order_relaxed);
}

}  // namespace tenon::vm::sys
