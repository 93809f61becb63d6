// Tags and exceptions at run time. core: #tag-instances, #exception-instances
// An exception is an object of the store's heap (gc/object.h): its tag, and the values thrown. One
// that is on its way, or has left guest code uncaught, is pending in its store (Store::Throw).
#pragma once

#include "vm/runtime/gc/layout.h"
#include "vm/runtime/gc/reference.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

class Instance;
class Store;
struct FuncCode;

// Told apart by address. Owned by a store.
struct TagInstance {
  TypeId type_id;
  const FuncType* type = nullptr;  // its parameters are what an exception carries
  const Layout* layout = nullptr;  // of exceptions with this tag
  const Store* store = nullptr;
};

// How a call ended: with results, with a trap (Store::TakeTrap) or with an exception
// (Store::TakeException).
enum class CallOutcome : uint8_t { kReturned, kTrapped, kThrew };

// Where a frame stood that an exception left, in terms of the tier that ran it.
struct CodeAddress {
  const FuncCode* function = nullptr;
  const Instance* instance = nullptr;
  const void* at = nullptr;
};

}  // namespace tenon::vm
