#include "jit/optimize/limit_inlining.h"

#include "llvm/IR/Function.h"

namespace tenon::jit {
namespace {

// Twice what the inliner accepts of any real function: it costs 5 an instruction, of 225 to 337,
// and about every third instruction of a guest costs anything.
constexpr unsigned kMostInstructions = 500;

}  // namespace

llvm::PreservedAnalyses LimitInlining::run(llvm::Function& function,
                                           llvm::FunctionAnalysisManager&) {
  if (function.getInstructionCount() > kMostInstructions &&
      !function.hasFnAttribute(llvm::Attribute::AlwaysInline)) {
    function.addFnAttr(llvm::Attribute::NoInline);
  }
  return llvm::PreservedAnalyses::all();
}

}  // namespace tenon::jit
