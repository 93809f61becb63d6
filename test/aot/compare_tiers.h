// A module in the interpreter and in compiled code: whether a host sees the same of both
// (test/fuzz/observe.h).
// (test/fuzz/observe.h).
#pragma once

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "jit/compile.h"

namespace tenon {

struct TierComparison {
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
