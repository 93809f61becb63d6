// The core functions of the canonical built-ins of async, threads and error contexts. abi: from
// "canon context.get" on. A file a family: task_builtins.cc, thread_builtins.cc,
// waitable_builtins.cc, channel_builtins.cc.
#pragma once

#include <cstdint>

#include "abi/canon/async_call.h"
#include "abi/canon/copy_plan.h"
#include "abi/link/trampolines.h"
#include "abi/syntax/canon.h"
#include "vm/runtime/func.h"

namespace tenon::vm {
class TableInstance;
}

namespace tenon::abi {

struct Builtin;

// Arguments and result are slots. False after a trap.
using BuiltinFunc = bool (*)(const Builtin& builtin, vm::Slot* slots);

// A built-in as bound: what its kind does not need is not set.
struct Builtin {
  BuiltinFunc func = nullptr;
  Store* store = nullptr;
  ComponentInstance* instance = nullptr;
  bool may_be_inside = false;  // while the instance may not be left: context.get and the like
  bool waits = false;          // for the other side, unless `is_async`
  bool is_async = false;
  bool cancellable = false;
  bool is_readable = false;  // of the ends of streams and futures
  uint32_t slot = 0;
  CanonOptions options;
  ValType type;  // the stream or future; of task.return: the result
  const TypeTable* types = nullptr;
  absl::Span<const ResourceType* const> resources;
  // Of a stream or future that has elements.
  const CopyPlan* plan = nullptr;
  uint32_t start = 0;
  Layout element;
  // Of thread.new-indirect.
  vm::TableInstance* table = nullptr;

  bool Trap(absl::string_view detail) const;
  Task& task() const { return CurrentTask(*instance); }
  Thread& thread() const { return *task().thread; }
  // The object of a handle, of the kind that `what` names. Null after a trap.
  template <typename T>
  T* Object(uint32_t handle, absl::string_view what) const {
    T* const object = instance->handles.Find<T>(handle);
    if (object == nullptr) TrapOfHandle(handle, what);
    return object;
  }
  void TrapOfHandle(uint32_t handle, absl::string_view what) const;
};

// Sets func and what follows from the kind alone.
void SetBuiltinKind(Builtin& builtin, syntax::CanonBuiltinKind kind);

// Of the elements of a stream or future, if it has any.
void BindElement(Builtin& builtin, CopyPlans& plans);

// A vm::HostCallback; HostCall::data is a Builtin.
bool CallBuiltin(vm::HostCall& call);

// The functions, by kind.
bool ContextGet(const Builtin& builtin, vm::Slot* slots);
bool ContextSet(const Builtin& builtin, vm::Slot* slots);
bool BackpressureInc(const Builtin& builtin, vm::Slot* slots);
bool BackpressureDec(const Builtin& builtin, vm::Slot* slots);
bool TaskReturn(const Builtin& builtin, vm::Slot* slots);
bool TaskCancel(const Builtin& builtin, vm::Slot* slots);
bool SubtaskCancel(const Builtin& builtin, vm::Slot* slots);
bool SubtaskDrop(const Builtin& builtin, vm::Slot* slots);

bool ThreadIndex(const Builtin& builtin, vm::Slot* slots);
bool ThreadNewIndirect(const Builtin& builtin, vm::Slot* slots);
bool ThreadResumeLater(const Builtin& builtin, vm::Slot* slots);
bool ThreadSuspend(const Builtin& builtin, vm::Slot* slots);
bool ThreadYield(const Builtin& builtin, vm::Slot* slots);
bool ThreadSuspendThenResume(const Builtin& builtin, vm::Slot* slots);
bool ThreadYieldThenResume(const Builtin& builtin, vm::Slot* slots);
bool ThreadSuspendThenPromote(const Builtin& builtin, vm::Slot* slots);
bool ThreadYieldThenPromote(const Builtin& builtin, vm::Slot* slots);

bool WaitableSetNew(const Builtin& builtin, vm::Slot* slots);
bool WaitableSetWait(const Builtin& builtin, vm::Slot* slots);
bool WaitableSetPoll(const Builtin& builtin, vm::Slot* slots);
bool WaitableSetDrop(const Builtin& builtin, vm::Slot* slots);
bool WaitableJoin(const Builtin& builtin, vm::Slot* slots);
bool ErrorContextNew(const Builtin& builtin, vm::Slot* slots);
bool ErrorContextDebugMessage(const Builtin& builtin, vm::Slot* slots);
bool ErrorContextDrop(const Builtin& builtin, vm::Slot* slots);

bool ChannelNew(const Builtin& builtin, vm::Slot* slots);
bool StreamCopy(const Builtin& builtin, vm::Slot* slots);
bool FutureCopy(const Builtin& builtin, vm::Slot* slots);
bool ChannelCancel(const Builtin& builtin, vm::Slot* slots);
bool ChannelDrop(const Builtin& builtin, vm::Slot* slots);

}  // namespace tenon::abi
