// Values that scripts give to functions, and patterns that results are compared with: exact bits,
// canonical and arithmetic NaNs (core: #canonical-nan), lanes of a v128, references, alternatives.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "vm/runtime/slot.h"
#include "vm/runtime/store.h"
#include "vm/sem/v128.h"
#include "vm/syntax/types.h"

namespace tenon::cli {

// A constant of a script. Numbers and vectors are their bits, upper bytes zero; a null reference
// has no host value.
struct ScriptValue {
  vm::ValType type;
  vm::V128 bits;
  bool is_null = false;
  uint64_t host_value = 0;  // of (ref.extern n)
};

struct LanePattern {
  enum class Kind : uint8_t { kBits, kCanonicalNan, kArithmeticNan };
  Kind kind = Kind::kBits;
  uint64_t bits = 0;
};

struct ResultPattern {
  enum class Kind : uint8_t {
    kNumber,  // lanes of a number (one) or a vector
    kNull,    // (ref.null), and (ref.null kind) with `type`
    kKind,    // (ref.func), (ref.struct) and so on: of `type`, and not null
    kHost,    // (ref.extern n), (ref.host n): `host_value`, in the hierarchy of `type`
    kEither,  // one of `alternatives`
  };
  Kind kind = Kind::kNumber;
  vm::ValType type;  // bottom for a kNull of any kind
  uint8_t lane_bytes = 0;
  std::vector<LanePattern> lanes;
  uint64_t host_value = 0;
  std::vector<ResultPattern> alternatives;
};

// Whether the result in `slot` (two slots for a v128), of static type `type`, fits the pattern.
bool Matches(const ResultPattern& pattern, vm::ValType type, const vm::Slot* slot,
             const vm::Store& store);

// For messages: "i32.const 7", "v128.const i32x4 0x1 0x2 nan:canonical 0x3", "ref.null func".
std::string ToString(const ResultPattern& pattern);
std::string ToString(vm::ValType type, const vm::Slot* slot, const vm::Store& store);

}  // namespace tenon::cli
