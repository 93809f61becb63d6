#include "jit/optimize/quiet_identities.h"

#include <cstring>
#include <vector>

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Module.h"

namespace tenon::jit {
namespace {

// Values that are looked through for one operand.
constexpr size_t kMaxVisited = 64;

// Numbers with which an operation is one of its operands, or its negation.
enum Number : unsigned { kZero = 1, kMinusZero = 2, kOne = 4, kMinusOne = 8 };
using Numbers = unsigned;
constexpr Numbers kAll = 15;

Numbers NumbersOf(const llvm::APFloat& value) {
  if (value.isZero()) return value.isNegative() ? kMinusZero : kZero;
  if (value.isExactlyValue(1.0)) return kOne;
  return value.isExactlyValue(-1.0) ? Numbers{kMinusOne} : 0;
}

Numbers NumbersOf(llvm::Constant* constant, const llvm::fltSemantics* floats) {
  if (auto* number = llvm::dyn_cast<llvm::ConstantFP>(constant)) {
    return NumbersOf(number->getValueAPF());
  }
  if (constant->isNullValue()) return kZero;
  if (llvm::isa<llvm::UndefValue>(constant)) return 0;  // of where no path leads
  auto* data = llvm::dyn_cast<llvm::ConstantDataSequential>(constant);
  if (data == nullptr || floats == nullptr) return kAll;
  const llvm::StringRef bytes = data->getRawDataValues();
  const unsigned size = llvm::APFloat::semanticsSizeInBits(*floats) / 8;
  Numbers found = 0;
  for (size_t at = 0; at < bytes.size(); at += size) {
    uint64_t lane = 0;
    std::memcpy(&lane, bytes.data() + at, size);
    found |= NumbersOf(llvm::APFloat(*floats, llvm::APInt(size * 8, lane)));
  }
  return found;
}

bool IsOfConstants(llvm::Value* value) {
  if (auto* phi = llvm::dyn_cast<llvm::PHINode>(value)) {
    return llvm::all_of(phi->incoming_values(),
                        [](llvm::Value* from) { return llvm::isa<llvm::Constant>(from); });
  }
  if (auto* select = llvm::dyn_cast<llvm::SelectInst>(value)) {
    return llvm::isa<llvm::Constant>(select->getTrueValue()) &&
           llvm::isa<llvm::Constant>(select->getFalseValue());
  }
  return llvm::isa<llvm::Constant>(value);
}

// Which of them a value may be once all is folded. `floats`: what a vector of bytes holds.
class Search {
 public:
  explicit Search(const llvm::fltSemantics* floats) : floats_(floats) {}

  Numbers Of(llvm::Value* value) {
    Visit(value);
    while (!work_.empty() && visited_.size() < kMaxVisited) Expand(work_.pop_back_val());
    return work_.empty() ? found_ : kAll;
  }

 private:
  void Visit(llvm::Value* value) {
    if (auto* constant = llvm::dyn_cast<llvm::Constant>(value)) {
      found_ |= NumbersOf(constant, floats_);
    } else if (visited_.insert(value).second) {
      work_.push_back(value);
    }
  }

  void Expand(llvm::Value* value) {
    if (auto* phi = llvm::dyn_cast<llvm::PHINode>(value)) {
      for (llvm::Value* from : phi->incoming_values()) Visit(from);
    } else if (auto* select = llvm::dyn_cast<llvm::SelectInst>(value)) {
      Visit(select->getTrueValue());
      Visit(select->getFalseValue());
    } else if (auto* cast = llvm::dyn_cast<llvm::CastInst>(value)) {
      llvm::Value* from = cast->getOperand(0);
      if (cast->getOpcode() == llvm::Instruction::BitCast && !from->getType()->isIntegerTy()) {
        Visit(from);
      } else if (IsOfConstants(from)) {
        found_ = kAll;
      }
    } else if (auto* argument = llvm::dyn_cast<llvm::Argument>(value)) {
      ExpandArgument(*argument);
    } else if (auto* call = llvm::dyn_cast<llvm::CallInst>(value)) {
      ExpandResult(call->getCalledFunction());
    }
  }

  // What callers that are known give.
  void ExpandArgument(llvm::Argument& argument) {
    for (llvm::User* user : argument.getParent()->users()) {
      auto* call = llvm::dyn_cast<llvm::CallInst>(user);
      if (call != nullptr && call->getCalledOperand() == argument.getParent()) {
        Visit(call->getArgOperand(argument.getArgNo()));
      }
    }
  }

  void ExpandResult(llvm::Function* callee) {
    if (callee == nullptr || !callee->getReturnType()->isFPOrFPVectorTy()) return;
    for (llvm::BasicBlock& block : *callee) {
      auto* end = llvm::dyn_cast<llvm::ReturnInst>(block.getTerminator());
      if (end != nullptr) Visit(end->getReturnValue());
    }
  }

