// Values as text in WAVE, the WebAssembly Value Encoding (bytecodealliance/wasm-tools,
// crates/wasm-wave). The text is what that implementation writes: floats without exponent, options
// and results in their long form, fields that are none left out.
#pragma once

#include <string>

#include "abi/types/value.h"

namespace tenon::abi {

// `value` fits `type` (Fits, types/value.h). Handles, for which WAVE has no form, are shown as
// "own<name>" and can't be parsed again. It recurses as deep as the type is.
std::string PrintWave(const TypeTable& types, ValType type, const Value& value);

// The labels that mean something else where a case may stand: a case of such a name is written with
// a "%" before it.
bool IsWaveKeyword(absl::string_view label);

}  // namespace tenon::abi
