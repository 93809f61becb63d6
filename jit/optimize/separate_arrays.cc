#include "jit/optimize/separate_arrays.h"

#include <optional>
#include <vector>

#include "jit/optimize/anchor_addresses.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PatternMatch.h"

namespace tenon::jit {
namespace {

using llvm::PatternMatch::m_Add;
using llvm::PatternMatch::m_ConstantInt;
using llvm::PatternMatch::m_Value;
using llvm::PatternMatch::match;

// ptr tenon.array(ptr base, i32 number): `base`.
constexpr char kArrayName[] = "tenon.array";

// More are not worth their checks, nor the time to make them.
constexpr size_t kMaxArrays = 16;
constexpr size_t kMaxAccesses = 200;

llvm::Function* ArrayFunction(llvm::Module& module) {
  if (llvm::Function* known = module.getFunction(kArrayName); known != nullptr) return known;
  auto* pointer = llvm::PointerType::getUnqual(module.getContext());
  auto* number = llvm::Type::getInt32Ty(module.getContext());
  auto* function =
      llvm::Function::Create(llvm::FunctionType::get(pointer, {pointer, number}, false),
                             llvm::GlobalValue::ExternalLinkage, kArrayName, module);
  function->setDoesNotAccessMemory();
  function->setDoesNotThrow();
  function->setWillReturn();
  function->addFnAttr(llvm::Attribute::Speculatable);
  return function;
}

// memory + variable + constant
struct Access {
  llvm::Instruction* instruction;
  llvm::Value* memory;
  llvm::Value* variable;
  uint64_t constant;
};

std::optional<Access> AccessIn(const llvm::Loop& loop, llvm::Instruction& instruction) {
  auto* pointer = llvm::dyn_cast<llvm::GEPOperator>(llvm::getPointerOperand(&instruction));
  if (pointer == nullptr || !pointer->getSourceElementType()->isIntegerTy(8)) return std::nullopt;
  Access access{&instruction, pointer->getPointerOperand(), pointer->getOperand(1), 0};
  auto* inner = llvm::dyn_cast<llvm::GEPOperator>(access.memory);
  if (auto* constant = llvm::dyn_cast<llvm::ConstantInt>(access.variable);
      constant != nullptr && inner != nullptr && inner->getSourceElementType()->isIntegerTy(8)) {
    access = {&instruction, inner->getPointerOperand(), inner->getOperand(1),
              constant->getZExtValue()};
  }
  // An address of 64 bits may have been added to.
  llvm::Value* variable = nullptr;
  llvm::ConstantInt* constant = nullptr;
  if (match(access.variable, m_Add(m_Value(variable), m_ConstantInt(constant)))) {
    access.variable = variable;
    access.constant += constant->getZExtValue();
  }
  if (!loop.isLoopInvariant(access.memory)) return std::nullopt;
  return access;
}

// The accesses of a loop that may be vectorised but for what its arrays are; else nothing.
std::vector<Access> AccessesOf(const llvm::Loop& loop) {
  std::vector<Access> accesses;
  bool has_store = false;
  for (llvm::BasicBlock* block : loop.blocks()) {
    for (llvm::Instruction& instruction : *block) {
      if (!instruction.mayReadOrWriteMemory()) continue;
      const bool is_store = llvm::isa<llvm::StoreInst>(instruction);
      if (!is_store && !llvm::isa<llvm::LoadInst>(instruction)) return {};
      if (instruction.isVolatile() || accesses.size() == kMaxAccesses) return {};
      has_store |= is_store;
      if (!IsMemoryAccess(instruction)) continue;
      if (const std::optional<Access> access = AccessIn(loop, instruction)) {
        accesses.push_back(*access);
      }
    }
  }
  if (!has_store) accesses.clear();
  return accesses;
}

bool Separate(const llvm::Loop& loop, uint32_t* number) {
  llvm::BasicBlock* const before = loop.getLoopPreheader();
  if (!loop.isInnermost() || before == nullptr) return false;
  llvm::MapVector<llvm::Value*, std::vector<Access>> arrays;  // by the variable part
  for (const Access& access : AccessesOf(loop)) arrays[access.variable].push_back(access);
  if (arrays.size() < 2 || arrays.size() > kMaxArrays) return false;
  llvm::Function* const array = ArrayFunction(*before->getModule());
  for (const auto& [variable, accesses] : arrays) {
    llvm::IRBuilder<> ir(before->getTerminator());
    llvm::Value* base = ir.CreateCall(array, {accesses.front().memory, ir.getInt32((*number)++)});
    for (const Access& access : accesses) {
      if (access.memory != accesses.front().memory) continue;
      ir.SetInsertPoint(access.instruction);
      llvm::Value* at = ir.CreatePtrAdd(base, variable);
      if (access.constant != 0) at = ir.CreatePtrAdd(at, ir.getInt64(access.constant));
      access.instruction->setOperand(llvm::isa<llvm::StoreInst>(access.instruction) ? 1 : 0, at);
    }
  }
  return true;
}

llvm::PreservedAnalyses Kept(bool is_changed) {
  if (!is_changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses kept;
  kept.preserveSet<llvm::CFGAnalyses>();
  return kept;
}

}  // namespace

llvm::PreservedAnalyses SeparateArrays::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager& analyses) {
  auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  uint32_t number = 0;
  bool is_changed = false;
  for (const llvm::Loop* loop : loops.getLoopsInPreorder()) is_changed |= Separate(*loop, &number);
  return Kept(is_changed);
}

llvm::PreservedAnalyses RejoinArrays::run(llvm::Function& function,
                                          llvm::FunctionAnalysisManager&) {
  const llvm::Function* const array = function.getParent()->getFunction(kArrayName);
  if (array == nullptr) return llvm::PreservedAnalyses::all();
  bool is_changed = false;
  for (llvm::Instruction& instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
    auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
    if (call == nullptr || call->getCalledFunction() != array) continue;
    call->replaceAllUsesWith(call->getArgOperand(0));
    call->eraseFromParent();
    is_changed = true;
  }
  return Kept(is_changed);
}

}  // namespace tenon::jit
