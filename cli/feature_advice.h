// What errors say of a proposal that is off, and what to do then: the engine's messages name the
// flag, the command line adds the option that takes it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace tenon::cli {

// The flag of the proposal that an error's message says is off: it ends with "FLAG is off" or
// "needs FLAG". Empty for other messages.
absl::string_view FlagThatIsOff(absl::string_view message);

// What to say after such a message, also one that ends with a place; empty for other messages.
std::string FeatureAdvice(absl::string_view message);

}  // namespace tenon::cli
