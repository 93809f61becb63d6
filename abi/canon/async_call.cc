#include "abi/canon/async_call.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "abi/runtime/store.h"
#include "absl/container/inlined_vector.h"

namespace tenon::abi {
namespace {

enum CallbackCode : uint32_t { kExit, kYield, kWait };

bool Trap(Store& store, absl::string_view detail) {
  store.core().SetTrap(vm::TrapKind::kCanonicalAbi, detail);
  return false;
}

// Makes a thread the one that its instance runs.
class Current {
 public:
  explicit Current(Thread& thread)
      : task_(*thread.task),
        outer_task_(std::exchange(task_.instance->current_task, &task_)),
        outer_thread_(std::exchange(task_.thread, &thread)) {}
  ~Current() {
    task_.instance->current_task = outer_task_;
    task_.thread = outer_thread_;
  }
  Current(const Current&) = delete;
  Current& operator=(const Current&) = delete;

 private:
  Task& task_;
  CallScope* const outer_task_;
  Thread* const outer_thread_;
};

void EnterFor(Thread& thread, const std::vector<ComponentInstance*>& entering) {
  Enter(entering);
  thread.entered = entering;
}

void LeaveFor(Thread& thread) {
  Leave(thread.entered);
  thread.entered.clear();
}

// The thread goes on after it, or what it called, has waited.
void EnterAgain(Thread* thread) {
  if (thread == nullptr || !std::exchange(thread->is_left, false)) return;
  EnterFor(*thread, thread->task->instance->EnteringSet(nullptr));
}

// --- Which threads can go on ---------------------------------------------------------------------

bool HasBackpressure(const Task& task) {
  return task.instance->backpressure > 0 ||
         (task.needs_exclusive() && task.instance->async->exclusive != nullptr);
}

bool IsReady(const Thread& thread) {
  const Task& task = *thread.task;
  if (task.caller != nullptr && task.caller->is_gone) return false;
  if (thread.state != Thread::State::kParked) return thread.state == Thread::State::kReady;
  if (task.park == Task::Park::kEnter) return !HasBackpressure(task);
  if (task.instance->async->exclusive != nullptr) return false;
  return task.park == Task::Park::kYield || task.set->has_event();
}

void PutAside(Store& store, Task& task, Task::Park park) {
  task.park = park;
  task.implicit.state = Thread::State::kParked;
  if (park == Task::Park::kEnter) ++task.instance->async->num_waiting_to_enter;
  if (park == Task::Park::kWait) ++task.set->num_waiting;
  store.async().waiting.push_back(&task.implicit);
}

// Undoes it; the thread was removed from those that wait.
void TakeBack(Task& task) {
  if (task.park == Task::Park::kEnter) --task.instance->async->num_waiting_to_enter;
  if (task.park == Task::Park::kWait) --task.set->num_waiting;
  task.park = Task::Park::kNone;
  task.implicit.state = Thread::State::kRunning;
}

// --- Running -------------------------------------------------------------------------------------

// A thread is over. The last one must not be before the task has returned.
bool EndThread(Store& store, Thread& thread) {
  Task& task = *thread.task;
  task.instance->async->RemoveThread(&thread);
  thread.state = Thread::State::kOver;
  if (--task.num_threads != 0 || task.resolved()) return true;
  return Trap(store, "async-lifted export failed to produce a result");
}

bool EndImplicit(Store& store, Task& task) {
  if (task.needs_exclusive()) task.instance->async->exclusive = nullptr;
  return EndThread(store, task.implicit);
}

// What a callback waits for, by the code that it, or the function, returned. With nothing to tell
// it yet, the task is put aside.
bool NextEvent(Store& store, Task& task, uint32_t packed, std::optional<Event>* event) {
  const uint32_t code = packed & 0xf;
  if (code > kWait) return Trap(store, "unsupported callback code");
  if (code == kWait) {
    task.set = task.instance->handles.Find<WaitableSet>(packed >> 4);
    if (task.set == nullptr) return Trap(store, "callback waits for what is no waitable set");
  }
  task.instance->async->exclusive = nullptr;
  if (task.TakeCancel(true)) {
    *event = {EventCode::kTaskCancelled, 0, 0};
  } else if (code == kWait && task.set->has_event()) {
    *event = task.set->TakeEvent();
  } else {
    PutAside(store, task, code == kWait ? Task::Park::kWait : Task::Park::kYield);
  }
  return true;
}

// Calls the callback with one event after the other, until it is done or there is none.
bool CallBack(Store& store, Task& task, std::optional<Event> event) {
  while (event) {
    vm::Slot slots[3];
    vm::WriteSlot(&slots[0], static_cast<uint32_t>(event->code));
    vm::WriteSlot(&slots[1], event->index);
    vm::WriteSlot(&slots[2], event->payload);
    event.reset();
    task.instance->async->exclusive = &task;
    if (!store.core().InvokeOrTrap(*task.callee->callback, slots)) return false;
    const uint32_t packed = vm::ReadSlot<uint32_t>(slots);
    if (packed % 16 == kExit) return EndImplicit(store, task);
    if (!NextEvent(store, task, packed, &event)) return false;
  }
  return true;
}

// abi: canon_lift, once the task may enter.
bool CallCallee(Store& store, Task& task) {
  const LiftedFunc& callee = *task.callee;
  CanonContext cx(&store, task.instance, &callee.options, &task);
  if (task.needs_exclusive()) task.instance->async->exclusive = &task;
  task.state = Task::State::kStarted;
  FlatSlots slots;
  if (!task.caller->Start(cx, slots) || !store.core().InvokeOrTrap(*callee.func, slots)) {
    return false;
  }
  if (!task.is_async_abi) {
    FlatSlots results;
    std::copy_n(slots, kMaxFlatResults, results);
    if (!ReturnFromTask(task, cx, slots) || !PostReturn(callee, cx, results)) return false;
  } else if (task.has_callback && vm::ReadSlot<uint32_t>(slots) % 16 != kExit) {
    std::optional<Event> event;
    return NextEvent(store, task, vm::ReadSlot<uint32_t>(slots), &event) &&
           CallBack(store, task, event);
  }
  return EndImplicit(store, task);
}

// A core function with one argument: of a thread that the guest made, or a destructor.
bool RunStart(Store& store, Thread& thread) {
  vm::Slot slots[1];
  vm::WriteSlot(slots, thread.argument);
  thread.state = Thread::State::kRunning;
  return store.core().InvokeOrTrap(*std::exchange(thread.start, nullptr), slots) &&
         EndThread(store, thread);
}

bool RunBody(Store& store, Thread& thread, bool cancelled) {
  if (thread.start != nullptr) return RunStart(store, thread);
  Task& task = *thread.task;
  const Task::Park park = task.park;
  if (park != Task::Park::kNone) TakeBack(task);
  if (park == Task::Park::kNone || park == Task::Park::kEnter) return CallCallee(store, task);
  Event event;
  if (cancelled) {
    event.code = EventCode::kTaskCancelled;
  } else if (park == Task::Park::kWait) {
    event = task.set->TakeEvent();
  }
  return CallBack(store, task, event);
}

// Runs a thread that has no native stack, above all that have. It may be gone afterwards, and its
// task too.
bool Run(Store& store, Thread& thread, const std::vector<ComponentInstance*>& entering,
         bool cancelled = false) {
  if (!store.HasHeadroom()) {
    store.core().SetTrap(vm::TrapKind::kCallStackExhausted);
    return false;
  }
  Task& task = *thread.task;
  EnterFor(thread, entering);
  {
    const Current current(thread);
    if (!RunBody(store, thread, cancelled)) {
      EndAll(entering, store.core().pending_trap_kind());
      return false;
    }
  }
  LeaveFor(thread);
  Thread* const below = thread.below_thread;
  if (thread.state == Thread::State::kOver && &thread != &task.implicit) {
    task.Forget(&thread);
    store.async().objects().Return(1);
  }
  if (task.num_threads == 0) store.async().EndTask(&task);
  EnterAgain(below);
  return true;
}

// --- Waiting with frames -------------------------------------------------------------------------

// All that have frames and wait with `thread`, itself first, and what is below them.
struct Chain {
  absl::InlinedVector<Thread*, 8> threads;
  bool goes_on = false;                   // a caller that does not wait
  bool must_not_wait = false;             // a synchronous task
  ComponentInstance* instance = nullptr;  // of that task; only its threads may run
};

Chain ChainOf(Thread& top) {
  Chain chain;
  for (Thread* thread = &top;; thread = thread->below_thread) {
    if (!thread->task->is_async_type) {
      chain.must_not_wait = true;
      chain.instance = thread->task->instance;
      return chain;
    }
    chain.threads.push_back(thread);
    if (thread->below == nullptr) return chain;
    // Who has the result waits no longer.
    chain.goes_on = thread->below_goes_on || thread->task->resolved();
    if (chain.goes_on) return chain;
    if (thread->below_thread == nullptr) {
      chain.must_not_wait = true;
      return chain;
    }
  }
}

// While the threads of a chain wait, their instances are left. A trap ends all of them: unless the
// first returns, they are entered again for good.
class Away {
 public:
  Away(Store& store, const Chain& chain, absl::FunctionRef<bool()> ready)
      : store_(store), chain_(chain) {
    for (Thread* thread : chain.threads) {
      entered_.push_back(thread->entered);
      thread->is_left = true;
      LeaveFor(*thread);
    }
    store.async().conditions.push_back(ready);
  }
  Away(const Away&) = delete;
  Away& operator=(const Away&) = delete;
  ~Away() {
    store_.async().conditions.pop_back();
    for (const auto& instances : entered_) Enter(instances);
  }

