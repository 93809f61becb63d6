// A pass that keeps what a function has grown to from being inlined in turn.
//
// The inliner counts what instructions cost. Some cost nothing and remain (a note of a side effect,
// a conversion that a register makes anyway): a chain of functions, each of which calls the next
// several times, would grow by that factor a link.
#pragma once

#include "llvm/IR/PassManager.h"

namespace tenon::jit {

struct LimitInlining : llvm::PassInfoMixin<LimitInlining> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::jit
