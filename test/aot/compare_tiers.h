// A module in the interpreter and in compiled code: whether a host sees the same of both
// (test/fuzz/observe.h).
#pragma once

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "jit/compile.h"

namespace tenon {

// What a difference is. Under the trap policy of components all but the last may be (jit/README.md,
// "Trap policies"); with precise traps none may.
enum class DifferenceKind : uint8_t {
  kNone,
  kLeftOut,      // the first: an access out of bounds is interpreted, and not in compiled code
  kAfterTrap,    // the first: what is left after a trap of both
  kUnexplained,  // any other
};

struct TierComparison {
  DifferenceKind kind = DifferenceKind::kNone;
  // Empty: the same; else both, as lines.
  std::string difference;
  // A stack was exhausted, which each tier does at a depth of its own: what came after it was not
  // compared.
  bool is_inconclusive = false;
};

// `module` is of the generator (test/fuzz/generator). Memories have guards or not as `options` say;
// relaxed SIMD is deterministic.
TierComparison CompareTiers(absl::Span<const uint8_t> module, jit::CompileOptions options);

}  // namespace tenon
