// What the handles of async refer to, what of it can be waited for, and sets of that.
// abi: "Waitable State", "canon error-context.new".
//
// A handle owns its object. A waitable has at most one event, which says what it is about only when
// it is delivered, and is in at most one set. A set has its members with events in a queue, so that
// no operation looks at all members.
#pragma once

#include <cstdint>
#include <list>

#include "vm/runtime/store_limits.h"

namespace tenon::abi {

enum class EventCode : uint32_t {
  kNone,
  kSubtask,
  kStreamRead,
  kStreamWrite,
  kFutureRead,
  kFutureWrite,
  kTaskCancelled,
};

struct Event {
  EventCode code = EventCode::kNone;
  uint32_t index = 0;    // the waitable's handle
  uint32_t payload = 0;  // of the code's own kind
};

class AsyncObject {
 public:
  enum class Kind : uint8_t { kErrorContext, kWaitableSet, kSubtask, kChannelEnd };

  AsyncObject(const AsyncObject&) = delete;
  AsyncObject& operator=(const AsyncObject&) = delete;
  virtual ~AsyncObject() { allowance_->Return(1); }

  Kind kind() const { return kind_; }
  bool is_waitable() const { return kind_ == Kind::kSubtask || kind_ == Kind::kChannelEnd; }

 protected:
  // One of `allowance` was taken for it and goes back with it.
  AsyncObject(Kind kind, vm::Allowance* allowance) : kind_(kind), allowance_(allowance) {}

 private:
  const Kind kind_;
  vm::Allowance* const allowance_;
};

// Its message is discarded when it is made, as in the deterministic profile: there is nothing else
// to it.
class ErrorContext final : public AsyncObject {
 public:
  static constexpr Kind kKind = Kind::kErrorContext;
  explicit ErrorContext(vm::Allowance* allowance) : AsyncObject(kKind, allowance) {}
};

class WaitableSet;

class Waitable : public AsyncObject {
 public:
  uint32_t handle = 0;  // of this object in its instance
  bool has_sync_waiter = false;

  bool has_event() const { return has_event_; }
  bool is_in_set() const { return set_ != nullptr; }
  // Delivers the event that there is.
  Event TakeEvent();
  // Null: leaves its set.
  void Join(WaitableSet* set);

 protected:
  using AsyncObject::AsyncObject;
  // There is an event from now on, unless there was.
  void SetEvent();

 private:
  // What the event is, and what becomes of the object once the guest knows.
  virtual Event Deliver() = 0;

  friend class WaitableSet;
  bool has_event_ = false;
  WaitableSet* set_ = nullptr;
  std::list<Waitable*>::iterator queued_;  // while it has an event and is in a set
};

class WaitableSet final : public AsyncObject {
 public:
  static constexpr Kind kKind = Kind::kWaitableSet;
  explicit WaitableSet(vm::Allowance* allowance) : AsyncObject(kKind, allowance) {}

  uint32_t num_waiting = 0;  // threads that wait for one of its events
  uint32_t size() const { return size_; }
  bool has_event() const { return !queue_.empty(); }
  Event TakeEvent() { return queue_.front()->TakeEvent(); }

 private:
  friend class Waitable;
  uint32_t size_ = 0;
  std::list<Waitable*> queue_;  // first come, first delivered
};

}  // namespace tenon::abi
