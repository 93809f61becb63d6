// abi: "canon waitable-set.new" to "canon waitable.join", "canon error-context.new" and following.
#include "abi/canon/layout.h"
#include "abi/canon/string.h"
#include "abi/link/builtins.h"
#include "abi/runtime/store.h"

namespace tenon::abi {
namespace {

constexpr uint32_t kPairSize = 8;  // two u32

template <typename T>
bool New(const Builtin& builtin, vm::Slot* slots) {
  std::unique_ptr<T> object = MakeObject<T>(*builtin.store);
  uint32_t handle;
  if (object == nullptr ||
      !AddObject(*builtin.store, *builtin.instance, std::move(object), &handle)) {
    return false;
  }
  vm::WriteSlot(slots, handle);
  return true;
}

WaitableSet* SetAt(const Builtin& builtin, uint32_t handle) {
  return builtin.Object<WaitableSet>(handle, "waitable set");
}

// Two words at the address in the second slot, and the event's code as the result.
bool Tell(const Builtin& builtin, const Event& event, vm::Slot* slots) {
  CanonContext cx(builtin.store, builtin.instance, &builtin.options, nullptr);
  const uint64_t address = vm::ReadSlot<uint32_t>(slots + 1);
  if (!cx.CheckRange(address, kPairSize, 4, "pointer out of bounds of memory")) return false;
  StoreScalar(cx.At(address), event.index);
  StoreScalar(cx.At(address + 4), event.payload);
  vm::WriteSlot(slots, static_cast<uint32_t>(event.code));
  return true;
}

constexpr Event kCancelled = {EventCode::kTaskCancelled, 0, 0};

}  // namespace

bool WaitableSetNew(const Builtin& builtin, vm::Slot* slots) {
  return New<WaitableSet>(builtin, slots);
}

bool WaitableSetWait(const Builtin& builtin, vm::Slot* slots) {
  WaitableSet* const set = SetAt(builtin, vm::ReadSlot<uint32_t>(slots));
  if (set == nullptr) return false;
  Task& task = builtin.task();
  const auto is_cancelled = [&] {
    return builtin.cancellable && task.state == Task::State::kPendingCancel;
  };
  ++set->num_waiting;
  if (!WaitUntil(*builtin.store, *task.thread,
                 [&] { return is_cancelled() || set->has_event(); })) {
    return false;
  }
  --set->num_waiting;
  return Tell(builtin, task.TakeCancel(builtin.cancellable) ? kCancelled : set->TakeEvent(), slots);
}

bool WaitableSetPoll(const Builtin& builtin, vm::Slot* slots) {
  WaitableSet* const set = SetAt(builtin, vm::ReadSlot<uint32_t>(slots));
  if (set == nullptr) return false;
  if (builtin.task().TakeCancel(builtin.cancellable)) return Tell(builtin, kCancelled, slots);
  return Tell(builtin, set->has_event() ? set->TakeEvent() : Event(), slots);
}

bool WaitableSetDrop(const Builtin& builtin, vm::Slot* slots) {
  const uint32_t handle = vm::ReadSlot<uint32_t>(slots);
  WaitableSet* const set = SetAt(builtin, handle);
  if (set == nullptr) return false;
  if (set->size() != 0) return builtin.Trap("cannot drop waitable set with waitables in it");
  if (set->num_waiting != 0) return builtin.Trap("cannot drop waitable set with waiters");
  builtin.instance->handles.TakeObject(handle);
  return true;
}

bool WaitableJoin(const Builtin& builtin, vm::Slot* slots) {
  const uint32_t handle = vm::ReadSlot<uint32_t>(slots);
  const uint32_t set_handle = vm::ReadSlot<uint32_t>(slots + 1);
  AsyncObject* const object = builtin.instance->handles.FindObject(handle);
  if (object == nullptr || !object->is_waitable()) {
    builtin.TrapOfHandle(handle, "waitable");
    return false;
  }
  auto* const waitable = static_cast<Waitable*>(object);
  if (waitable->has_sync_waiter) {
    return builtin.Trap("waitable cannot be used synchronously while added to a waitable set");
  }
  WaitableSet* set = nullptr;
  if (set_handle != 0) {
    set = SetAt(builtin, set_handle);
    if (set == nullptr) return false;
  }
  waitable->Join(set);
  return true;
}

// The message is discarded without being looked at.
bool ErrorContextNew(const Builtin& builtin, vm::Slot* slots) {
  return New<ErrorContext>(builtin, slots);
}

bool ErrorContextDebugMessage(const Builtin& builtin, vm::Slot* slots) {
  if (builtin.Object<ErrorContext>(vm::ReadSlot<uint32_t>(slots), "error context") == nullptr) {
    return false;
  }
  CanonContext cx(builtin.store, builtin.instance, &builtin.options, nullptr);
  uint64_t text, units;
  if (!LowerString(cx, "", &text, &units)) return false;
  const uint64_t address = vm::ReadSlot<uint32_t>(slots + 1);
  if (!cx.CheckRange(address, kPairSize, 4, "pointer out of bounds of memory")) return false;
  StoreScalar(cx.At(address), static_cast<uint32_t>(text));
  StoreScalar(cx.At(address + 4), static_cast<uint32_t>(units));
  return true;
}

bool ErrorContextDrop(const Builtin& builtin, vm::Slot* slots) {
  const uint32_t handle = vm::ReadSlot<uint32_t>(slots);
  if (builtin.Object<ErrorContext>(handle, "error context") == nullptr) return false;
  builtin.instance->handles.TakeObject(handle);
  return true;
}

}  // namespace tenon::abi
