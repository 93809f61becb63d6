// The core functions that canonical definitions make: canon lower (of a component's function and of
// the host's), resource.new, resource.drop, resource.rep. Each is a host function of the core
// runtime whose data is one of the structures below, bound once, at instantiation.
// abi: "canon lower", "canon resource.new" and following.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "abi/canon/blame.h"
#include "abi/canon/copy_plan.h"
#include "abi/canon/lifted_func.h"
#include "abi/link/host.h"
#include "vm/runtime/func.h"

namespace tenon::abi {

// Plans for all pairs of pointer widths, made as they are needed.
class CopyPlans {
 public:
  explicit CopyPlans(const TypeTable* types)
      : plans_{{types, 4, 4}, {types, 4, 8}, {types, 8, 4}, {types, 8, 8}} {}
  CopyPlan& For(const CanonOptions& src, const CanonOptions& dst) {
    return plans_[(src.memory64 ? 2 : 0) + (dst.memory64 ? 1 : 0)];
  }

 private:
  CopyPlan plans_[4];
};

// One half of a fused call: parameters or result.
struct FusedCopy {
  const CopyPlan* plan = nullptr;
  uint32_t start = 0;
  bool spilled = false;  // too many flat values: they stand in memory
  Layout src;            // when spilled
  Layout dst;
};

struct FusedLower {
  ComponentInstance* caller = nullptr;
  CanonOptions options;
  const LiftedFunc* callee = nullptr;
  std::vector<ComponentInstance*> entering;
  FusedCopy params;
  FusedCopy result;
  uint32_t result_slot = 0;  // of the caller's result pointer, when the result is spilled
  LowerSite site;
  // What compiled code that does the same has as its context.
  vm::Adapter adapter;
  static FusedLower& Of(vm::Adapter& adapter);
};

struct HostLower {
  Store* store = nullptr;
  ComponentInstance* caller = nullptr;
  CanonOptions options;
  const HostFunc* callee = nullptr;
  LowerSite site;
};

struct ResourceLower {
  Store* store = nullptr;
  ComponentInstance* caller = nullptr;
  const ResourceType* type = nullptr;
  std::vector<ComponentInstance*> entering;  // of the type's implementer, for its destructor
};

// Sets the trap of a call while may_leave is false; false.
bool CannotLeave(Store& store);

inline uint64_t ReadPointer(const CanonOptions& options, const vm::Slot* slot) {
  return options.memory64 ? vm::ReadSlot<uint64_t>(slot) : vm::ReadSlot<uint32_t>(slot);
}
inline void WritePointer(const CanonOptions& options, vm::Slot* slot, uint64_t address) {
  vm::WriteSlot(slot, options.memory64 ? address : static_cast<uint32_t>(address));
}

// Fills params, result and result_slot from the callee's type.
void BindFused(FusedLower& lower, CopyPlans& plans);

// Fills the adapter for the core function `self` that the call is; the rest must be there. Code
// that was compiled of the plan knows how many instances are entered.
void BindAdapter(FusedLower& lower, const vm::Func& self);

// vm::HostCallback each; HostCall::data is the structure named like it.
bool CallFused(vm::HostCall& call);
bool CallHost(vm::HostCall& call);
bool CallResourceNew(vm::HostCall& call);
bool CallResourceDrop(vm::HostCall& call);
bool CallResourceRep(vm::HostCall& call);

}  // namespace tenon::abi
