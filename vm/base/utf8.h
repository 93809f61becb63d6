// UTF-8 as the core and component specifications demand it: no overlong forms, no surrogates,
// nothing above U+10FFFF. core: #binary-utf8
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace tenon {

// True when `bytes` is well-formed UTF-8. ASCII is checked eight bytes a step.
bool IsValidUtf8(absl::string_view bytes);

// Appends the encoding of `code_point` (a Unicode scalar value) to `out`.
void AppendUtf8(uint32_t code_point, std::string* out);

// Decodes one scalar value at the start of `bytes`, which must be well-formed and not empty, and
// stores in *length how many bytes it took.
uint32_t DecodeUtf8(absl::string_view bytes, uint32_t* length);

// Whether a terminal may act on the character: the controls, and what changes the direction of the
// text around it.
bool IsControl(uint32_t code_point);
// How many columns of a terminal the character takes: none where it joins the one before it, two
// for the wide ones of East Asia and most emoji. By blocks, so the rare and the new are a guess.
uint32_t ColumnsOf(uint32_t code_point);

// `text` with control characters and what is not UTF-8 written as \u{1b} and \ff: a guest's name
// that is shown must neither steer a terminal nor pass for a line of ours.
std::string EscapeControls(absl::string_view text);

}  // namespace tenon
