// Which world of some packages is meant by a name that a person gave.
// Errors (kInvalid) list the worlds there are.
#pragma once

#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

// "w" is one of the roots, "a:b/w" and "a:b/w@1.0.0" one of any package; empty the only one of the
// roots.
Result<WorldIdx> FindWorld(const Packages& packages, absl::string_view name);

}  // namespace tenon::wit
