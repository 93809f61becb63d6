// Checks the clocks and the random source and prints a verdict for each, the same in every run.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t Now(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) return -1;
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void Verdict(const char* what, int holds) { printf("%s: %s\n", what, holds ? "yes" : "NO"); }

static int NeverGoesBack(void) {
  int64_t last = Now(CLOCK_MONOTONIC);
  for (int i = 0; i < 1000; ++i) {
    int64_t next = Now(CLOCK_MONOTONIC);
    if (last < 0 || next < last) return 0;
    last = next;
  }
  return 1;
}

static int SleepsAtLeast(int64_t nanoseconds) {
  struct timespec wanted = {0, (long)nanoseconds};
  int64_t before = Now(CLOCK_MONOTONIC);
  if (nanosleep(&wanted, NULL) != 0) return 0;
  return Now(CLOCK_MONOTONIC) - before >= nanoseconds;
}

static int RandomDiffers(void) {
  uint8_t first[64], second[64], zero[64] = {0};
  if (getentropy(first, sizeof first) != 0 || getentropy(second, sizeof second) != 0) return 0;
  return memcmp(first, second, sizeof first) != 0 && memcmp(first, zero, sizeof first) != 0;
}

int main(void) {
  struct timespec resolution;
  const int64_t year_2024 = INT64_C(1704067200) * 1000000000;
  const int64_t year_2100 = INT64_C(4102444800) * 1000000000;
  int64_t wall = Now(CLOCK_REALTIME);

  Verdict("the monotonic clock never goes back", NeverGoesBack());
  Verdict("the monotonic clock has a resolution",
          clock_getres(CLOCK_MONOTONIC, &resolution) == 0 &&
              (resolution.tv_sec > 0 || resolution.tv_nsec > 0));
  Verdict("the wall clock is of this century", wall > year_2024 && wall < year_2100);
  Verdict("a sleep of 10 ms takes 10 ms", SleepsAtLeast(10 * 1000 * 1000));
  Verdict("a sleep of 0 ends", SleepsAtLeast(0));
  Verdict("random bytes differ", RandomDiffers());
  return 0;
}
