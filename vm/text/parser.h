// From the core text format to a Module: identifiers resolved, abbreviations expanded, bodies and
// constant expressions encoded into Module::bytes; identifiers and annotations become custom
// sections. Errors have a line and a column and are kMalformed, but for a branch hint on what is no
// branch, which is kInvalid; the official suites' messages are their prefixes. Nesting is bounded
// by memory alone. core: #text-module
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"
#include "vm/text/lexer.h"

namespace tenon::vm {

// Parses `(module ...)` or the fields alone, up to the end of `text`. What a feature adds to the
// text alone is refused here where it is off; the rest is for whoever validates the module.
Result<Module> ParseModule(absl::string_view text, const Features& features = Features::All());

// For scripts and components: parses fields from after `(module $id?` and consumes the closing
// parenthesis. After a failure the position of `lexer` means nothing.
Result<Module> ParseModule(const std::optional<Token>& id, Lexer& lexer,
                           const Features& features = Features::All());

}  // namespace tenon::vm
