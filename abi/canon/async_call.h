// How tasks run: abi: "Store.tick", "Task", "canon lift", "Thread". One that waits in its callback
// function has no frames and is put aside. A thread that waits inside guest code keeps its native
// stack: ready threads run above it, and it may wait only where all below it wait as well, down to
// the host. Where a caller would have to go on, the call traps (kNeedsStacks).
// What returns bool has set a trap when it is false.
#pragma once

#include <memory>
#include <vector>

#include "abi/canon/lifted_func.h"
#include "abi/runtime/async/task.h"
#include "absl/functional/function_ref.h"

namespace tenon::abi {

inline constexpr absl::string_view kNeedsStacks = "needs async, which this version does not run";
inline constexpr absl::string_view kCannotBlock =
    "cannot block a synchronous task before returning";
inline constexpr absl::string_view kDeadlock =
    "deadlock detected: event loop cannot make further progress";

// A task for a call of `callee`. Null after a trap.
Task* NewTask(Store& store, ComponentInstance* instance, const LiftedFunc* callee,
              std::shared_ptr<TaskCaller> caller);
// Who is below a thread that is about to run: `caller` is null for the host.
void SetBelow(Thread& thread, ComponentInstance* caller, bool goes_on);

// Calls the task's function, until it is over or waits without frames; then the task may be gone.
bool StartTask(Task& task, const std::vector<ComponentInstance*>& entering);
// Runs a destructor, as a task of its own.
bool RunDestructorTask(Store& store, const ResourceType& type,
                       const std::vector<ComponentInstance*>& entering, uint32_t rep);

// Hands the result to the caller. abi: Task.return_
bool ReturnFromTask(Task& task, CanonContext& cx, vm::Slot* slots);
// abi: Task.cancel
bool CancelTask(Store& store, Task& task);
// Asks a task to cancel itself, on behalf of `caller`. abi: Task.request_cancellation
bool RequestCancel(Store& store, Task& task, ComponentInstance* caller, bool caller_goes_on);

// True when a thread waits for a synchronous task: what blocks traps, unless other
// threads of that instance can end the wait.
bool MustNotWait(Thread& thread);
// Waits, with the frames that there are, until `ready`. `caller` waits with the thread that it
// runs, null for the host.
bool WaitUntil(Store& store, Thread& thread, absl::FunctionRef<bool()> ready);
bool WaitAs(Store& store, ComponentInstance* caller, absl::FunctionRef<bool()> ready);
// Lets another thread run, if there is one that can.
bool Yield(Store& store, Thread& thread);
// Runs a thread that the guest made and that was not started, above the current one.
bool RunAbove(Store& store, Thread& current, Thread& other);

// What one object was taken from, of those that the store may have. Null after a trap.
vm::Allowance* TakeObject(Store& store);
// An object for a handle. Null after a trap.
template <typename T, typename... Args>
std::unique_ptr<T> MakeObject(Store& store, Args&&... args) {
  vm::Allowance* const taken_from = TakeObject(store);
  if (taken_from == nullptr) return nullptr;
  return std::make_unique<T>(std::forward<Args>(args)..., taken_from);
}
bool AddObject(Store& store, ComponentInstance& instance, std::unique_ptr<AsyncObject> object,
               uint32_t* handle);

}  // namespace tenon::abi
