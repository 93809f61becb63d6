// Evaluates constant expressions, which validation has reduced to postfix form, when a module is
// instantiated: no guest code runs. core: #exec-expr
#pragma once

#include <optional>

#include "vm/runtime/instance.h"

namespace tenon::vm {

// Globals that `program` reads must be initialised. Nothing when what it makes finds no room in the
// heap: the store's trap is then set.
std::optional<V128> EvaluateConstant(Instance& instance, const ConstProgram& program);

}  // namespace tenon::vm
