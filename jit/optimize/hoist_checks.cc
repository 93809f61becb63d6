#include "jit/optimize/hoist_checks.h"

#include <optional>
#include <vector>

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/LoopUtils.h"
#include "llvm/Transforms/Utils/ScalarEvolutionExpander.h"

namespace tenon::jit {
namespace {

// Of more, a second copy is not worth its place, nor what is in front of the loop its time.
constexpr size_t kMaxInstructions = 400;
constexpr size_t kMaxChecks = 24;
constexpr unsigned kMaxExpansion = 16;  // as of TargetTransformInfo's costs
constexpr unsigned kMaxLoops = 200;     // of a function

// A branch out of a loop, to a trap, unless `index < limit` (unsigned).
struct Check {
  llvm::BranchInst* branch;
  unsigned trap;            // the successor
  const llvm::SCEV* start;  // of the index, in the first round
  int64_t step;             // what each round adds to it
  unsigned bits;            // in which it may wrap
  const llvm::SCEV* limit;
};

// Whether nothing but a trap comes of it, maybe some blocks later.
bool IsTrap(const llvm::BasicBlock* block) {
  constexpr int kMaxBlocks = 4;
  for (int i = 0; i < kMaxBlocks && block != nullptr; ++i) {
    if (llvm::isa<llvm::UnreachableInst>(block->getTerminator())) return true;
    block = block->getUniqueSuccessor();
  }
  return false;
}

class Hoister {
 public:
  Hoister(llvm::Function& function, llvm::FunctionAnalysisManager& analyses)
      : loops_(analyses.getResult<llvm::LoopAnalysis>(function)),
        dominators_(analyses.getResult<llvm::DominatorTreeAnalysis>(function)),
        scev_(analyses.getResult<llvm::ScalarEvolutionAnalysis>(function)),
        target_(analyses.getResult<llvm::TargetIRAnalysis>(function)),
        expander_(scev_, "bounds") {}

  bool Run() {
    std::vector<llvm::Loop*> innermost;
    for (llvm::Loop* loop : loops_.getLoopsInPreorder()) {
      if (loop->isInnermost() && innermost.size() < kMaxLoops) innermost.push_back(loop);
    }
    for (llvm::Loop* loop : innermost) Split(loop);
    for (const Check& check : hold_always_) Straighten(check);
    return !hold_always_.empty();
  }

 private:
  void Split(llvm::Loop* loop) {
    if (!loop->isLoopSimplifyForm() || !loop->isSafeToClone() || IsLong(*loop)) return;
    llvm::Instruction* const before = loop->getLoopPreheader()->getTerminator();
    const llvm::SCEV* const rounds = scev_.getExitCount(loop, loop->getLoopLatch());
    if (!IsCheap(rounds, loop, before) || rounds->isZero()) return;
    const std::vector<Check> checks = ChecksOf(loop, before);
    if (checks.empty()) return;

    llvm::IRBuilder<> ir(before);
    llvm::Value* count = Expand(rounds, before);
    llvm::Value* all_hold = ir.getTrue();
    for (const Check& check : checks) all_hold = ir.CreateAnd(all_hold, Holds(ir, check, count));
    Duplicate(loop, ir.CreateFreeze(all_hold));
    hold_always_.insert(hold_always_.end(), checks.begin(), checks.end());
  }

  static bool IsLong(const llvm::Loop& loop) {
    size_t instructions = 0;
    for (const llvm::BasicBlock* block : loop.blocks()) {
      if ((instructions += block->size()) > kMaxInstructions) return true;
    }
    return false;
  }

  // Whether it can be computed in front of the loop, soon.
  bool IsCheap(const llvm::SCEV* value, llvm::Loop* loop, const llvm::Instruction* before) {
    return !llvm::isa<llvm::SCEVCouldNotCompute>(value) && value->getType()->isIntegerTy() &&
           scev_.getTypeSizeInBits(value->getType()) <= 64 &&
           expander_.isSafeToExpandAt(value, before) &&
           !expander_.isHighCostExpansion(value, loop, kMaxExpansion, &target_, before);
  }

  // As 64 bits, without a sign.
  llvm::Value* Expand(const llvm::SCEV* value, llvm::Instruction* before) {
    llvm::Value* expanded = expander_.expandCodeFor(value, value->getType(), before->getIterator());
    return llvm::IRBuilder<>(before).CreateZExt(expanded,
                                                llvm::Type::getInt64Ty(before->getContext()));
  }

