// What is known of a component as a whole that none of its modules says: which function fills which
// import, and what stands between components. jit/README.md, "A component as a whole", "Adapters".
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <variant>
#include <vector>

#include "vm/syntax/types.h"

namespace tenon::jit {

// A function that a module of the program defines.
struct FuncOfProgram {
  uint32_t module = 0;
  vm::FuncIdx func;
  bool operator==(const FuncOfProgram&) const = default;
};

// A flat value on its way from one component to another. abi: "Flat Lifting", "Flat Lowering"
struct FlatValue {
  enum class Kind : uint8_t {
    kSame,    // any bits are: 32 of them,
    kSame64,  // and 64
    kS8,
    kS16,
    kMasked,  // limit: the bits it has
    kBool,
    kChar,     // not every one is
    kBelow,    // limit: which it must be below
    kVariant,  // several values, which are those of a case, joined: `cases`
  };
  Kind kind = Kind::kSame;
  uint32_t limit = 0;
  std::vector<std::vector<FlatValue>> cases;  // none of them has a variant in it
  bool operator<(const FlatValue& other) const;
  bool operator==(const FlatValue&) const = default;
};

inline bool FlatValue::operator<(const FlatValue& other) const {
  return std::tie(kind, limit, cases) < std::tie(other.kind, other.limit, other.cases);
}

// A call between component instances. vm/runtime/vmctx.def has what code finds in its context.
struct AdapterPlan {
  FuncOfProgram callee;
  vm::TypeId type;              // the caller's, of the engine's
  uint32_t entered = 0;         // how many flags it clears
  bool params_by_code = true;   // else the runtime passes them; `params` is empty then
  bool results_by_code = true;  // likewise
  std::vector<FlatValue> params;
  std::vector<FlatValue> results;
  bool operator==(const AdapterPlan&) const = default;
};

struct AdapterOfProgram {
  uint32_t index = 0;  // into Wiring::adapters
  bool operator==(const AdapterOfProgram&) const = default;
};

// What fills an import, in every instance of the module alike; nothing: that is not known.
using KnownFunc = std::variant<std::monostate, FuncOfProgram, AdapterOfProgram>;

struct Wiring {
  // By module and FuncIdx; none of a module without instances.
  std::vector<std::vector<KnownFunc>> imports;
  std::vector<AdapterPlan> adapters;                         // no two alike
  std::vector<std::optional<AdapterOfProgram>> trampolines;  // by TrampolineId of the plan

  KnownFunc ImportOf(uint32_t module, vm::FuncIdx import) const {
    const std::vector<KnownFunc>& known = imports[module];
    return import.value() < known.size() ? known[import.value()] : KnownFunc();
  }
};

}  // namespace tenon::jit
