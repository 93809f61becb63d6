// What `x * 1` is of a signalling NaN: a quiet one, where LLVM takes x. Makes x canonical first
// wherever the other operand may turn out to be a number of which LLVM knows such a thing: a
// constant, by way of a variable, a call or a result too.
#pragma once

#include "llvm/IR/Function.h"
#include "llvm/IR/PassManager.h"

namespace tenon::jit {

// The attribute of a function of vm/sem that computes with two floats: the text of its instruction.
inline constexpr char kFloatSemantics[] = "tenon-floats";

// To be run before anything folds, but when variables are values already.
struct QuietIdentities : llvm::PassInfoMixin<QuietIdentities> {
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace tenon::jit
