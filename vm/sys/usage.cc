#include "vm/sys/usage.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>

namespace tenon::vm::sys {
namespace {

double SecondsOf(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

ThreadClock ThreadClock::OfThisThread() {
  ThreadClock clock;
  clockid_t id = 0;
  if (pthread_getcpuclockid(pthread_self(), &id) == 0) clock.id_ = id;
  return clock;
}

double ThreadClock::Seconds() const { return id_ == 0 ? 0 : SecondsOf(id_); }

double ProcessSeconds() { return SecondsOf(CLOCK_PROCESS_CPUTIME_ID); }

uint64_t ResidentBytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  unsigned long long pages = 0;
  const int read = std::fscanf(file, "%*u %llu", &pages);
  std::fclose(file);
  return read == 1 ? pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace tenon::vm::sys
