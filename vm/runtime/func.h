// Code slots and host functions. core: #function-instances
// A code slot stays where it is as long as its module; what it holds may change while code runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "vm/runtime/context.h"

namespace tenon::vm {

struct LoadedModule;

// Machine code of one function: what compiled code calls, and what enters it from slots
// (NativeCall::entry); the same for tail calls, if it makes any (jit/README.md).
struct NativeFunc {
  const void* call = nullptr;
  const void* entry = nullptr;
  const void* tail = nullptr;
  const void* tail_entry = nullptr;
};

// The code slot of one defined function, shared by all instances of its module: where a call
// enters. It starts at the tier's stub, which validates and translates the body and replaces the
// entry, so a function can move to other code while the program runs.
struct FuncCode {
  std::atomic<const Word*> entry = nullptr;
  LoadedModule* module = nullptr;
  FuncIdx index;
  NativeFunc native;  // null where there is none; then `entry` is the tier's way into it
};

// What a host function is called with. On entry `slots` holds the parameters; on return it holds
// the results (it has room for the larger of the two).
struct HostCall {
  Store& store;
  void* data;  // as registered
  Slot* slots;
  const FuncType& type;
  Context* caller;  // the instance that calls; null when called from the host
};

// The store that owns the function.
const Store* StoreOf(const Func& func);

// Returns false after Store::SetTrap or Store::Throw, and to pass on an exception of a call it
// made.
using HostCallback = bool (*)(HostCall& call);

struct HostFunc {
  HostCallback callback = nullptr;
  void* data = nullptr;
  std::string name;  // for backtraces
  const Store* store = nullptr;
};

}  // namespace tenon::vm
