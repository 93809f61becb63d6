// A pass that makes loops that count up to zero count from zero.
//
// Compilers to WebAssembly like loops whose counter begins below zero and ends at it: the test
// costs an instruction less. As a number of 64 bits, which LLVM's induction variables become, such
// a counter runs across 2^32, and how often the loop runs is then no longer found out.
#pragma once

#include "llvm/IR/PassManager.h"

namespace tenon::jit {

struct CountFromZero : llvm::PassInfoMixin<CountFromZero> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::jit
