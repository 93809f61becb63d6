// How compiled code is entered, and how it calls the host. It has a stack of its own: EnterNative
// switches to it, a host thunk back, so that frames of C++ and of guests lie apart.
//
//   host's stack:    ... EnterNative | host function, EnterNative | host function ...
//   native stack:    guest frames    | guest frames               | ...
#pragma once

#include <cstddef>

#include "vm/sys/entry.h"

namespace tenon::vm::sys {

// Where both stacks stand; part of the run block, which the context points to with its first word.
struct NativeState {
  char* native_sp = nullptr;  // the native stack is free below
  char* host_sp = nullptr;    // the host's likewise, while compiled code runs
  NativePlace left;           // where compiled code called the host or faulted
  char* catcher = nullptr;    // its innermost frame that catches; null: none of the entry's
};

// The call that an entry of compiled code is: entry(context, slots, code), context where swiftself
// has it.
struct NativeCall {
  const void* entry;
  void* context;
  void* slots;
  const void* code;
};

// Calls it until it returns or is left (LeaveNative, a fault). The record is this thread's
// innermost entry meanwhile; the state stands as before afterwards.
void EnterNative(EntryRecord* record, NativeState* state, const NativeCall& call);

// What compiled code calls with a context in swiftself, and
//   (context, callee's context, slots, entry, code)
// as C arguments: the call entry(callee's context, slots, code), on the native stack. 0 when it
// returned. 1: it was left by an exception; all registers that callees save are as before.
extern "C" const char tenon_sys_try[];
extern "C" const char tenon_sys_native_end[];  // behind its code
// It makes a frame with the frame pointer, and saves its caller's context so many words below the
// return address's end.
inline constexpr uint32_t kTrySavesContext = 5;

// The thread's signals need a stack when a guest has used up its own: to be called by each thread
// before it enters compiled code, cheap but for the first time. False when there is no memory for
// one.
bool EnsureSignalStack();

// For programs that have something to say when compiled code faults and it is no trap of the guest,
// since the code is damaged, or wrong: calls `report` in the signal handler, before the signal goes
// to whoever handled it before, or ends the process. Also of signals that are never a guest's:
// SIGILL, SIGFPE and SIGTRAP. From one thread, before guests are entered.
void ReportWrongCode(void (*report)());

// TENON_HOST_THUNK(name, function) defines the assembler symbol `name`, which compiled code calls
// as a C function with a context in swiftself: it calls `function`, of C linkage and with the same
// arguments (six at most, integers), on the host's stack. The checked forms' functions return a
// bool or a 32-bit number; false or zero leaves compiled code: with an exception for the innermost
// tenon_sys_try of the entry, else for what follows its EnterNative.
#include "vm/sys/x86_64/host_thunk.h"

}  // namespace tenon::vm::sys
