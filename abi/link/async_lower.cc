#include "abi/link/async_lower.h"

#include <algorithm>

#include "abi/runtime/store.h"
#include "absl/container/inlined_vector.h"

namespace tenon::abi {
namespace {

constexpr absl::string_view kPointerOutOfBounds = "pointer out of bounds of memory";

// A caller that is a guest.
class GuestCaller final : public TaskCaller {
 public:
  // `slots` are the core arguments; a flat result goes there too.
  GuestCaller(const AsyncLower* lower, vm::Slot* slots, CallScope* scope, Subtask* subtask)
      : lower_(*lower), slots_(slots), scope_(scope), subtask_(subtask) {
    if (subtask_ == nullptr) return;
    // The guest goes on while the callee may not even have its arguments.
    std::copy_n(slots, lower->result_slot + (lower->result.dst_flat ? 0 : 1), kept_);
    slots_ = kept_;
  }

  bool resolved() const { return resolved_; }

  bool Start(CanonContext& callee, vm::Slot* slots) override {
    if (subtask_ != nullptr) subtask_->SetState(Subtask::State::kStarted);
    CanonContext caller(callee.store, lower_.caller, &lower_.options, scope_);
    caller.fused = callee.fused = true;
    return CopyParams(caller, callee, slots) ||
           Blame(callee,
                 ParameterAt(*lower_.callee, callee.failed_at, !lower_.params.dst_flat,
                             lower_.options.pointer_bytes()),
                 NameOf(lower_.site));
  }

  bool Return(CanonContext& callee, vm::Slot* slots) override {
    CanonContext caller(callee.store, lower_.caller, &lower_.options, scope_);
    caller.fused = callee.fused = true;
    if (!CopyResult(callee, slots, caller)) return Blame(caller, "the result", NameOf(lower_.site));
    resolved_ = true;
    if (subtask_ != nullptr) subtask_->SetState(Subtask::State::kReturned);
    return true;
  }

  // Only a subtask can be cancelled.
  void Cancel() override {
    resolved_ = true;
    subtask_->SetState(subtask_->state() == Subtask::State::kStarting
                           ? Subtask::State::kCancelledBeforeStarted
                           : Subtask::State::kCancelledBeforeReturned);
  }

 private:
  bool Run(const AsyncCopy& copy, CanonContext& from, CanonContext& to, CopySource source,
           CopyTarget target) {
    return RunCopy(*copy.plan, copy.start, lower_.callee->resources, from, to, source, target);
  }
  // The bytes of a value in `cx`'s memory that a slot points to.
  static bool Bytes(const AsyncCopy& copy, CanonContext& cx, const vm::Slot* slot,
                    const uint8_t** bytes) {
    const uint64_t address = ReadPointer(*cx.options, slot);
    if (!cx.CheckRange(address, copy.src.size, copy.src.align, kPointerOutOfBounds)) return false;
    *bytes = cx.At(address);
    return true;
  }

  bool CopyParams(CanonContext& from, CanonContext& to, vm::Slot* slots) {
    const AsyncCopy& copy = lower_.params;
    if (copy.src_flat) return Run(copy, from, to, slots_, slots);
    const uint8_t* bytes;
    if (!Bytes(copy, from, slots_, &bytes)) return false;
    if (copy.dst_flat) {
      const LiftedFunc& callee = *lower_.callee;
      FlatSlots flat;
      Reshaper reshaper(callee.types, copy.src_layouts, &from);
      return reshaper.ParamsToSlots(callee.types->Get(callee.type), bytes, flat) &&
             Run(copy, from, to, flat, slots);
    }
    uint64_t address;
    if (!to.Realloc(0, 0, copy.dst.align, copy.dst.size, kPointerOutOfBounds, &address)) {
      return false;
    }
    WritePointer(*to.options, slots, address);
    return Run(copy, from, to, bytes, to.At(address));
  }

  bool CopyResult(CanonContext& from, vm::Slot* slots, CanonContext& to) {
    const AsyncCopy& copy = lower_.result;
    if (copy.dst_flat) return Run(copy, from, to, slots, slots_);
    const uint64_t address = ReadPointer(*to.options, slots_ + lower_.result_slot);
    if (!to.CheckRange(address, copy.dst.size, copy.dst.align, kPointerOutOfBounds)) return false;
    absl::InlinedVector<uint8_t, 64> reshaped;
    const uint8_t* bytes = nullptr;
    if (copy.src_flat) {
      reshaped.resize(copy.src.size);
      const LiftedFunc& callee = *lower_.callee;
      Reshaper reshaper(callee.types, copy.src_layouts, &from);
      const ValType type = callee.types->Get(callee.type).result;
      if (!reshaper.ToBytes(type, slots, reshaped.data())) return false;
      bytes = reshaped.data();
    } else if (!Bytes(copy, from, slots, &bytes)) {
      return false;
    }
    return Run(copy, from, to, bytes, to.At(address));
  }

