// Where a host call that must wait hands over: the seam between the canonical ABI and an event
// loop.
#pragma once

namespace tenon::abi {

// What a suspended host call waits for. Lives on the suspended fibre's stack.
class Waiter {
 public:
  virtual ~Waiter() = default;
  // Blocks the thread until the call may go on or the store's guests must end. Runs on the
  // executor's stack, never on the fibre that waits: where stores call each other that is the one
  // of the store that called.
  virtual void Block() = 0;
};

class Executor {
 public:
  virtual ~Executor() = default;
  // Called off the fibre after a host call has suspended. Returns when that call may go on; false
  // ends the guest: the host call then traps.
  [[nodiscard]] virtual bool Run(Waiter& waiter) = 0;
};

// Waits for one call at a time, blocking the thread.
class BlockingExecutor final : public Executor {
 public:
  bool Run(Waiter& waiter) override {
    waiter.Block();
    return true;
  }
};

}  // namespace tenon::abi
