// A string of a public header, as the inside has it: the headers speak std alone, and Abseil's
// string_view is a type of its own here.
#pragma once

#include <string_view>

#include "absl/strings/string_view.h"

namespace tenon {

inline absl::string_view FromStd(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace tenon
