// What the guests of one store may hold, one by one and together. Whatever a guest can multiply (a
// component instantiates one small module ten thousand times) has a total here, taken from an
// Allowance before the memory is asked for.
#pragma once

#include <cstdint>

#include "vm/syntax/limits.h"

namespace tenon::vm {

struct StoreLimits {
  uint64_t stack_bytes = kDefaultStackBytes;        // interpreter frames
  uint64_t memory_bytes = uint64_t{4} << 30;        // one linear memory
  uint64_t total_memory_bytes = uint64_t{4} << 30;  // all linear memories and the heap
  uint64_t total_table_entries = kMaxTableEntries;  // of all tables
  // What the host holds for instances (globals, functions, element segments) and what they are
  // initialised with (active data segments, long constants).
  uint64_t total_instance_bytes = uint64_t{1} << 30;
  uint64_t memories = 10'000;
  uint64_t tables = 10'000;
  uint64_t instances = 10'000;  // core instances
  // Not a limit: collects garbage at every allocation, to find references that are no roots.
  bool collect_always = false;
};

// What is left of a total.
class Allowance {
 public:
  explicit Allowance(uint64_t total) : left_(total) {}

  // False, and takes nothing, when less is left.
  [[nodiscard]] bool Take(uint64_t amount) {
    if (amount > left_) return false;
    left_ -= amount;
    return true;
  }
  void Return(uint64_t amount) { left_ += amount; }
  uint64_t left() const { return left_; }

 private:
  uint64_t left_;
};

}  // namespace tenon::vm
