// abi: "canon context.get" to "canon task.cancel", "canon subtask.cancel", "canon subtask.drop".
#include "abi/canon/async_call.h"
#include "abi/link/builtins.h"
#include "abi/runtime/store.h"

namespace tenon::abi {
namespace {

constexpr uint32_t kBlocked = 0xffff'ffff;
constexpr uint32_t kMaxBackpressure = (1 << 16) - 1;
constexpr absl::string_view kNotAsync =
    "`task.return` or `task.cancel` called by a task that is not async";

}  // namespace

bool ContextGet(const Builtin& builtin, vm::Slot* slots) {
  vm::WriteSlot(slots, builtin.thread().storage[builtin.slot]);
  return true;
}

bool ContextSet(const Builtin& builtin, vm::Slot* slots) {
  builtin.thread().storage[builtin.slot] = vm::ReadSlot<uint32_t>(slots);
  return true;
}

bool BackpressureInc(const Builtin& builtin, vm::Slot*) {
  if (builtin.instance->backpressure == kMaxBackpressure) {
    return builtin.Trap("backpressure counter overflow");
  }
  ++builtin.instance->backpressure;
  return true;
}

bool BackpressureDec(const Builtin& builtin, vm::Slot*) {
  if (builtin.instance->backpressure == 0) return builtin.Trap("backpressure counter underflow");
  --builtin.instance->backpressure;
  return true;
}

// The type and the options must be those of the function that returns.
bool TaskReturn(const Builtin& builtin, vm::Slot* slots) {
  Task& task = builtin.task();
  if (!task.is_async_abi) return builtin.Trap(kNotAsync);
  const LiftedFunc& callee = *task.callee;
  const CanonOptions& options = callee.options;
  const bool same_type = callee.types->Get(callee.type).result == builtin.type;
  // Without memory nothing is read from one, so that the function's own may be any.
  const bool same_options =
      options.encoding == builtin.options.encoding &&
      (builtin.options.memory == nullptr || options.memory == builtin.options.memory);
  if (!same_type || !same_options) {
    return builtin.Trap("invalid `task.return` signature and/or options for current task");
  }
  CanonContext cx(builtin.store, builtin.instance, &builtin.options, &task);
  return ReturnFromTask(task, cx, slots);
}

bool TaskCancel(const Builtin& builtin, vm::Slot*) {
  Task& task = builtin.task();
  if (!task.is_async_abi) return builtin.Trap(kNotAsync);
  return CancelTask(*builtin.store, task);
}

bool SubtaskCancel(const Builtin& builtin, vm::Slot* slots) {
  auto* const subtask = builtin.Object<Subtask>(vm::ReadSlot<uint32_t>(slots), "subtask");
  if (subtask == nullptr) return false;
  if (subtask->resolve_delivered()) {
    return builtin.Trap("`subtask.cancel` called after terminal status delivered");
  }
  if (subtask->cancel_requested) {
    return builtin.Trap("`subtask.cancel` called for a subtask that is being cancelled");
  }
  if (subtask->is_in_set() && !builtin.is_async) {
    return builtin.Trap("waitable cannot be used synchronously while added to a waitable set");
  }
  if (!subtask->resolved()) {
    subtask->cancel_requested = true;
    if (!RequestCancel(*builtin.store, *subtask->task, builtin.instance, builtin.is_async)) {
      return false;
    }
  }
  if (!subtask->resolved()) {
    if (builtin.is_async) {
      vm::WriteSlot(slots, kBlocked);
      return true;
    }
    subtask->has_sync_waiter = true;
    if (!WaitUntil(*builtin.store, builtin.thread(), [&] { return subtask->resolved(); })) {
      return false;
    }
    subtask->has_sync_waiter = false;
  }
  vm::WriteSlot(slots, subtask->TakeEvent().payload);
  return true;
}

bool SubtaskDrop(const Builtin& builtin, vm::Slot* slots) {
  const uint32_t handle = vm::ReadSlot<uint32_t>(slots);
  auto* const subtask = builtin.Object<Subtask>(handle, "subtask");
  if (subtask == nullptr) return false;
  if (!subtask->resolve_delivered()) {
    return builtin.Trap("cannot drop a subtask which has not yet resolved");
  }
  subtask->Join(nullptr);
  builtin.instance->handles.TakeObject(handle);
  return true;
}

}  // namespace tenon::abi
