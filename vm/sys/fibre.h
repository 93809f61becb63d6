// Stackful fibres: a function on a stack of its own that can suspend and be resumed.
//
// Stacks are mapped with a guard page below and pooled. A fibre belongs to the thread that started
// it: it is resumed there, and no thread_local may be read across a suspension.
#pragma once

#include <cstddef>
#include <vector>

#include "vm/sys/memory_map.h"

namespace tenon::vm::sys {

class FibrePool {
 public:
  static constexpr size_t kDefaultStackBytes = size_t{1} << 20;

  explicit FibrePool(size_t stack_bytes = kDefaultStackBytes) : stack_bytes_(stack_bytes) {}
  FibrePool(const FibrePool&) = delete;
  FibrePool& operator=(const FibrePool&) = delete;

  // A mapping whose lowest page is a guard; empty when the host refuses.
  Mapping Take();
  void Return(Mapping stack);

 private:
  static constexpr size_t kMaxPooled = 16;
  size_t stack_bytes_;
  std::vector<Mapping> free_;
};

// Not movable: the running fibre knows its address. Must be done (or never started) when destroyed,
// since what lives on its stack would otherwise leak.
class Fibre {
 public:
  using Entry = void (*)(Fibre& fibre, void* argument);

  explicit Fibre(FibrePool* pool) : pool_(pool) {}
  ~Fibre();
  Fibre(const Fibre&) = delete;
  Fibre& operator=(const Fibre&) = delete;

  // Prepares `entry`; the first Resume enters it. Again when it is done, on the same stack and from
  // any thread. False when no stack can be had.
  [[nodiscard]] bool Start(Entry entry, void* argument);
  // From outside: runs the fibre until it suspends or returns from its entry.
  void Resume();
  // From inside: goes back to whoever resumed.
  void Suspend();

  // The innermost one that this thread runs; null on the thread's own stack.
  static Fibre* Current();

  bool done() const { return done_; }
  bool running() const { return running_; }
  // The lowest address that code on the fibre may use.
  const char* stack_limit() const;

 private:
  struct Trampoline;
  FibrePool* pool_;
  Mapping stack_;
  void* context_ = nullptr;  // where to go next: the fibre's, or its resumer's while it runs
  Entry entry_ = nullptr;
  void* argument_ = nullptr;
  bool done_ = true;
  bool running_ = false;
  void* fake_stack_ = nullptr;           // the sanitizer's, of a suspended fibre
  const void* resumer_stack_ = nullptr;  // the sanitizer's bounds of the resumer
  size_t resumer_stack_bytes_ = 0;
};

}  // namespace tenon::vm::sys
