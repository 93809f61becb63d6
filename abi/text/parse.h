// From the component text format to the binary one, which the decoder reads: identifiers resolved,
// abbreviations written out, identifiers kept in name sections. Inline core modules go through
// vm/text. Errors have a line and a column; nesting has a limit. abi: Explainer.md
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "abi/syntax/text_mark.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/text/lexer.h"

namespace tenon::abi {

// Parses `(component ...)`, `(component binary ...)` or the definitions alone, up to the end of
// `text`. What a feature adds to the text of core modules alone is refused here where it is off;
// the rest is for whoever validates the component. `marks`, unless null, is told where everything
// in the result stands in the text (locate.h).
Result<std::vector<uint8_t>> ParseComponent(absl::string_view text,
                                            const vm::Features& features = vm::Features::All(),
                                            std::vector<TextMark>* marks = nullptr);

// For scripts: parses definitions from after `(component $id?` and consumes the closing
// parenthesis. After a failure the position of `lexer` means nothing.
Result<std::vector<uint8_t>> ParseComponent(const std::optional<vm::Token>& id, vm::Lexer& lexer,
                                            const vm::Features& features = vm::Features::All());

// True when `text` begins with what only a component can begin with: `(component`, or a definition
// that no module has.
bool IsComponentText(absl::string_view text);

}  // namespace tenon::abi
