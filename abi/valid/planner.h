// Writes a validated component out as a plan: runs the steps of the root's body symbolically, and
// of a nested body once for each of its instantiations. Nothing is checked again; what may still
// fail are limits: a component can instantiate others exponentially often.
#pragma once

#include <memory>
#include <vector>

#include "abi/types/type_table.h"
#include "abi/valid/body.h"
#include "abi/valid/plan.h"
#include "vm/base/status.h"
#include "vm/valid/resolved_module.h"

namespace tenon::abi {

struct PlanInput {
  TypeTable& types;  // also the plan's
  const std::vector<Body>& bodies;
  const std::vector<std::shared_ptr<const vm::ResolvedModule>>& modules;
  uint64_t max_steps = kMaxPlanSteps;
};

Result<Plan> MakePlan(const PlanInput& input, uint32_t root_body, ComponentTypeId root_type);

}  // namespace tenon::abi
