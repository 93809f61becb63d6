#include "vm/sys/native.h"

#include <signal.h>

#include "vm/sys/memory_map.h"

extern "C" void tenon_sys_enter_native(tenon::vm::EntryRecord* record,
                                       tenon::vm::sys::NativeState* state,
                                       const tenon::vm::sys::NativeCall* call);

namespace tenon::vm::sys {

void EnterNative(EntryRecord* record, NativeState* state, const NativeCall& call) {
  const NativeState before = *state;
  const EntryScope scope(record);
  state->catcher = nullptr;
  tenon_sys_enter_native(record, state, &call);
  // Where it was left stays, for a backtrace.
  state->native_sp = before.native_sp;
  state->host_sp = before.host_sp;
  state->catcher = before.catcher;
}

bool EnsureSignalStack() {
  constexpr size_t kSignalStackBytes = 64 * 1024;
  // A thread's own, if it has none; gone with the thread.
  struct SignalStack {
    Mapping mapping;
    ~SignalStack() {
      if (!mapping) return;
      stack_t none = {};
      none.ss_flags = SS_DISABLE;
      sigaltstack(&none, nullptr);
    }
  };
  thread_local bool is_there = false;
  if (is_there) return true;
  stack_t current = {};
  if (sigaltstack(nullptr, &current) == 0 && (current.ss_flags & SS_DISABLE) == 0) {
    is_there = true;
    return true;
  }
  thread_local SignalStack own;
  own.mapping = Mapping::Allocate(kSignalStackBytes);
  if (!own.mapping) return false;
  stack_t stack = {};
  stack.ss_sp = own.mapping.base();
  stack.ss_size = own.mapping.size();
  is_there = sigaltstack(&stack, nullptr) == 0;
  return is_there;
}

}  // namespace tenon::vm::sys
