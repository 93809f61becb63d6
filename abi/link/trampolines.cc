#include "abi/link/trampolines.h"

#include "abi/runtime/store.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace tenon::abi {
namespace {

constexpr absl::string_view kPointerOutOfBounds = "pointer out of bounds of memory";

// One half of a fused call. abi: lift_flat_values of one side, then lower_flat_values of the other.
// For values that stand in memory `place` gives their address in the target's, checked.
bool Copy(const FusedLower& lower, const FusedCopy& copy, CanonContext& from,
          const vm::Slot* from_slots, CanonContext& to, vm::Slot* to_slots,
          absl::FunctionRef<bool(uint64_t*)> place) {
  const auto resources = lower.callee->resources;
  if (!copy.spilled) {
    return RunCopy(*copy.plan, copy.start, resources, from, to, from_slots, to_slots);
  }
  const uint64_t src = ReadPointer(*from.options, from_slots);
  uint64_t dst;
  return from.CheckRange(src, copy.src.size, copy.src.align, kPointerOutOfBounds) && place(&dst) &&
         RunCopy(*copy.plan, copy.start, resources, from, to, from.At(src), to.At(dst));
}

bool CopyParams(const FusedLower& lower, CanonContext& caller, const vm::Slot* caller_slots,
                CanonContext& callee, vm::Slot* callee_slots) {
  const Layout& layout = lower.params.dst;
  const auto place = [&](uint64_t* at) {
    if (!callee.Realloc(0, 0, layout.align, layout.size, kPointerOutOfBounds, at)) return false;
    WritePointer(*callee.options, callee_slots, *at);
    return true;
  };
  return Copy(lower, lower.params, caller, caller_slots, callee, callee_slots, place) ||
         Blame(callee,
               ParameterAt(*lower.callee, callee.failed_at, lower.params.spilled,
                           lower.options.pointer_bytes()),
               NameOf(lower.site));
}

bool CopyResult(const FusedLower& lower, CanonContext& callee, const vm::Slot* callee_slots,
                CanonContext& caller, vm::Slot* caller_slots) {
  const Layout& layout = lower.result.dst;
  const auto place = [&](uint64_t* at) {
    *at = ReadPointer(*caller.options, caller_slots + lower.result_slot);
    return caller.CheckRange(*at, layout.size, layout.align, kPointerOutOfBounds);
  };
  return Copy(lower, lower.result, callee, callee_slots, caller, caller_slots, place) ||
         Blame(caller, "the result", NameOf(lower.site));
}

}  // namespace

bool CannotLeave(Store& store) {
  store.core().SetTrap(vm::TrapKind::kCannotLeaveInstance);
  return false;
}

void BindFused(FusedLower& lower, CopyPlans& plans) {
  const LiftedFunc& callee = *lower.callee;
  const FuncType& type = callee.types->Get(callee.type);
  CopyPlan& params = plans.For(lower.options, callee.options);
  lower.params.src = params.src_layouts().Params(type);
  lower.params.dst = params.dst_layouts().Params(type);
  lower.params.spilled = lower.params.src.flat > kMaxFlatParams;
  lower.params.plan = &params;
  lower.params.start = params.Params(callee.type, lower.params.spilled);
  lower.result_slot = lower.params.spilled ? 1 : lower.params.src.flat;

  CopyPlan& result = plans.For(callee.options, lower.options);
  lower.result.src = result.src_layouts().Get(type.result);
  lower.result.dst = result.dst_layouts().Get(type.result);
  lower.result.spilled = lower.result.src.flat > kMaxFlatResults;
  lower.result.plan = &result;
  lower.result.start = result.Value(type.result, lower.result.spilled);
}

FusedLower& FusedLower::Of(vm::Adapter& adapter) {
  return *reinterpret_cast<FusedLower*>(reinterpret_cast<char*>(&adapter) -
                                        offsetof(FusedLower, adapter));
}

// After a call of compiled code, which has closed the instances that it entered.
static void EndEntered(vm::Adapter& adapter) {
  const FusedLower& lower = FusedLower::Of(adapter);
  EndAll(lower.entering, lower.callee->store->core().pending_trap_kind());
}

// The two sides of a call.
struct Sides {
  explicit Sides(const FusedLower& lower)
      : caller(lower.callee->store, lower.caller, &lower.options, &scope),
        callee(lower.callee->store, lower.callee->instance, &lower.callee->options, &scope) {
    caller.fused = callee.fused = true;
  }
  CallScope scope;
  CanonContext caller;
  CanonContext callee;
};

