// What is known of a component as a whole that none of its modules says: which function fills which
// import. jit/README.md, "A component as a whole".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "vm/syntax/types.h"

namespace tenon::jit {

// A function that a module of the program defines.
struct FuncOfProgram {
  uint32_t module = 0;
  vm::FuncIdx func;
  bool operator==(const FuncOfProgram&) const = default;
};

struct Wiring {
  // By module and FuncIdx: what fills an imported function, in every instance of the module alike.
  // A module that has no list has no import of which that is known.
  std::vector<std::vector<std::optional<FuncOfProgram>>> imports;

  std::optional<FuncOfProgram> ImportOf(uint32_t module, vm::FuncIdx import) const {
    if (module >= imports.size() || import.value() >= imports[module].size()) return std::nullopt;
    return imports[module][import.value()];
  }
};

}  // namespace tenon::jit
