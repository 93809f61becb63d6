#include "wasi/os/clock.h"

#include <ctime>

#include "vm/base/status.h"

namespace tenon::wasi {
namespace {

constexpr uint64_t kNanosPerSecond = 1'000'000'000;

uint64_t ToNanos(const timespec& time) {
  return static_cast<uint64_t>(time.tv_sec) * kNanosPerSecond + static_cast<uint64_t>(time.tv_nsec);
}

Datetime ToDatetime(const timespec& time) {
  if (time.tv_sec < 0) return Datetime{};
  return Datetime{static_cast<uint64_t>(time.tv_sec), static_cast<uint32_t>(time.tv_nsec)};
}

timespec Read(clockid_t clock) {
  timespec time;
  TENON_CHECK(::clock_gettime(clock, &time) == 0);
  return time;
}

timespec Resolution(clockid_t clock) {
  timespec time;
  TENON_CHECK(::clock_getres(clock, &time) == 0);
  return time;
}

}  // namespace

uint64_t MonotonicNow() { return ToNanos(Read(CLOCK_MONOTONIC)); }
uint64_t MonotonicResolution() { return ToNanos(Resolution(CLOCK_MONOTONIC)); }
Datetime WallNow() { return ToDatetime(Read(CLOCK_REALTIME)); }
Datetime WallResolution() { return ToDatetime(Resolution(CLOCK_REALTIME)); }

uint64_t DeadlineAfter(uint64_t duration) {
  const uint64_t now = MonotonicNow();
  return duration > UINT64_MAX - now ? UINT64_MAX : now + duration;
}

}  // namespace tenon::wasi
