// Vector operations for which the processor has an instruction, and IR no words: LLVM would not
// find the instruction in what vm/sem says instead.
#pragma once

#include "absl/types/span.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Target/TargetMachine.h"
#include "vm/syntax/opcode.h"

namespace tenon::jit {

// The result, a vector of sixteen bytes like the operands; null when the processor of `machine` has
// nothing for the instruction. A relaxed one does what the processor does.
llvm::Value* BuildLanes(llvm::IRBuilder<>& ir, const llvm::TargetMachine& machine, vm::Opcode op,
                        absl::Span<llvm::Value* const> operands);

}  // namespace tenon::jit
