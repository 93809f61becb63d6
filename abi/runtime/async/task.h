// Calls of exported functions that may block, from both sides: the callee's task with its threads,
// the caller's subtask. abi: "Threads", "Tasks", "Subtask State".
//
// Instances that neither have nor use anything async never see these: their calls keep their task
// implicit (CallScope). In the others, those with an AsyncInstance, every call is a Task.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "abi/runtime/async/waitable.h"
#include "abi/runtime/component_instance.h"
#include "abi/syntax/limits.h"
#include "absl/functional/function_ref.h"
#include "vm/runtime/slot.h"

namespace tenon::vm {
struct Func;
}

namespace tenon::abi {

struct CanonContext;
struct LiftedFunc;
struct Task;

// A thread of a task: the implicit one, or one that the guest made (`start`).
struct Thread {
  enum class State : uint8_t {
    kRunning,    // it has a native stack, be it waiting there
    kSuspended,  // until another thread resumes it
    kReady,      // may run at any time
    kParked,     // gave its stack back and waits as the task's `park` says
    kOver,
  };
  Task* task = nullptr;
  State state = State::kRunning;
  uint32_t index = 0;  // in the instance's threads; 0: not there
  uint32_t storage[kContextSlots] = {};
  const vm::Func* start = nullptr;
  uint32_t argument = 0;

  // While it has a native stack. Instances that were entered for it, to be left.
  std::vector<ComponentInstance*> entered;
  bool is_left = false;  // they were, since it waits; so it enters again when it goes on
  // Whose frames lie below its own; null: the host's, or those of who resumes waiting threads.
  ComponentInstance* below = nullptr;
  Thread* below_thread = nullptr;  // null: of a call that keeps its task implicit
  bool below_goes_on = false;      // and does not wait for this thread: it called with `async`
};

// What a task's caller does for it. What returns bool has set a trap when it is false.
class TaskCaller {
 public:
  virtual ~TaskCaller() = default;
  // Brings the arguments into the callee's slots and memory.
  virtual bool Start(CanonContext& callee, vm::Slot* slots) = 0;
  // Takes the result: from what task.return was called with, or from what a function lifted
  // without `async` returned.
  virtual bool Return(CanonContext& callee, vm::Slot* slots) = 0;
  // The callee has given up.
  virtual void Cancel() = 0;

  bool is_gone = false;  // it trapped meanwhile: the task never runs again
};

struct Task : CallScope {
  enum class State : uint8_t { kInitial, kStarted, kPendingCancel, kCancelDelivered, kResolved };
  // What a task waits for that has no native stack.
  enum class Park : uint8_t { kNone, kEnter, kYield, kWait };

  explicit Task(ComponentInstance* in) : instance(in) { implicit.task = this; }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  bool resolved() const { return state == State::kResolved; }
  // One such task of an instance runs at a time, as far as it is async.
  bool needs_exclusive() const { return is_async_type && (!is_async_abi || has_callback); }
  // Delivers a cancellation that was asked for, where the guest is prepared for it.
  bool TakeCancel(bool cancellable);

  ComponentInstance* const instance;
  const LiftedFunc* callee = nullptr;  // null: a start function or a destructor
  std::shared_ptr<TaskCaller> caller;
  bool is_async_type = false;
  bool is_async_abi = false;
  bool has_callback = false;
  State state = State::kInitial;
  Park park = Park::kNone;
  WaitableSet* set = nullptr;  // kWait
  Thread implicit;
  Thread* thread = &implicit;  // the one that runs
  std::vector<std::unique_ptr<Thread>> explicit_threads;
  void Forget(const Thread* thread);  // one of these
  uint32_t num_threads = 1;           // that are not over
  size_t place = 0;                   // in the store's tasks
};

class Subtask final : public Waitable {
 public:
  static constexpr Kind kKind = Kind::kSubtask;
  enum class State : uint32_t {
    kStarting,
    kStarted,
    kReturned,
    kCancelledBeforeStarted,
    kCancelledBeforeReturned,
  };
  explicit Subtask(vm::Allowance* allowance) : Waitable(kKind, allowance) {}

  State state() const { return state_; }
  bool resolved() const { return state_ >= State::kReturned; }
  bool resolve_delivered() const { return resolve_delivered_; }
  // News to the caller once it has the handle.
  void SetState(State state);
  // The caller knows: what it lent may be dropped again.
  void DeliverResolve();

  CallScope scope;       // what the caller lent
  Task* task = nullptr;  // until it is resolved
  bool cancel_requested = false;

 private:
  Event Deliver() override;

  State state_ = State::kStarting;
  bool resolve_delivered_ = false;
};

// What an instance has that has anything async.
struct AsyncInstance {
  explicit AsyncInstance(ComponentInstance* instance) : start_task(instance) {}

  // abi: ComponentInstance.threads. False, and no index, when the table is full.
  bool AddThread(Thread* thread);
  void RemoveThread(Thread* thread);
  Thread* FindThread(uint32_t index) const;

  Task* exclusive = nullptr;
  uint32_t num_waiting_to_enter = 0;
  Task start_task;  // of start functions, which are synchronous

 private:
  std::vector<Thread*> threads_ = {nullptr};
  std::vector<uint32_t> free_;
};

// The tasks of a store, and which of their threads wait without a native stack.
class AsyncStore {
 public:
  explicit AsyncStore(uint64_t max_objects) : objects_(max_objects) {}

  // For every task, subtask, end, waitable set and error context.
  vm::Allowance& objects() { return objects_; }
  // Null beyond the limit.
  Task* NewTask(ComponentInstance* instance);
  void EndTask(Task* task);

  std::list<Thread*> waiting;  // first come, first resumed
  // Of the frames that wait on native stacks, outermost first: whether each could go on.
  std::vector<absl::FunctionRef<bool()>> conditions;

 private:
  vm::Allowance objects_;
  std::vector<std::unique_ptr<Task>> tasks_;
};

// abi: current_task. The instance has an AsyncInstance.
Task& CurrentTask(ComponentInstance& instance);

}  // namespace tenon::abi
