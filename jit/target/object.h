// Machine code of a module that is as it shall be: its object file, and where its code comes from.
// LLVM's own way of making a file with a place for position_recorder.h.
#pragma once

#include "jit/image/positions.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace tenon::jit {

// Appends the object; `passes` goes first. A function with a DISubprogram is the guest's whose
// index is its line, of the module whose number is its scope's line; lines of instructions are
// offsets in that module.
void EmitCode(llvm::Module& module, llvm::TargetMachine& machine, llvm::legacy::PassManager& passes,
              llvm::SmallVectorImpl<char>* object, ObjectPositions* positions);

}  // namespace tenon::jit
