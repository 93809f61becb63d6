// Two passes around the loop vectoriser, which let it compare a loop's arrays with each other. All
// accesses of a guest have one base, its memory, and so are one object to LLVM.
#pragma once

#include "llvm/IR/PassManager.h"

namespace tenon::jit {

// When the vectoriser can't tell the distance of two addresses of one object, it gives up what it
// knows of all others and checks every address against every other when the loop is entered; those
// of an unrolled body, a[i] and a[i + 1], overlap of course, and the vectors are never used. So the
// accesses of an innermost loop that have the variable part of their address in common get a base
// of their own: the result of a call that LLVM can't see through.
struct SeparateArrays : llvm::PassInfoMixin<SeparateArrays> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// Replaces those calls by the memory's base.
struct RejoinArrays : llvm::PassInfoMixin<RejoinArrays> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::jit
