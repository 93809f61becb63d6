// The passes that make a part's functions fast. LLVM's own sequence is for code that nobody has
// optimised yet; guests come out of a compiler that has.
#pragma once

#include "jit/compile.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"

namespace tenon::jit {

// What is run at a level. `builder` has its analyses registered, and outlives the passes.
llvm::ModulePassManager PassesFor(OptLevel level, llvm::PassBuilder& builder);

}  // namespace tenon::jit
