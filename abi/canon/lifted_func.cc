#include "abi/canon/lifted_func.h"

#include <algorithm>

#include "abi/canon/async_call.h"
#include "abi/canon/blame.h"
#include "abi/runtime/store.h"

namespace tenon::abi {

bool PostReturn(const LiftedFunc& callee, CanonContext& cx, const vm::Slot* results) {
  if (callee.options.post_return == nullptr) return true;
  FlatSlots slots;
  std::copy_n(results, kMaxFlatResults, slots);
  callee.instance->may_leave = false;
  if (!cx.store->core().InvokeOrTrap(*callee.options.post_return, slots)) return false;
  callee.instance->may_leave = true;
  return true;
}

namespace {

// What CallLifted does between entering and leaving.
bool CallEntered(const LiftedFunc& callee, CanonContext& cx,
                 absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lower,
                 absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lift) {
  FlatSlots slots;
  if (!lower(cx, slots)) return BlameParameter(callee, cx);
  if (!cx.store->core().InvokeOrTrap(*callee.func, slots)) return false;
  vm::Slot results[kMaxFlatResults];
  std::copy_n(slots, kMaxFlatResults, results);
  if (cx.scope->num_borrows != 0) {
    return cx.Trap("borrow handles still remain at the end of the call");
  }
  if (!lift(cx, slots)) return BlameResult(callee, cx);
  return PostReturn(callee, cx, results);
}

bool RefuseToEnter(Store& store, const std::vector<ComponentInstance*>& entering) {
  store.core().SetTrap(vm::TrapKind::kCannotEnterInstance, WhyClosed(entering));
  return false;
}

}  // namespace

bool CallLifted(const LiftedFunc& callee, const std::vector<ComponentInstance*>& entering,
                CallScope& scope, absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lower,
                absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lift) {
  Store& store = *callee.store;
  CanonContext cx(&store, callee.instance, &callee.options, &scope);
  if (!store.HasHeadroom()) return cx.Trap(vm::TrapKind::kCallStackExhausted, "");
  if (!MayEnter(entering)) return RefuseToEnter(store, entering);
  Enter(entering);
  CallScope* const outer_task = callee.instance->current_task;
  callee.instance->current_task = &scope;
  if (!CallEntered(callee, cx, lower, lift)) {
    EndAll(entering, store.core().pending_trap_kind());
    return false;
  }
  callee.instance->current_task = outer_task;
  Leave(entering);
  return true;
}

bool RunDestructor(Store& store, const ResourceType& type,
                   const std::vector<ComponentInstance*>& entering, uint32_t rep) {
  if (!store.HasHeadroom()) {
    store.core().SetTrap(vm::TrapKind::kCallStackExhausted);
    return false;
  }
  if (!MayEnter(entering)) return RefuseToEnter(store, entering);
  if (type.destructor == nullptr) return true;
  if (type.impl->async != nullptr) return RunDestructorTask(store, type, entering, rep);
  Enter(entering);
  vm::Slot slots[1];
  vm::WriteSlot(slots, rep);
  if (!store.core().InvokeOrTrap(*type.destructor, slots)) {
    EndAll(entering, store.core().pending_trap_kind());
    return false;
  }
  Leave(entering);
  return true;
}

}  // namespace tenon::abi
