// abi: "canon thread.index" to "canon thread.yield-then-promote".
#include "abi/canon/async_call.h"
#include "abi/link/builtins.h"
#include "abi/runtime/store.h"
#include "absl/strings/str_cat.h"
#include "vm/runtime/table.h"

namespace tenon::abi {
namespace {

// Null after a trap.
Thread* ThreadAt(const Builtin& builtin, const vm::Slot* slot) {
  const uint32_t index = vm::ReadSlot<uint32_t>(slot);
  Thread* const thread = builtin.instance->async->FindThread(index);
  if (thread == nullptr) builtin.Trap(absl::StrCat("unknown thread index ", index));
  return thread;
}

Thread* SuspendedThreadAt(const Builtin& builtin, const vm::Slot* slot) {
  Thread* const thread = ThreadAt(builtin, slot);
  if (thread == nullptr || thread->state == Thread::State::kSuspended) return thread;
  builtin.Trap("cannot resume thread which is not suspended");
  return nullptr;
}

// Whether the thread was cancelled is the result.
bool Finish(vm::Slot* slots, bool cancelled) {
  vm::WriteSlot<uint32_t>(slots, cancelled);
  return true;
}

bool WaitToBeResumed(const Builtin& builtin, vm::Slot* slots) {
  Task& task = builtin.task();
  Thread& thread = *task.thread;
  thread.state = Thread::State::kSuspended;
  const auto may_go_on = [&] {
    return thread.state == Thread::State::kReady ||
           (builtin.cancellable && task.state == Task::State::kPendingCancel);
  };
  if (!WaitUntil(*builtin.store, thread, may_go_on)) return false;
  thread.state = Thread::State::kRunning;
  return Finish(slots, task.TakeCancel(builtin.cancellable));
}

// Only a thread that has no frames yet can be switched to.
bool SwitchTo(const Builtin& builtin, Thread& other) {
  if (other.start == nullptr) return builtin.Trap(kNeedsStacks);
  return RunAbove(*builtin.store, builtin.thread(), other);
}

// Takes a thread that is ready and has no frames from those that wait.
bool Promote(const Builtin& builtin, Thread& thread) {
  if (thread.state != Thread::State::kReady || thread.start == nullptr) return false;
  builtin.store->async().waiting.remove(&thread);
  return true;
}

}  // namespace

bool ThreadIndex(const Builtin& builtin, vm::Slot* slots) {
  Thread& thread = builtin.thread();
  if (thread.index == 0 && !builtin.instance->async->AddThread(&thread)) {
    return builtin.Trap("too many threads");
  }
  vm::WriteSlot(slots, thread.index);
  return true;
}

bool ThreadNewIndirect(const Builtin& builtin, vm::Slot* slots) {
  const uint32_t index = vm::ReadSlot<uint32_t>(slots);
  if (index >= builtin.table->size()) return builtin.Trap("table index out of bounds");
  const auto* func = vm::ReadSlot<const vm::Func*>(builtin.table->data() + index);
  if (func == nullptr) return builtin.Trap("start function is null");
  if (*func->type != vm::FuncType{{vm::ValType::kI32}, {}}) {
    return builtin.Trap("start function does not match expected type");
  }
  Task& task = builtin.task();
  auto thread = std::make_unique<Thread>();
  thread->task = &task;
  thread->state = Thread::State::kSuspended;
  thread->start = func;
  thread->argument = vm::ReadSlot<uint32_t>(slots + 1);
  if (TakeObject(*builtin.store) == nullptr) return false;
  if (!builtin.instance->async->AddThread(thread.get())) return builtin.Trap("too many threads");
  vm::WriteSlot(slots, thread->index);
  task.explicit_threads.push_back(std::move(thread));
  ++task.num_threads;
  return true;
}

bool ThreadResumeLater(const Builtin& builtin, vm::Slot* slots) {
  Thread* const other = SuspendedThreadAt(builtin, slots);
  if (other == nullptr) return false;
  other->state = Thread::State::kReady;
  // One with frames sees for itself.
  if (other->start != nullptr) builtin.store->async().waiting.push_back(other);
  return true;
}

bool ThreadSuspend(const Builtin& builtin, vm::Slot* slots) {
  if (builtin.task().TakeCancel(builtin.cancellable)) return Finish(slots, true);
  return WaitToBeResumed(builtin, slots);
}

bool ThreadYield(const Builtin& builtin, vm::Slot* slots) {
  Task& task = builtin.task();
  if (task.TakeCancel(builtin.cancellable)) return Finish(slots, true);
  return Yield(*builtin.store, *task.thread) && Finish(slots, task.TakeCancel(builtin.cancellable));
}

bool ThreadSuspendThenResume(const Builtin& builtin, vm::Slot* slots) {
  Thread* const other = SuspendedThreadAt(builtin, slots);
  if (other == nullptr) return false;
  if (builtin.task().TakeCancel(builtin.cancellable)) return Finish(slots, true);
  Thread& thread = builtin.thread();
  thread.state = Thread::State::kSuspended;
  if (!SwitchTo(builtin, *other)) return false;
  if (thread.state == Thread::State::kReady) {
    thread.state = Thread::State::kRunning;
    return Finish(slots, false);
  }
  return WaitToBeResumed(builtin, slots);
}

bool ThreadYieldThenResume(const Builtin& builtin, vm::Slot* slots) {
  Thread* const other = SuspendedThreadAt(builtin, slots);
  if (other == nullptr) return false;
  if (builtin.task().TakeCancel(builtin.cancellable)) return Finish(slots, true);
  return SwitchTo(builtin, *other) && Finish(slots, false);
}

bool ThreadSuspendThenPromote(const Builtin& builtin, vm::Slot* slots) {
  Thread* const other = ThreadAt(builtin, slots);
  if (other == nullptr) return false;
  if (builtin.task().TakeCancel(builtin.cancellable)) return Finish(slots, true);
  if (!Promote(builtin, *other)) return WaitToBeResumed(builtin, slots);
  builtin.thread().state = Thread::State::kSuspended;
  return SwitchTo(builtin, *other) && WaitToBeResumed(builtin, slots);
}

bool ThreadYieldThenPromote(const Builtin& builtin, vm::Slot* slots) {
  Thread* const other = ThreadAt(builtin, slots);
  if (other == nullptr) return false;
  if (builtin.task().TakeCancel(builtin.cancellable)) return Finish(slots, true);
  if (Promote(builtin, *other)) return SwitchTo(builtin, *other) && Finish(slots, false);
  return Yield(*builtin.store, builtin.thread()) && Finish(slots, false);
}

}  // namespace tenon::abi
