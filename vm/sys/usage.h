// What of the machine a thread and the process have used.
// A thread's clock may be read by other threads as long as the thread runs.
#pragma once

#include <cstdint>

namespace tenon::vm::sys {

// Processor time of one thread.
class ThreadClock {
 public:
  static ThreadClock OfThisThread();
  double Seconds() const;  // 0 where the host has no such clock

 private:
  int32_t id_ = 0;  // clockid_t
};

// Processor time of the process, all its threads'.
double ProcessSeconds();

// Of the process, in memory now; 0 where the host does not say.
uint64_t ResidentBytes();

}  // namespace tenon::vm::sys
