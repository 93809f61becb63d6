// Calls between components, and from the host, that may block: canon lower with or without `async`,
// of functions of instances that have an AsyncInstance. abi: "canon lower", "canon lift".
//
// Either side may pass values flat or in memory, as it was lifted or lowered; where the sides
// differ the value takes the other form on the way (canon/reshape.h).
#pragma once

#include <vector>

#include "abi/canon/async_call.h"
#include "abi/canon/reshape.h"
#include "abi/link/trampolines.h"

namespace tenon::abi {

// Parameters or result, on their way from one side to the other.
struct AsyncCopy {
  const CopyPlan* plan = nullptr;  // in the target's form
  uint32_t start = 0;
  LayoutTable* src_layouts = nullptr;
  bool src_flat = false;
  bool dst_flat = false;
  Layout src;
  Layout dst;
};

struct AsyncLower {
  ComponentInstance* caller = nullptr;
  CanonOptions options;
  bool is_async = false;
  const LiftedFunc* callee = nullptr;
  std::vector<ComponentInstance*> entering;
  AsyncCopy params;
  AsyncCopy result;
  uint32_t result_slot = 0;  // of the caller's result pointer, when the result is not flat
  LowerSite site;
};

// Fills params, result and result_slot from the callee's type.
void BindAsync(AsyncLower& lower, CopyPlans& plans);

// A vm::HostCallback; HostCall::data is an AsyncLower.
bool CallAsyncLower(vm::HostCall& call);

// A call from the host, which waits for the result. False after a trap.
bool CallTaskFromHost(const LiftedFunc& func, CallScope& scope,
                      absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lower,
                      absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lift);

}  // namespace tenon::abi