  const AsyncLower& lower_;
  vm::Slot* slots_;
  CallScope* const scope_;
  Subtask* const subtask_;  // of a call with `async`, until it is resolved
  vm::Slot kept_[kMaxFlatAsyncParams + 1] = {};
  bool resolved_ = false;
};

class HostCaller final : public TaskCaller {
 public:
  using Step = absl::FunctionRef<bool(CanonContext&, vm::Slot*)>;
  HostCaller(const LiftedFunc& callee, CallScope* scope, Step lower, Step lift)
      : callee_(callee), scope_(*scope), lower_(lower), lift_(lift) {}

  bool resolved() const { return resolved_; }
  bool Start(CanonContext& callee, vm::Slot* slots) override {
    const bool ok = lower_(callee, slots) || BlameParameter(callee_, callee);
    // The host ends these loans when the call is over; the task may be gone by then.
    scope_.lent_objects = callee.scope->lent_objects;
    return ok;
  }
  bool Return(CanonContext& callee, vm::Slot* slots) override {
    resolved_ = lift_(callee, slots) || BlameResult(callee_, callee);
    return resolved_;
  }
  void Cancel() override {}  // the host asks for none

 private:
  const LiftedFunc& callee_;
  CallScope& scope_;
  Step lower_;
  Step lift_;
  bool resolved_ = false;
};

// Runs a task until its caller, null for the host, has the result.
template <typename Caller>
bool RunUntilResolved(Task& task, Caller& caller, ComponentInstance* from,
                      const std::vector<ComponentInstance*>& entering) {
  Store& store = *task.callee->store;
  SetBelow(task.implicit, from, false);
  const bool ok =
      StartTask(task, entering) && WaitAs(store, from, [&] { return caller.resolved(); });
  caller.is_gone = !ok;
  return ok;
}

bool CallAndWait(const AsyncLower& lower, vm::Slot* slots) {
  CallScope scope;
  auto caller = std::make_shared<GuestCaller>(&lower, slots, &scope, nullptr);
  Task* const task = NewTask(*lower.callee->store, lower.callee->instance, lower.callee, caller);
  if (task == nullptr) return false;
  if (!RunUntilResolved(*task, *caller, lower.caller, lower.entering)) return false;
  scope.ReturnLoans();
  return true;
}

// abi: canon_lower, with `async`
bool CallAndGoOn(const AsyncLower& lower, vm::Slot* slots) {
  Store& store = *lower.callee->store;
  auto subtask = MakeObject<Subtask>(store);
  if (subtask == nullptr) return false;
  auto caller = std::make_shared<GuestCaller>(&lower, slots, &subtask->scope, subtask.get());
  Task* const task = NewTask(store, lower.callee->instance, lower.callee, caller);
  if (task == nullptr) return false;
  subtask->task = task;
  SetBelow(task->implicit, lower.caller, true);
  if (!StartTask(*task, lower.entering)) {
    caller->is_gone = true;
    return false;
  }
  uint32_t code = static_cast<uint32_t>(subtask->state());
  if (subtask->resolved()) {
    subtask->DeliverResolve();
  } else {
    uint32_t handle;
    if (!AddObject(store, *lower.caller, std::move(subtask), &handle)) {
      caller->is_gone = true;
      return false;
    }
    code |= handle << 4;
  }
  vm::WriteSlot(slots, code);
  return true;
}

}  // namespace

void BindAsync(AsyncLower& lower, CopyPlans& plans) {
  const LiftedFunc& callee = *lower.callee;
  const FuncType& type = callee.types->Get(callee.type);
  CopyPlan& params = plans.For(lower.options, callee.options);
  AsyncCopy& in = lower.params;
  in.src_layouts = &params.src_layouts();
  in.src = params.src_layouts().Params(type);
  in.dst = params.dst_layouts().Params(type);
  in.src_flat = in.src.flat <= (lower.is_async ? kMaxFlatAsyncParams : kMaxFlatParams);
  in.dst_flat = in.dst.flat <= kMaxFlatParams;
  in.plan = &params;
  in.start = params.Params(callee.type, !in.dst_flat);
  lower.result_slot = in.src_flat ? in.src.flat : 1;

  CopyPlan& result = plans.For(callee.options, lower.options);
  AsyncCopy& out = lower.result;
  out.src_layouts = &result.src_layouts();
  out.src = result.src_layouts().Get(type.result);
  out.dst = result.dst_layouts().Get(type.result);
  out.src_flat = out.src.flat <= (callee.is_async ? kMaxFlatParams : kMaxFlatResults);
  out.dst_flat = out.dst.flat <= (lower.is_async ? 0 : kMaxFlatResults);
  out.plan = &result;
  out.start = result.Value(type.result, !out.dst_flat);
}

bool CallAsyncLower(vm::HostCall& call) {
  const auto& lower = *static_cast<const AsyncLower*>(call.data);
  if (!lower.caller->may_leave) return CannotLeave(*lower.callee->store);
  return lower.is_async ? CallAndGoOn(lower, call.slots) : CallAndWait(lower, call.slots);
}

bool CallTaskFromHost(const LiftedFunc& func, CallScope& scope, HostCaller::Step lower,
                      HostCaller::Step lift) {
  auto caller = std::make_shared<HostCaller>(func, &scope, lower, lift);
  Task* const task = NewTask(*func.store, func.instance, &func, caller);
  if (task == nullptr) return false;
  return RunUntilResolved(*task, *caller, nullptr, func.entering);
}

}  // namespace tenon::abi
