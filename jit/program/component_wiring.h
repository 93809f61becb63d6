// A component's plan, as far as its core modules' code depends on it: what the compiler is told of
// a component beside its modules.
#pragma once

#include "abi/valid/resolved_component.h"
#include "jit/wiring.h"

namespace tenon::jit {

// Good for every instance that is made by the plan, which is how components are instantiated.
Wiring WiringOf(const abi::ResolvedComponent& component);

}  // namespace tenon::jit
