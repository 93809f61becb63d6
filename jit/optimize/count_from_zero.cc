#include "jit/optimize/count_from_zero.h"

#include <vector>

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/PatternMatch.h"

namespace tenon::jit {
namespace {

using llvm::PatternMatch::m_Add;
using llvm::PatternMatch::m_APInt;
using llvm::PatternMatch::m_Specific;
using llvm::PatternMatch::m_Zero;
using llvm::PatternMatch::match;

bool IsComparedWithZero(const llvm::Value& value) {
  for (const llvm::User* user : value.users()) {
    const auto* compare = llvm::dyn_cast<llvm::ICmpInst>(user);
    if (compare != nullptr && compare->isEquality() && match(compare->getOperand(1), m_Zero())) {
      return true;
    }
  }
  return false;
}

// Makes `counter` a sum of what it begins with and a counter that begins with zero.
bool Rebase(llvm::PHINode* counter, llvm::BasicBlock* before, llvm::BasicBlock* latch) {
  llvm::Value* const start = counter->getIncomingValueForBlock(before);
  auto* const next = llvm::dyn_cast<llvm::Instruction>(counter->getIncomingValueForBlock(latch));
  const llvm::APInt* step = nullptr;
  if (next == nullptr || match(start, m_Zero())) return false;
  if (!match(next, m_Add(m_Specific(counter), m_APInt(step))) || !step->isStrictlyPositive()) {
    return false;
  }
  if (!IsComparedWithZero(*next)) return false;

  llvm::Type* const type = counter->getType();
  llvm::IRBuilder<> ir(counter);
  llvm::PHINode* count = ir.CreatePHI(type, 2);
  ir.SetInsertPoint(counter->getParent(), counter->getParent()->getFirstInsertionPt());
  counter->replaceAllUsesWith(ir.CreateAdd(count, start));
  ir.SetInsertPoint(next->getNextNode());
  llvm::Value* next_count = ir.CreateAdd(count, llvm::ConstantInt::get(type, *step));
  next->replaceAllUsesWith(ir.CreateAdd(next_count, start));
  count->addIncoming(llvm::Constant::getNullValue(type), before);
  count->addIncoming(next_count, latch);
  counter->eraseFromParent();
  next->eraseFromParent();
  return true;
}

}  // namespace

llvm::PreservedAnalyses CountFromZero::run(llvm::Function& function,
                                           llvm::FunctionAnalysisManager& analyses) {
  bool is_changed = false;
  for (const llvm::Loop* loop :
       analyses.getResult<llvm::LoopAnalysis>(function).getLoopsInPreorder()) {
    llvm::BasicBlock* const before = loop->getLoopPredecessor();
    llvm::BasicBlock* const latch = loop->getLoopLatch();
    if (before == nullptr || latch == nullptr) continue;
    std::vector<llvm::PHINode*> counters;
    for (llvm::PHINode& counter : loop->getHeader()->phis()) {
      if (counter.getType()->isIntegerTy(32)) counters.push_back(&counter);
    }
    for (llvm::PHINode* counter : counters) is_changed |= Rebase(counter, before, latch);
  }
  if (!is_changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses kept;
  kept.preserveSet<llvm::CFGAnalyses>();
  return kept;
}

}  // namespace tenon::jit
