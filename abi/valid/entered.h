// How many component instances a call enters, as the plan has it: who is compiled ahead of time
// relies on what instances are bound with. abi: "Component Instance State"
#pragma once

#include <cstddef>

#include "abi/valid/plan.h"

namespace tenon::abi {

// The callee and what it lies in, up to what the caller is or lies in too.
size_t CountEntered(const Plan& plan, ComponentInstanceId caller, ComponentInstanceId callee);

}  // namespace tenon::abi
