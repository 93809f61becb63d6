// Canonical definitions as decoded. abi: "Canonical Definitions" (Binary.md). Lift, lower and the
// resource built-ins have their own fields; the gated built-ins (async, threads, error contexts)
// are rows of canon_builtins.def and decode to their name, since this version only refuses them.
#pragma once

#include <cstdint>
#include <variant>

#include "abi/syntax/index.h"
#include "absl/types/span.h"

namespace tenon::abi::syntax {

// One canonopt, in the order written; duplicates are the validator's affair.
struct CanonOption {
  enum class Kind : uint8_t {
    kUtf8,
    kUtf16,
    kLatin1Utf16,
    kMemory,
    kRealloc,
    kPostReturn,
    kAsync,
    kCallback,
  };
  Kind kind = Kind::kUtf8;
  // CoreMemoryIdx for kMemory, CoreFuncIdx for kRealloc, kPostReturn, kCallback
  uint32_t index = 0;
};
using CanonOptions = absl::Span<const CanonOption>;

struct CanonLift {
  CoreFuncIdx func;
  CanonOptions options;
  TypeIdx type;
};
struct CanonLower {
  FuncIdx func;
  CanonOptions options;
};
struct CanonResource {
  enum class Op : uint8_t { kNew, kDrop, kRep };
  Op op = Op::kNew;
  TypeIdx type;
};
// A built-in of a gated feature; each defines one core function.
struct CanonGated {
  const char* name = "";     // "task.return"
  const char* feature = "";  // "async"
};

using Canon = std::variant<CanonLift, CanonLower, CanonResource, CanonGated>;

}  // namespace tenon::abi::syntax
