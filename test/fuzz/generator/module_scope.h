// What the parts of a generator share while they make one module: the choices, the rows they may
// use, the types and the module so far.
#pragma once

#include <cstdint>
#include <vector>

#include "test/fuzz/generator/choices.h"
#include "test/fuzz/generator/options.h"
#include "test/fuzz/generator/rows.h"
#include "test/fuzz/generator/type_section.h"
#include "vm/syntax/module.h"

namespace tenon::vm {

// The element segment that gives table 0 its first entries.
inline constexpr uint32_t kFirstActiveElem = 1;

inline constexpr uint32_t kNoValue = ~uint32_t{0};

struct ModuleScope {
  Choices& choices;
  const GeneratorOptions& options;
  Module& module;
  TypeSection& types;
  const Rows& rows;
  // By type index: how deep a constant expression for a value of the structure or array has to be
  // at least; kNoValue where there is none.
  std::vector<uint32_t> ranks;

  uint32_t func_count() const { return static_cast<uint32_t>(module.functions.size()); }
  const FuncType& FuncAt(uint32_t func) const {
    return types.at(module.functions[func].value()).func;
  }
  const FuncType& TagAt(uint32_t tag) const { return types.at(module.tags[tag].type.value()).func; }
  ValType FuncRefType(uint32_t func) const {
    return ValType::Ref(HeapType::Concrete(module.functions[func].value()), false);
  }
  bool Has(Opcode op) const { return HasRow(options, op); }
};

}  // namespace tenon::vm
