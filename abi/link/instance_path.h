// Where in a component a core instance is, for messages: the instances on the way from the root and
// its own name, as in "outer/inner#1/main". Names are the component's own; an instance without one
// goes by what it is an instance of, and its index. Nothing is kept for it: it is read when asked.
#pragma once

#include <string>

#include "abi/valid/resolved_component.h"

namespace tenon::abi {

std::string InstancePath(const ResolvedComponent& component, CoreInstanceId id);

}  // namespace tenon::abi
