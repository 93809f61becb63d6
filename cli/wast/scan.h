// Counts the top-level directives of a script by looking at parentheses alone (comments and strings
// skipped). It shares no code with the lexer on purpose: a parser that loses a directive can't also
// lose it here, so a run whose counts differ is known to be incomplete.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace tenon::cli {

struct ScriptScan {
  // A file of bare module fields counts as one: they are a module without its parentheses.
  size_t directives = 0;
  // False when a string, a comment or a parenthesis stays open, or one closes that was not open.
  bool is_balanced = true;
};

ScriptScan ScanScript(absl::string_view text);

}  // namespace tenon::cli