  std::vector<Check> ChecksOf(llvm::Loop* loop, llvm::Instruction* before) {
    std::vector<Check> checks;
    llvm::SmallVector<llvm::BasicBlock*, 16> exiting;
    loop->getExitingBlocks(exiting);
    for (llvm::BasicBlock* block : exiting) {
      if (block == loop->getLoopLatch() || checks.size() == kMaxChecks) continue;
      const std::optional<Check> check = CheckAt(block, loop);
      if (!check) continue;
      const bool is_cheap =
          IsCheap(check->start, loop, before) && IsCheap(check->limit, loop, before);
      if (is_cheap) checks.push_back(*check);
    }
    return checks;
  }

  std::optional<Check> CheckAt(llvm::BasicBlock* block, const llvm::Loop* loop) {
    auto* branch = llvm::dyn_cast<llvm::BranchInst>(block->getTerminator());
    if (branch == nullptr || !branch->isConditional()) return std::nullopt;
    auto* compare = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
    if (compare == nullptr || !compare->getOperand(0)->getType()->isIntegerTy())
      return std::nullopt;
    const bool stays_if = loop->contains(branch->getSuccessor(0));
    if (!IsTrap(branch->getSuccessor(stays_if ? 1 : 0))) return std::nullopt;
    llvm::CmpPredicate predicate =
        stays_if ? compare->getCmpPredicate() : compare->getInverseCmpPredicate();
    llvm::Value* index = compare->getOperand(0);
    llvm::Value* limit = compare->getOperand(1);
    if (predicate == llvm::ICmpInst::ICMP_UGT) {
      predicate = llvm::ICmpInst::ICMP_ULT;
      std::swap(index, limit);
    }
    if (predicate != llvm::ICmpInst::ICMP_ULT || !loop->isLoopInvariant(limit)) return std::nullopt;
    Check check = {.branch = branch, .trap = stays_if ? 1u : 0u, .limit = scev_.getSCEV(limit)};
    return HasSteps(scev_.getSCEV(index), loop, &check) ? std::optional(check) : std::nullopt;
  }

  // Whether the index is { start, +, step }, or that of fewer bits, widened.
  bool HasSteps(const llvm::SCEV* index, const llvm::Loop* loop, Check* check) {
    if (const auto* widened = llvm::dyn_cast<llvm::SCEVZeroExtendExpr>(index)) {
      index = widened->getOperand();
    }
    check->bits = static_cast<unsigned>(scev_.getTypeSizeInBits(index->getType()));
    if (check->bits > 64) return false;
    if (scev_.isLoopInvariant(index, loop)) {
      check->start = index;
      check->step = 0;
      return true;
    }
    const auto* steps = llvm::dyn_cast<llvm::SCEVAddRecExpr>(index);
    if (steps == nullptr || steps->getLoop() != loop || !steps->isAffine()) return false;
    const auto* step = llvm::dyn_cast<llvm::SCEVConstant>(steps->getOperand(1));
    if (step == nullptr || step->getAPInt().isMinSignedValue()) return false;
    check->start = steps->getStart();
    check->step = step->getAPInt().getSExtValue();
    return true;
  }

  // Whether a check holds in rounds 0 to `count`.
  llvm::Value* Holds(llvm::IRBuilder<>& ir, const Check& check, llvm::Value* count) {
    llvm::Instruction* const before = &*ir.GetInsertPoint();
    llvm::Value* const start = Expand(check.start, before);
    llvm::Value* const limit = Expand(check.limit, before);
    if (check.step == 0) return ir.CreateICmpULT(start, limit);

    const uint64_t step = check.step < 0 ? -static_cast<uint64_t>(check.step) : check.step;
    llvm::Value* product =
        ir.CreateBinaryIntrinsic(llvm::Intrinsic::umul_with_overflow, count, ir.getInt64(step));
    llvm::Value* way = ir.CreateExtractValue(product, 0);
    llvm::Value* is_short = ir.CreateNot(ir.CreateExtractValue(product, 1));
    if (check.step < 0) {
      llvm::Value* ends = ir.CreateICmpUGE(start, way);
      return ir.CreateAnd(is_short, ir.CreateAnd(ends, ir.CreateICmpULT(start, limit)));
    }
    llvm::Value* sum = ir.CreateBinaryIntrinsic(llvm::Intrinsic::uadd_with_overflow, start, way);
    llvm::Value* last = ir.CreateExtractValue(sum, 0);
    llvm::Value* ends = ir.CreateNot(ir.CreateExtractValue(sum, 1));
    if (check.bits < 64) {
      const uint64_t largest = (uint64_t{1} << check.bits) - 1;
      ends = ir.CreateAnd(ends, ir.CreateICmpULE(last, ir.getInt64(largest)));
    }
    return ir.CreateAnd(is_short, ir.CreateAnd(ends, ir.CreateICmpULT(last, limit)));
  }

