// How many operands an instruction takes and results it leaves, as far as printing folded text
// needs it. Where that is wrong or unknown the text is as correct, but less folded: an instruction
// is always printed behind what comes before it. core: #text-foldedinstr
#pragma once

#include <cstdint>

#include "vm/syntax/instruction.h"
#include "vm/syntax/module.h"

namespace tenon::vm {

struct FoldArity {
  uint32_t operands = 0;
  uint32_t results = 0;
};

// The types of a module's functions, imported ones first.
std::vector<TypeIdx> FunctionTypes(const Module& module);

// `func_types` is FunctionTypes(module); `func_type` that of the function at hand.
FoldArity ArityOf(const Instruction& instruction, const Module& module,
                  absl::Span<const TypeIdx> func_types, TypeIdx func_type);

}  // namespace tenon::vm
