// Canonical definitions as decoded. abi: "Canonical Definitions" (Binary.md). Lift, lower and the
// resource built-ins have their own fields; the others (async, threads, error contexts) are rows of
// canon_builtins.def with one struct for all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "abi/syntax/index.h"
#include "abi/syntax/sort.h"
#include "abi/syntax/type.h"
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
  uint32_t index = 0;
};
using CanonOptions = absl::Span<const CanonOption>;

// In the order of the kinds, which is that of their codes.
struct CanonOptionRow {
  const char* keyword;
  std::optional<Sort> sort;  // of what the index means, if there is one
};
inline constexpr CanonOptionRow kCanonOptions[] = {
    {"string-encoding=utf8", {}},
    {"string-encoding=utf16", {}},
    {"string-encoding=latin1+utf16", {}},
    {"memory", Sort::kCoreMemory},
    {"realloc", Sort::kCoreFunc},
    {"post-return", Sort::kCoreFunc},
    {"async", {}},
    {"callback", Sort::kCoreFunc},
};
inline const CanonOptionRow& RowOf(const CanonOption& option) {
  return kCanonOptions[static_cast<size_t>(option.kind)];
}

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
// A row of canon_builtins.def.
enum class CanonBuiltinKind : uint8_t {
#define CANON_BUILTIN(kind, code, name, immediates, core_type, gate) kind,
#include "abi/syntax/canon_builtins.def"
};
struct CanonBuiltinRow {
  CanonBuiltinKind kind;
  uint8_t code;
  const char* name;        // "task.return"
  const char* immediates;  // a letter each
  const char* core_type;   // "ii>i"
  const char* gate;
};
inline constexpr CanonBuiltinRow kCanonBuiltins[] = {
#define CANON_BUILTIN(kind, code, name, immediates, core_type, gate) \
  {CanonBuiltinKind::kind, code, name, immediates, core_type, gate},
#include "abi/syntax/canon_builtins.def"
};

// What a built-in's row says that it has is set; each defines one core function.
struct CanonBuiltin {
  const CanonBuiltinRow* row = nullptr;
  TypeIdx type;                   // t
  CanonOptions options;           // o
  bool is_async = false;          // a
  bool cancellable = false;       // c
  bool is_shared = false;         // s
  uint32_t slot = 0;              // u
  CoreMemoryIdx memory;           // m
  CoreTableIdx table;             // b
  CoreTypeIdx core_type;          // f
  vm::ValType value_type;         // v
  std::optional<ValType> result;  // r
};

// Built-ins are rare and large: they stand in the arena.
using Canon = std::variant<CanonLift, CanonLower, CanonResource, const CanonBuiltin*>;

}  // namespace tenon::abi::syntax
