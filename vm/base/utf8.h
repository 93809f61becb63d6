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

}  // namespace tenon
