// Numeric literals of the text format. core: #text-int, #text-float
//
// Integers are exact; floats are rounded to nearest, ties to even, and overflow is an error.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace tenon::vm {

enum class NumberForm : uint8_t { kNone, kNat, kInt, kFloat };

// What kind of literal `text` is as a whole, if any.
NumberForm ClassifyNumber(absl::string_view text);

enum class NumberStatus : uint8_t {
  kOk,
  kSyntax,      // not a literal of the kind
  kOutOfRange,  // one, but the type has no such value
};

// A literal without a sign, at most `max`.
NumberStatus ParseNat(absl::string_view text, uint64_t max, uint64_t* out);
// A literal of the uninterpreted integers of 8, 16, 32 or 64 bits: from -2^(bits-1) to 2^bits - 1.
// Stores the value modulo 2^bits.
NumberStatus ParseInt(absl::string_view text, int bits, uint64_t* out);
// Any numeric literal, inf, nan or nan:0x...; stores the bits.
NumberStatus ParseF32(absl::string_view text, uint32_t* out);
NumberStatus ParseF64(absl::string_view text, uint64_t* out);

}  // namespace tenon::vm
