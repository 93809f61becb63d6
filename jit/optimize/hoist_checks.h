// A pass that takes checks of bounds out of loops: those of memories without guards (of 64-bit
// addresses, say), of tables and of arrays.
#pragma once

#include "llvm/IR/PassManager.h"

namespace tenon::jit {

// Whether a check holds in all rounds of a loop is often known before the first: its index goes
// from where it starts in equal steps, and the latch says how often. So there is a second loop
// without those checks, which may then become vectors, and a branch in front of both. Where that
// can't be sure, be it that the loop would have been left before the check failed, the loop is as
// it was. So each access and each trap is where it has been, under either trap policy.
struct HoistChecks : llvm::PassInfoMixin<HoistChecks> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::jit
