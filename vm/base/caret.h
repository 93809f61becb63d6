// The line of a text that an error is about, for people: control characters are blanked, a long
// line is cut, and the caret stands where a terminal shows the character.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "vm/base/status.h"

namespace tenon {

// Two lines without a final newline: the line of `text` where the error is and, below, a caret.
// Empty when the error is at no line. The text may be any bytes.
std::string CaretLines(absl::string_view text, const Error& error);

}  // namespace tenon
