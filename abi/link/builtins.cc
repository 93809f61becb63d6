#include "abi/link/builtins.h"

#include "abi/runtime/store.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

using Kind = syntax::CanonBuiltinKind;

struct Row {
  Kind kind;
  BuiltinFunc func;
  bool is_readable = false;
  bool may_be_inside = false;
  bool waits = false;
};
constexpr Row kRows[] = {
    {Kind::kTaskCancel, &TaskCancel},
    {Kind::kSubtaskCancel, &SubtaskCancel, false, false, true},
    {Kind::kTaskReturn, &TaskReturn},
    {Kind::kContextGet, &ContextGet, false, true},
    {Kind::kContextSet, &ContextSet, false, true},
    {Kind::kThreadYield, &ThreadYield},
    {Kind::kSubtaskDrop, &SubtaskDrop},
    {Kind::kStreamNew, &ChannelNew},
    {Kind::kStreamRead, &StreamCopy, true, false, true},
    {Kind::kStreamWrite, &StreamCopy, false, false, true},
    {Kind::kStreamCancelRead, &ChannelCancel, true, false, true},
    {Kind::kStreamCancelWrite, &ChannelCancel, false, false, true},
    {Kind::kStreamDropReadable, &ChannelDrop, true},
    {Kind::kStreamDropWritable, &ChannelDrop},
    {Kind::kFutureNew, &ChannelNew},
    {Kind::kFutureRead, &FutureCopy, true, false, true},
    {Kind::kFutureWrite, &FutureCopy, false, false, true},
    {Kind::kFutureCancelRead, &ChannelCancel, true, false, true},
    {Kind::kFutureCancelWrite, &ChannelCancel, false, false, true},
    {Kind::kFutureDropReadable, &ChannelDrop, true},
    {Kind::kFutureDropWritable, &ChannelDrop},
    {Kind::kErrorContextNew, &ErrorContextNew},
    {Kind::kErrorContextDebugMessage, &ErrorContextDebugMessage},
    {Kind::kErrorContextDrop, &ErrorContextDrop},
    {Kind::kWaitableSetNew, &WaitableSetNew},
    {Kind::kWaitableSetWait, &WaitableSetWait},
    {Kind::kWaitableSetPoll, &WaitableSetPoll},
    {Kind::kWaitableSetDrop, &WaitableSetDrop},
    {Kind::kWaitableJoin, &WaitableJoin},
    {Kind::kBackpressureInc, &BackpressureInc, false, true},
    {Kind::kBackpressureDec, &BackpressureDec, false, true},
    {Kind::kThreadIndex, &ThreadIndex},
    {Kind::kThreadNewIndirect, &ThreadNewIndirect},
    {Kind::kThreadResumeLater, &ThreadResumeLater},
    {Kind::kThreadSuspend, &ThreadSuspend},
    {Kind::kThreadSuspendThenResume, &ThreadSuspendThenResume},
    {Kind::kThreadYieldThenResume, &ThreadYieldThenResume},
    {Kind::kThreadSuspendThenPromote, &ThreadSuspendThenPromote},
    {Kind::kThreadYieldThenPromote, &ThreadYieldThenPromote},
};

constexpr bool IsInOrder() {
  for (size_t i = 0; i < std::size(kRows); ++i) {
    if (kRows[i].kind != syntax::kCanonBuiltins[i].kind) return false;
  }
  return true;
}
static_assert(IsInOrder());  // the validator refuses those that have no row

}  // namespace

bool Builtin::Trap(absl::string_view detail) const {
  store->core().SetTrap(vm::TrapKind::kCanonicalAbi, detail);
  return false;
}

void Builtin::TrapOfHandle(uint32_t handle, absl::string_view what) const {
  // Both are wrong; the suite's texts are of the call, which no handle would make right.
  if (waits && !is_async && MustNotWait(thread())) {
    Trap(kCannotBlock);
    return;
  }
  Trap(instance->handles.IsTaken(handle) ? absl::StrCat("handle index ", handle, " is not a ", what)
                                         : absl::StrCat("unknown handle index ", handle));
}

void SetBuiltinKind(Builtin& builtin, Kind kind) {
  const Row& row = kRows[static_cast<size_t>(kind)];
  builtin.func = row.func;
  builtin.is_readable = row.is_readable;
  builtin.may_be_inside = row.may_be_inside;
  builtin.waits = row.waits;
}

void BindElement(Builtin& builtin, CopyPlans& plans) {
  const ValType element = builtin.types->Get(builtin.type).types[0];
  if (!element.has_value()) return;
  CopyPlan& plan = plans.For(builtin.options, builtin.options);
  builtin.plan = &plan;
  builtin.start = plan.Value(element, true);
  builtin.element = plan.src_layouts().Get(element);
}

bool CallBuiltin(vm::HostCall& call) {
  const auto& builtin = *static_cast<const Builtin*>(call.data);
  if (!builtin.instance->may_leave && !builtin.may_be_inside) {
    builtin.store->core().SetTrap(vm::TrapKind::kCannotLeaveInstance);
    return false;
  }
  return builtin.func(builtin, call.slots);
}

}  // namespace tenon::abi