  // The loop where the condition holds, and else a copy of it.
  void Duplicate(llvm::Loop* loop, llvm::Value* condition) {
    formLCSSA(*loop, dominators_, &loops_, &scev_);
    llvm::BasicBlock* const fork = loop->getLoopPreheader();
    llvm::BasicBlock* const entry =
        llvm::SplitBlock(fork, fork->getTerminator(), &dominators_, &loops_, nullptr, "unchecked");
    llvm::ValueToValueMapTy copies;
    llvm::SmallVector<llvm::BasicBlock*, 16> blocks;
    llvm::Loop* copy = llvm::cloneLoopWithPreheader(entry, fork, loop, copies, ".checked", &loops_,
                                                    &dominators_, blocks);
    llvm::remapInstructionsInBlocks(blocks, copies);
    llvm::Instruction* const old_end = fork->getTerminator();
    llvm::IRBuilder<>(old_end).CreateCondBr(condition, entry, copy->getLoopPreheader());
    old_end->eraseFromParent();
    JoinBehind(loop, fork, copies);
    llvm::addStringMetadataToLoop(copy, "llvm.loop.unroll.disable");
    llvm::addStringMetadataToLoop(copy, "llvm.loop.vectorize.enable", 0);
    scev_.forgetLoop(loop);
    scev_.forgetBlockAndLoopDispositions();
  }

  // What is behind the loop is reached from both, and dominated by the fork at most.
  void JoinBehind(llvm::Loop* loop, llvm::BasicBlock* fork, llvm::ValueToValueMapTy& copies) {
    llvm::SmallVector<llvm::BasicBlock*, 16> exits;
    loop->getUniqueExitBlocks(exits);
    for (llvm::BasicBlock* exit : exits) {
      for (llvm::PHINode& phi : exit->phis()) {
        for (unsigned i = 0, count = phi.getNumIncomingValues(); i < count; ++i) {
          if (!loop->contains(phi.getIncomingBlock(i))) continue;
          llvm::Value* value = phi.getIncomingValue(i);
          const auto copied = copies.find(value);
          phi.addIncoming(copied == copies.end() ? value : &*copied->second,
                          llvm::cast<llvm::BasicBlock>(copies[phi.getIncomingBlock(i)]));
        }
        scev_.forgetLcssaPhiWithNewPredecessor(loop, &phi);
      }
    }
    std::vector<llvm::BasicBlock*> outside;
    for (llvm::BasicBlock* block : loop->blocks()) {
      for (const auto* child : dominators_.getNode(block)->children()) {
        if (!loop->contains(child->getBlock())) outside.push_back(child->getBlock());
      }
    }
    for (llvm::BasicBlock* block : outside) dominators_.changeImmediateDominator(block, fork);
  }

  // Makes a check's branch one that stays in the loop.
  static void Straighten(const Check& check) {
    llvm::BasicBlock* const block = check.branch->getParent();
    check.branch->getSuccessor(check.trap)->removePredecessor(block);
    llvm::IRBuilder<>(check.branch).CreateBr(check.branch->getSuccessor(1 - check.trap));
    check.branch->eraseFromParent();
  }

  llvm::LoopInfo& loops_;
  llvm::DominatorTree& dominators_;
  llvm::ScalarEvolution& scev_;
  llvm::TargetTransformInfo& target_;
  llvm::SCEVExpander expander_;
  std::vector<Check> hold_always_;
};

}  // namespace

llvm::PreservedAnalyses HoistChecks::run(llvm::Function& function,
                                         llvm::FunctionAnalysisManager& analyses) {
  if (!Hoister(function, analyses).Run()) return llvm::PreservedAnalyses::all();
  return llvm::PreservedAnalyses::none();
}

}  // namespace tenon::jit
