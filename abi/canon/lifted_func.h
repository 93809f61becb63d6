// A component function: a core function of an instance, lifted. abi: "canon lift".
// Parameters and result pass as slots; the two sides' types were matched when they were linked.
#pragma once

#include <vector>

#include "abi/canon/context.h"
#include "abi/types/type_table.h"
#include "absl/functional/function_ref.h"
#include "vm/runtime/slot.h"

namespace tenon::abi {

struct ResolvedComponent;

struct LiftedFunc {
  Store* store = nullptr;
  ComponentInstance* instance = nullptr;
  const vm::Func* func = nullptr;
  CanonOptions options;
  const TypeTable* types = nullptr;
  FuncTypeId type;
  bool is_async = false;                            // lifted with `async`
  const vm::Func* callback = nullptr;               // then, perhaps
  absl::Span<const ResourceType* const> resources;  // by ResourceId
  std::vector<ComponentInstance*> entering;         // its entering set for the host
  // For messages: its component, and which of that's lifts it is.
  const ResolvedComponent* component = nullptr;
  uint32_t index = 0;
};

// A lowered parameter list has at most 16 slots.
using FlatSlots = vm::Slot[kMaxFlatParams];

// Calls a lifted function: enters its instance (`entering` is its entering set for the caller),
// lowers the parameters into the slots, calls, lifts the result from them, checks that the callee
// has dropped what it was lent, hands the result on, calls post-return and leaves. `lower` and
// `lift` return false after setting a trap; they get the callee's context. On a trap no instance
// that was entered is left again.
bool CallLifted(const LiftedFunc& callee, const std::vector<ComponentInstance*>& entering,
                CallScope& scope, absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lower,
                absl::FunctionRef<bool(CanonContext&, vm::Slot*)> lift);

// Calls post-return, if there is one, with what the function returned: kMaxFlatResults slots.
bool PostReturn(const LiftedFunc& callee, CanonContext& cx, const vm::Slot* results);

// Runs the destructor of a guest's resource, if it has one, in the instance that implements it,
// which must be enterable even if it has none. abi: "canon resource.drop"
bool RunDestructor(Store& store, const ResourceType& type,
                   const std::vector<ComponentInstance*>& entering, uint32_t rep);

}  // namespace tenon::abi
