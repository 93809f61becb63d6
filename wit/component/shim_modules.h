// Two small core modules that tie a knot: a module needs its imports to be instantiated, and some
// of them need its memory or realloc. The shim's functions call through a table that is empty at
// first; the fixup module fills it once everything else is there.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "vm/syntax/types.h"

namespace tenon::wit {

inline constexpr char kShimTable[] = "$imports";

// Exports a function for each type, "0", "1" and so on, and the table.
std::vector<uint8_t> MakeShim(absl::Span<const vm::FuncType> types);
// Imports those functions and the table from "". If it is to initialize, it imports and calls a
// function "initialize" when all is in place.
std::vector<uint8_t> MakeFixup(absl::Span<const vm::FuncType> types, bool initializes);
inline constexpr char kInitialize[] = "initialize";

}  // namespace tenon::wit
