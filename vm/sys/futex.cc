#include "vm/sys/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

namespace tenon::vm::sys {

void FutexWait(const std::atomic<uint32_t>& word, uint32_t expected, uint64_t until) {
  // Always with an instant, if a far one: a sleep without one would go on after a signal
  // (SA_RESTART), and whoever must end would not notice.
  constexpr uint64_t kSecond = 1'000'000'000;
  const uint64_t instant = std::min<uint64_t>(until, INT64_MAX);
  const timespec when = {.tv_sec = static_cast<time_t>(instant / kSecond),
                         .tv_nsec = static_cast<long>(instant % kSecond)};
  syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, &when, nullptr,
          FUTEX_BITSET_MATCH_ANY);
}

void FutexWake(const std::atomic<uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace tenon::vm::sys
