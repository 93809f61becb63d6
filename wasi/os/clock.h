// The two clocks of wasi:clocks and the time of day as it writes it.
// Times are nanoseconds in 64 bits and saturate.
#pragma once

#include <cstdint>

namespace tenon::wasi {

// wasi: clocks/wall-clock.datetime. Seconds since 1970-01-01T00:00:00Z; nanoseconds < 10^9.
struct Datetime {
  uint64_t seconds = 0;
  uint32_t nanoseconds = 0;

  bool operator==(const Datetime&) const = default;
};

// Nanoseconds of CLOCK_MONOTONIC: the unit and origin of every deadline in wasi/os.
uint64_t MonotonicNow();
uint64_t MonotonicResolution();

// A host clock set to before 1970 reads as 1970.
Datetime WallNow();
Datetime WallResolution();

// The instant `duration` nanoseconds from now; saturates at the end of time.
uint64_t DeadlineAfter(uint64_t duration);

}  // namespace tenon::wasi
