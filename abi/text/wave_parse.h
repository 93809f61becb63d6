// Values from WAVE text, directed by their types. The grammar is that of wasm-wave's README
// (bytecodealliance/wasm-tools): flat options and results, omitted fields, '%' before keywords.
//
// Errors are kMalformed and say what was found, where (line and column) and what was expected; a
// name that is not there comes with the nearest one. Numbers that their type can't hold are errors,
// floats too. The parser recurses by the type, whose depth is bounded, not by the text.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "abi/types/value.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"

namespace tenon::abi {

// Beyond so many nodes a text is refused: a record of left-out fields is large in no text at all.
inline constexpr size_t kMaxWaveValues = 1'000'000;

// All of `text` as one value.
Result<Value> ParseWave(const TypeTable& types, ValType type, absl::string_view text);

// A call, "name(value, ...)": everything before the first parenthesis is the name.
struct WaveCall {
  absl::string_view name;  // without the space around it; not empty
  size_t arguments = 0;    // offset of the parenthesis
};
Result<WaveCall> ParseWaveCall(absl::string_view text);
// Its arguments, which begin at that offset. Options at the end may be left out.
Result<std::vector<Value>> ParseWaveArguments(const TypeTable& types, const FuncType& type,
                                              absl::string_view text, size_t offset);

}  // namespace tenon::abi