// What CallFused does before and after the callee runs, for compiled code that calls it.
static bool PassArguments(vm::Adapter& adapter, const vm::Slot* given, vm::Slot* arguments) {
  const FusedLower& lower = FusedLower::Of(adapter);
  Sides sides(lower);
  if (!lower.callee->store->HasHeadroom()) {
    return sides.callee.Trap(vm::TrapKind::kCallStackExhausted, "");
  }
  return CopyParams(lower, sides.caller, given, sides.callee, arguments);
}

static bool PassResults(vm::Adapter& adapter, const vm::Slot* found, vm::Slot* given) {
  const FusedLower& lower = FusedLower::Of(adapter);
  Sides sides(lower);
  if (!lower.callee->store->HasHeadroom()) {
    return sides.callee.Trap(vm::TrapKind::kCallStackExhausted, "");
  }
  return CopyResult(lower, sides.callee, found, sides.caller, given) &&
         PostReturn(*lower.callee, sides.callee, found);
}

void BindAdapter(FusedLower& lower, const vm::Func& self) {
  vm::Adapter& adapter = lower.adapter;
  adapter.context.run = &lower.callee->store->core().run();
  adapter.self = &self;
  adapter.callee = lower.callee->func;
  adapter.may_leave = &lower.caller->may_leave;
  const size_t flags = std::min(lower.entering.size(), adapter.may_enter.size());
  for (size_t i = 0; i < flags; ++i) adapter.may_enter[i] = &lower.entering[i]->may_enter;
  adapter.on_trap = EndEntered;
  adapter.pass_arguments = PassArguments;
  adapter.pass_results = PassResults;
}

bool CallFused(vm::HostCall& call) {
  const auto& lower = *static_cast<const FusedLower*>(call.data);
  Store& store = *lower.callee->store;
  if (!lower.caller->may_leave) return CannotLeave(store);
  CallScope scope;
  CanonContext caller(&store, lower.caller, &lower.options, &scope);
  caller.fused = true;
  const bool ok = CallLifted(
      *lower.callee, lower.entering, scope,
      [&](CanonContext& callee, vm::Slot* slots) {
        callee.fused = true;
        return CopyParams(lower, caller, call.slots, callee, slots);
      },
      [&](CanonContext& callee, vm::Slot* slots) {
        return CopyResult(lower, callee, slots, caller, call.slots);
      });
  if (ok) scope.ReturnLoans();
  return ok;
}

bool CallHost(vm::HostCall& call) {
  const auto& lower = *static_cast<const HostLower*>(call.data);
  Store& store = *lower.store;
  if (!lower.caller->may_leave) return CannotLeave(store);
  CallScope scope;
  CanonContext cx(&store, lower.caller, &lower.options, &scope);
  if (!store.HasHeadroom()) return cx.Trap(vm::TrapKind::kCallStackExhausted, "");
  if (!lower.callee->call(lower.callee->callable, cx, call.slots)) {
    return Blame(cx, "a call", NameOf(lower.site));
  }
  scope.ReturnLoans();
  return true;
}

bool CallResourceNew(vm::HostCall& call) {
  const auto& lower = *static_cast<const ResourceLower*>(call.data);
  if (!lower.caller->may_leave) return CannotLeave(*lower.store);
  CanonContext cx(lower.store, lower.caller, nullptr, nullptr);
  uint32_t index;
  if (!LowerOwn(cx, vm::ReadSlot<uint32_t>(call.slots), lower.type, &index)) return false;
  vm::WriteSlot(call.slots, index);
  return true;
}

bool CallResourceDrop(vm::HostCall& call) {
  const auto& lower = *static_cast<const ResourceLower*>(call.data);
  Store& store = *lower.store;
  if (!lower.caller->may_leave) return CannotLeave(store);
  CanonContext cx(&store, lower.caller, nullptr, nullptr);
  const uint32_t index = vm::ReadSlot<uint32_t>(call.slots);
  HandleTable::OrDetail<Handle> handle = lower.caller->handles.Remove(index, lower.type);
  if (!handle) return cx.Trap(handle.error());
  if (!handle->own) {
    --handle->borrow_scope->num_borrows;
    return true;
  }
  if (lower.type->is_host()) {
    store.resources().Destroy(lower.type, handle->rep);
    return !store.core().trapped();
  }
  return RunDestructor(store, *lower.type, lower.entering, handle->rep);
}

bool CallResourceRep(vm::HostCall& call) {
  const auto& lower = *static_cast<const ResourceLower*>(call.data);
  const uint32_t index = vm::ReadSlot<uint32_t>(call.slots);
  HandleTable::OrDetail<Handle*> handle = lower.caller->handles.Get(index, lower.type);
  if (!handle) {
    return CanonContext(lower.store, lower.caller, nullptr, nullptr).Trap(handle.error());
  }
  vm::WriteSlot(call.slots, (*handle)->rep);
  return true;
}

}  // namespace tenon::abi
