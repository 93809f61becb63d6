// A store: the instances that run together, what they may hold and how long they may run. It
// belongs to one thread at a time. Copies are the same store. Instances keep theirs alive; its
// memory is given back when the last copy and the last of them are gone.
#pragma once

#include <tenon/engine.h>
#include <tenon/expected.h>
#include <tenon/host.h>

#include <chrono>
#include <cstdint>
#include <memory>

namespace tenon {

struct StoreRep;

struct StoreOptions {
  // All linear memories and garbage-collected objects together: where it ends, memory.grow fails
  // and an allocation traps. More than 4 GiB counts as 4 GiB.
  uint64_t memory_bytes = uint64_t{4} << 30;
  // Of guest calls; 0: the default, 512 KiB. Where the host has no room for that many, nothing can
  // be instantiated in the store (kLimit).
  uint64_t stack_bytes = 0;
};

class Store {
 public:
  explicit Store(const Engine& engine, StoreOptions options = {});

  // From then on the store's guests do not run: one that does is stopped, wherever it is, with
  // TrapKind::kTimeout, and the store never runs another. Between calls a new deadline lets guests
  // run again that were not stopped. A host function is not stopped; what it returns to is.
  // kLimit when the host has no thread left to watch the time; kUsage when moved from.
  Expected<void> SetDeadline(std::chrono::steady_clock::time_point deadline);
  Expected<void> SetTimeout(std::chrono::nanoseconds from_now);
  Expected<void> ClearDeadline();
  // Stops the store's guests for good, now. The one member that may be called from any thread.
  // kLimit when the host has no thread left that could, after which none is entered all the same;
  // kUsage when moved from.
  Expected<void> Interrupt();

  // What HostContext::state<T>() finds in this store. Borrowed: it outlives the store's last call.
  template <typename T>
  void SetState(T* state) {
    SetState(state, &kTypeTag<T>);
  }

  // Null when moved from, and then using it is kUsage.
  const std::shared_ptr<StoreRep>& rep() const { return rep_; }

 private:
  void SetState(void* state, const void* tag);
  Expected<void> SetDeadlineInstant(uint64_t nanoseconds);
  std::shared_ptr<StoreRep> rep_;
};

}  // namespace tenon