  // The thread on top goes on; true.
  bool Return() {
    entered_.clear();
    if (!chain_.threads.empty()) EnterAgain(chain_.threads.front());
    return true;
  }

 private:
  Store& store_;
  const Chain& chain_;
  absl::InlinedVector<std::vector<ComponentInstance*>, 4> entered_;
};

// Runs the first thread that can go on; one of `only`'s, if that is not null, which is entered.
bool RunOne(Store& store, ComponentInstance* only, bool* ran) {
  std::list<Thread*>& waiting = store.async().waiting;
  for (auto at = waiting.begin(); at != waiting.end(); ++at) {
    Thread& thread = **at;
    ComponentInstance* const instance = thread.task->instance;
    if (!IsReady(thread)) continue;
    // A synchronous call uses the stack that some tasks need for themselves.
    const bool uses_stack = &thread == &thread.task->implicit && thread.task->needs_exclusive();
    if (only != nullptr && (instance != only || uses_stack)) continue;
    std::vector<ComponentInstance*> entering;
    if (only == nullptr) entering = instance->EnteringSet(nullptr);
    if (!MayEnter(entering)) continue;
    waiting.erase(at);
    SetBelow(thread, nullptr, false);
    *ran = true;
    return Run(store, thread, entering);
  }
  *ran = false;
  return true;
}

// Why nothing can run while someone waits.
absl::string_view WhyStuck(Store& store, const Chain& chain) {
  const auto& conditions = store.async().conditions;
  const std::list<Thread*>& waiting = store.async().waiting;
  // The last one is the one that waits.
  const bool other_could =
      std::any_of(conditions.begin(), conditions.end() - 1, [](auto ready) { return ready(); });
  const bool bottom_could = !chain.threads.empty() && chain.threads.back()->task->resolved();
  if (other_could || (bottom_could && !chain.must_not_wait)) return kNeedsStacks;
  const bool has_others = std::any_of(waiting.begin(), waiting.end(), [&](const Thread* thread) {
    return thread->task->instance == chain.instance;
  });
  return chain.must_not_wait && !has_others ? kCannotBlock : kDeadlock;
}

}  // namespace

void SetBelow(Thread& thread, ComponentInstance* caller, bool goes_on) {
  thread.below = caller;
  const bool has_threads = caller != nullptr && caller->async != nullptr;
  thread.below_thread = has_threads ? CurrentTask(*caller).thread : nullptr;
  thread.below_goes_on = goes_on;
}

Task* NewTask(Store& store, ComponentInstance* instance, const LiftedFunc* callee,
              std::shared_ptr<TaskCaller> caller) {
  Task* const task = store.async().NewTask(instance);
  if (task == nullptr || !instance->async->AddThread(&task->implicit)) {
    Trap(store, "too many tasks");
    return nullptr;
  }
  task->callee = callee;
  task->caller = std::move(caller);
  if (callee == nullptr) return task;
  task->is_async_type = callee->types->Get(callee->type).is_async;
  task->is_async_abi = callee->is_async;
  task->has_callback = callee->callback != nullptr;
  return task;
}

bool StartTask(Task& task, const std::vector<ComponentInstance*>& entering) {
  Store& store = *task.callee->store;
  if (!MayEnter(entering)) {
    store.core().SetTrap(vm::TrapKind::kCannotEnterInstance, WhyClosed(entering));
    return false;
  }
  const AsyncInstance& async = *task.instance->async;
  if (task.is_async_type && (HasBackpressure(task) || async.num_waiting_to_enter != 0)) {
    PutAside(store, task, Task::Park::kEnter);
    return true;
  }
  return Run(store, task.implicit, entering);
}

bool ReturnFromTask(Task& task, CanonContext& cx, vm::Slot* slots) {
  if (task.resolved()) return cx.Trap("`task.return` or `task.cancel` called more than once");
  if (task.num_borrows != 0) {
    return cx.Trap("borrow handles still remain at the end of the call");
  }
  if (!task.caller->Return(cx, slots)) return false;
  task.state = Task::State::kResolved;
  return true;
}

bool CancelTask(Store& store, Task& task) {
  if (task.resolved()) return Trap(store, "`task.return` or `task.cancel` called more than once");
  if (task.state != Task::State::kCancelDelivered) {
    return Trap(store, "`task.cancel` called by task which has not been cancelled");
  }
  if (task.num_borrows != 0) {
    return Trap(store, "borrow handles still remain at the end of the call");
  }
  task.caller->Cancel();
  task.state = Task::State::kResolved;
  return true;
}

bool RequestCancel(Store& store, Task& task, ComponentInstance* caller, bool caller_goes_on) {
  std::list<Thread*>& waiting = store.async().waiting;
  if (task.state == Task::State::kInitial) {
    waiting.remove(&task.implicit);
    TakeBack(task);
    task.state = Task::State::kCancelDelivered;
    if (!CancelTask(store, task)) return false;
    store.async().EndTask(&task);
    return true;
  }
  const std::vector<ComponentInstance*> entering = task.instance->EnteringSet(caller);
  const bool can_tell = task.implicit.state == Thread::State::kParked &&
                        task.instance->async->exclusive == nullptr && MayEnter(entering);
  if (!can_tell) {
    task.state = Task::State::kPendingCancel;
    return true;
  }
  task.state = Task::State::kCancelDelivered;
  waiting.remove(&task.implicit);
  SetBelow(task.implicit, caller, caller_goes_on);
  return Run(store, task.implicit, entering, true);
}

namespace {

bool WaitIn(Store& store, const Chain& chain, absl::FunctionRef<bool()> ready) {
  if (chain.goes_on) return Trap(store, kNeedsStacks);
  Away away(store, chain, ready);
  while (!ready()) {
    bool ran = false;
    const bool may_run = !chain.must_not_wait || chain.instance != nullptr;
    if (may_run && !RunOne(store, chain.instance, &ran)) return false;
    if (!ran) return Trap(store, WhyStuck(store, chain));
  }
  return away.Return();
}

}  // namespace

bool MustNotWait(Thread& thread) { return ChainOf(thread).must_not_wait; }

bool WaitUntil(Store& store, Thread& thread, absl::FunctionRef<bool()> ready) {
  return ready() || WaitIn(store, ChainOf(thread), ready);
}

bool WaitAs(Store& store, ComponentInstance* caller, absl::FunctionRef<bool()> ready) {
  if (ready()) return true;
  if (caller == nullptr) return WaitIn(store, Chain{}, ready);
  if (caller->async == nullptr) return Trap(store, kCannotBlock);
  return WaitUntil(store, *CurrentTask(*caller).thread, ready);
}

bool Yield(Store& store, Thread& thread) {
  const Chain chain = ChainOf(thread);
  // Who cannot give way goes on at once, as any thread that can go on may.
  if (chain.goes_on || (chain.must_not_wait && chain.instance == nullptr)) return true;
  bool ran = false;
  const auto always = [] { return true; };
  Away away(store, chain, always);
  return RunOne(store, chain.instance, &ran) && away.Return();
}

bool RunAbove(Store& store, Thread& current, Thread& other) {
  SetBelow(other, current.task->instance, false);
  // One that yields could go on at any time, one that suspends once it is resumed.
  const auto may_go_on = [&] { return current.state != Thread::State::kSuspended; };
  store.async().conditions.push_back(may_go_on);
  const bool ok = Run(store, other, {});
  store.async().conditions.pop_back();
  return ok;
}

vm::Allowance* TakeObject(Store& store) {
  vm::Allowance& objects = store.async().objects();
  if (objects.Take(1)) return &objects;
  Trap(store, "too many streams, futures and tasks");
  return nullptr;
}

bool AddObject(Store& store, ComponentInstance& instance, std::unique_ptr<AsyncObject> object,
               uint32_t* handle) {
  const HandleTable::OrDetail<uint32_t> added = instance.handles.AddObject(std::move(object));
  if (!added) return Trap(store, added.error());
  *handle = *added;
  return true;
}

bool RunDestructorTask(Store& store, const ResourceType& type,
                       const std::vector<ComponentInstance*>& entering, uint32_t rep) {
  Task* const task = NewTask(store, type.impl, nullptr, nullptr);
  if (task == nullptr) return false;
  task->state = Task::State::kResolved;
  task->implicit.start = type.destructor;
  task->implicit.argument = rep;
  return Run(store, task->implicit, entering);
}

}  // namespace tenon::abi
