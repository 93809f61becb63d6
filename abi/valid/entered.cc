#include "abi/valid/entered.h"

#include <optional>

namespace tenon::abi {

size_t CountEntered(const Plan& plan, ComponentInstanceId caller, ComponentInstanceId callee) {
  const auto parent_of = [&](std::optional<ComponentInstanceId> instance) {
    return plan.component_instances[instance->value()].parent;
  };
  size_t entered = 0;
  for (std::optional<ComponentInstanceId> self = callee; self; self = parent_of(self)) {
    for (std::optional<ComponentInstanceId> other = caller; other; other = parent_of(other)) {
      if (*other == *self) return entered;
    }
    ++entered;
  }
  return entered;
}

}  // namespace tenon::abi
