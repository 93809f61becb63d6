// What other languages call types, for those who come from one: only errors ask, which say what
// WIT has instead.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace tenon::wit {

// "; WIT has 's32'": what stands in WIT for a type of that name; empty if it is none that is known
// from elsewhere.
std::string AdviceOnType(absl::string_view name);

}  // namespace tenon::wit
