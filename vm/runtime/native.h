// Compiled code as the runtime sees it: functions that take slots, and the functions that it calls
// (builtins.def). How code is called and left: jit/README.md.
#pragma once

#include "vm/runtime/context.h"
#include "vm/runtime/func.h"

namespace tenon::vm {

// In builtins.def's order; for RunBlock::builtins.
extern const void* const kBuiltins[];

// Calls a function with machine code, whose instance `context` is; `slots` has room for the larger
// of parameters and results. False: trapped or threw, which the store then knows, with the compiled
// frames in its backtrace. `run.stack_top` must be free.
bool InvokeNative(Context& context, const FuncCode& code, Slot* slots);

// For the signal handler: see sys::ClaimNativeFault.
bool ClaimNativeFault(EntryRecord& entry, uintptr_t address, const sys::NativePlace& place);

}  // namespace tenon::vm