  const llvm::fltSemantics* const floats_;
  Numbers found_ = 0;
  llvm::SmallVector<llvm::Value*, 16> work_;
  llvm::SmallPtrSet<llvm::Value*, 16> visited_;
};

// Never a signalling NaN.
bool IsQuiet(llvm::Value* value) {
  if (auto* constant = llvm::dyn_cast<llvm::ConstantFP>(value)) {
    return !constant->getValueAPF().isSignaling();
  }
  if (auto* binary = llvm::dyn_cast<llvm::BinaryOperator>(value)) {
    return binary->getType()->isFPOrFPVectorTy();
  }
  if (llvm::isa<llvm::SIToFPInst, llvm::UIToFPInst>(value)) return true;
  auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(value);
  return call != nullptr && (call->getIntrinsicID() == llvm::Intrinsic::canonicalize ||
                             call->getIntrinsicID() == llvm::Intrinsic::sqrt);
}

// What an operation does with floats: '+', '-', '*', '/', or 0 for nothing that matters.
struct Operation {
  char kind = 0;
  const llvm::fltSemantics* floats = nullptr;  // of a v128
};

char KindOf(llvm::StringRef name) {
  if (name == "sub") return '-';
  if (name == "mul") return '*';
  return name == "div" ? '/' : '+';  // minimum and maximum add NaNs
}

Operation OperationOf(const llvm::Instruction& instruction) {
  if (auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction)) {
    const llvm::Function* callee = call->getCalledFunction();
    if (callee == nullptr || !callee->hasFnAttribute(kFloatSemantics)) return {};
    const auto [lanes, name] =
        callee->getFnAttribute(kFloatSemantics).getValueAsString().split('.');
    return {KindOf(name),
            lanes.starts_with("f32") ? &llvm::APFloat::IEEEsingle() : &llvm::APFloat::IEEEdouble()};
  }
  switch (instruction.getOpcode()) {
    case llvm::Instruction::FAdd: return {'+'};
    case llvm::Instruction::FSub: return {'-'};
    case llvm::Instruction::FMul: return {'*'};
    case llvm::Instruction::FDiv: return {'/'};
    default: return {};
  }
}

// Zero plus what is no minus zero is that.
bool IsMagnitude(llvm::Value* value) {
  auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(value);
  return call != nullptr && call->getIntrinsicID() == llvm::Intrinsic::fabs;
}

void MakeQuiet(llvm::Instruction& instruction, llvm::Use& operand,
               const llvm::fltSemantics* floats) {
  llvm::Value* value = operand.get();
  llvm::IRBuilder<> ir(&instruction);
  llvm::Type* type = value->getType();
  if (!type->isFPOrFPVectorTy()) {  // a v128
    const bool is_single = floats == &llvm::APFloat::IEEEsingle();
    llvm::Type* lane = is_single ? ir.getFloatTy() : ir.getDoubleTy();
    value = ir.CreateBitCast(value, llvm::FixedVectorType::get(lane, is_single ? 4 : 2));
  }
  value = ir.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, value);
  operand.set(ir.CreateBitCast(value, type));
}

bool IsExtension(llvm::Value* value) {
  if (llvm::isa<llvm::FPExtInst>(value)) return true;
  if (auto* select = llvm::dyn_cast<llvm::SelectInst>(value)) {
    return llvm::isa<llvm::FPExtInst>(select->getTrueValue()) ||
           llvm::isa<llvm::FPExtInst>(select->getFalseValue());
  }
  auto* phi = llvm::dyn_cast<llvm::PHINode>(value);
  return phi != nullptr && llvm::any_of(phi->incoming_values(), [](llvm::Value* from) {
           return llvm::isa<llvm::FPExtInst>(from);
         });
}

}  // namespace

llvm::PreservedAnalyses QuietIdentities::run(llvm::Module& module, llvm::ModuleAnalysisManager&) {
  struct Site {
    llvm::Instruction* instruction;
    const llvm::fltSemantics* floats;
    unsigned operand;
  };
  std::vector<Site> sites;
  for (llvm::Function& function : module) {
    if (function.hasFnAttribute(kFloatSemantics)) continue;  // its calls are looked at
    for (llvm::Instruction& instruction : llvm::instructions(function)) {
      // What was extended just before would come back as it was.
      if (instruction.getOpcode() == llvm::Instruction::FPTrunc &&
          IsExtension(instruction.getOperand(0))) {
        sites.push_back({&instruction, nullptr, 0});
      }
      const Operation operation = OperationOf(instruction);
      if (operation.kind == 0) continue;
      for (const unsigned operand : {0u, 1u}) {
        llvm::Value* value = instruction.getOperand(operand);
        Numbers dangers = kOne | kMinusOne;
        if (operation.kind == '+') dangers = kMinusZero | (IsMagnitude(value) ? kZero : 0u);
        if (operation.kind == '-') dangers = kMinusZero | (operand == 0 ? kZero : 0u);
        if (operation.kind == '/' && operand == 1) continue;
        if (IsQuiet(value)) continue;
        const Numbers other = Search(operation.floats).Of(instruction.getOperand(1 - operand));
        if ((other & dangers) != 0) sites.push_back({&instruction, operation.floats, operand});
      }
    }
  }
  for (const Site& site : sites) {
    MakeQuiet(*site.instruction, site.instruction->getOperandUse(site.operand), site.floats);
  }
  return sites.empty() ? llvm::PreservedAnalyses::all() : llvm::PreservedAnalyses::none();
}

}  // namespace tenon::jit
