// The words the text format gives a meaning, for telling a misplaced keyword from an unknown one.
// A word that is not among them is malformed as a token already. core: #text-keyword
#pragma once

#include "absl/strings/string_view.h"

namespace tenon::vm {

// Instructions, the keywords of modules and types, and those of scripts.
bool IsKnownKeyword(absl::string_view word);

}  // namespace tenon::vm
