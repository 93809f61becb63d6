// Calls from one component instance to another: jit/README.md, "Adapters". abi: "canon lift",
// "canon lower", "Flat Lifting"
#include <tenon/layout.h>  // kMaxFlatParams, kMaxFlatResults

#include "absl/strings/str_cat.h"
#include "jit/image/header.h"
#include "jit/lower/code_builder.h"
#include "jit/lower/module_lowering.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "vm/runtime/context.h"

namespace tenon::jit {
namespace {

class AdapterBuilder {
 public:
  AdapterBuilder(ModuleLowering& module, const AdapterPlan& plan, const Signature& signature,
                 const Signature& callee, llvm::Function* function)
      : module_(module),
        plan_(plan),
        signature_(signature),
        callee_(callee),
        function_(function),
        builder_(module, function, function->getArg(0)) {
    auto* frame = llvm::ArrayType::get(types().ptr, sizeof(vm::AdapterFrame) / sizeof(void*));
    frame_ = ir().CreateAlloca(frame);
    refused_ = builder_.NewBlock();
    for (uint32_t i = 0; i < plan.entered; ++i) {
      flags_.push_back(builder_.LoadConstant(
          function->getArg(0), static_cast<uint64_t>(Field::kAdapter_may_enter) + i * sizeof(void*),
          types().ptr));
    }
  }

  void Build() {
    given_ = Arguments();
    CheckFlag(Load(Field::kAdapter_may_leave));
    for (llvm::Value* flag : flags_) CheckFlag(flag);
    std::vector<llvm::Value*> arguments;
    if (plan_.params_by_code) arguments = Convert(plan_.params, given_, refused_);

    SetFlags(false);
    PushFrame();
    if (!plan_.params_by_code) arguments = PassArguments();
    llvm::Value* callee = Load(Field::kAdapter_callee);
    llvm::Value* context = builder_.LoadConstant(callee, Field::kFunc_context, types().ptr);
    const std::vector<llvm::Value*> found =
        builder_.Call(callee_, module_.FunctionOf(plan_.callee), context, arguments);
    // What is closed meanwhile must be so in memory, whatever becomes of the call.
    llvm::cast<llvm::CallInst>(ir().GetInsertBlock()->back()).setIsNoInline();
    llvm::BasicBlock* bad = builder_.NewBlock();
    Leave(plan_.results_by_code ? Convert(plan_.results, found, bad) : PassResults(found));

    ir().SetInsertPoint(bad);
    Leave(PassResults(found));  // the runtime says what is wrong
    Refuse();
  }

 private:
  llvm::IRBuilder<>& ir() { return builder_.ir(); }
  const Types& types() const { return builder_.types(); }

  llvm::Value* Load(Field field) {
    return builder_.LoadConstant(builder_.context(), field, types().ptr);
  }
  std::vector<llvm::Value*> Arguments() const {
    std::vector<llvm::Value*> arguments;
    for (unsigned i = 0; i < signature_.params.size(); ++i) {
      arguments.push_back(function_->getArg(1 + i));
    }
    return arguments;
  }

  // Goes on where the condition holds.
  void Require(llvm::Value* condition, llvm::BasicBlock* otherwise) {
    llvm::BasicBlock* unlikely = builder_.Expect(condition);
    llvm::IRBuilder<>::InsertPointGuard guard(ir());
    ir().SetInsertPoint(unlikely);
    ir().CreateBr(otherwise);
  }
  void CheckFlag(llvm::Value* flag) {
    Require(ir().CreateIsNotNull(ir().CreateLoad(types().i8, flag)), refused_);
  }
  // Volatile, as what follows: others see it when the callee is left anywhere.
  void SetFlags(bool to) {
    for (llvm::Value* flag : flags_) ir().CreateStore(ir().getInt8(to ? 1 : 0), flag, true);
  }

  llvm::Value* Frames() {
    llvm::Value* run = Load(Field::kContext_run);
    return builder_.At(run, static_cast<uint64_t>(Field::kRun_adapters));
  }
  void PushFrame() {
    llvm::Value* frames = Frames();
    outer_ = ir().CreateLoad(types().ptr, frames);
    ir().CreateStore(outer_, builder_.At(frame_, offsetof(vm::AdapterFrame, outer)), true);
    ir().CreateStore(builder_.context(), builder_.At(frame_, offsetof(vm::AdapterFrame, adapter)),
                     true);
    ir().CreateStore(frame_, frames, true);
  }
  void Leave(const std::vector<llvm::Value*>& results) {
    ir().CreateStore(outer_, Frames(), true);
    SetFlags(true);
    builder_.Return(signature_, results);
  }

  std::vector<llvm::Value*> Convert(const std::vector<FlatValue>& kinds,
                                    absl::Span<llvm::Value* const> values,
                                    llvm::BasicBlock* otherwise) {
    std::vector<llvm::Value*> converted;
    for (const FlatValue& kind : kinds) {
      const auto rest = values.subspan(converted.size());
      if (kind.kind == FlatValue::Kind::kVariant) {
        ConvertCases(kind.cases, rest, otherwise, &converted);
      } else {
        converted.push_back(ConvertOne(kind, rest[0], otherwise));
      }
    }
    return converted;
  }

  // abi: lift_flat_variant, then lower_flat_variant. What the case has not is zero.
  void ConvertCases(const std::vector<std::vector<FlatValue>>& cases,
                    absl::Span<llvm::Value* const> values, llvm::BasicBlock* otherwise,
                    std::vector<llvm::Value*>* converted) {
    size_t width = 0;
    for (const std::vector<FlatValue>& kinds : cases) width = std::max(width, kinds.size());
    const auto joined = values.subspan(1, width);
    converted->push_back(ConvertOne(
        {FlatValue::Kind::kBelow, static_cast<uint32_t>(cases.size()), {}}, values[0], otherwise));
    llvm::BasicBlock* const start = ir().GetInsertBlock();
    llvm::BasicBlock* const end = builder_.NewBlock();
    ir().SetInsertPoint(end);
    std::vector<llvm::PHINode*> phis;
    for (llvm::Value* value : joined) phis.push_back(ir().CreatePHI(value->getType(), 0));

    llvm::SwitchInst* choice = nullptr;
    for (uint32_t i = 0; i < cases.size(); ++i) {
      llvm::BasicBlock* const block = builder_.NewBlock();
      ir().SetInsertPoint(start);
      if (choice == nullptr) choice = ir().CreateSwitch(values[0], block);
      choice->addCase(ir().getInt32(i), block);
      ir().SetInsertPoint(block);
      for (size_t j = 0; j < width; ++j) {
        llvm::Value* const value = j < cases[i].size()
                                       ? ConvertJoined(cases[i][j], joined[j], otherwise)
                                       : llvm::Constant::getNullValue(joined[j]->getType());
        phis[j]->addIncoming(value, ir().GetInsertBlock());
      }
      ir().CreateBr(end);
    }
    ir().SetInsertPoint(end);
    converted->insert(converted->end(), phis.begin(), phis.end());
  }

  // A narrow value in a wide place is its lower half.
  llvm::Value* ConvertJoined(const FlatValue& kind, llvm::Value* value,
                             llvm::BasicBlock* otherwise) {
    if (value->getType() != types().i64 || kind.kind == FlatValue::Kind::kSame64) {
      return ConvertOne(kind, value, otherwise);
    }
    return ir().CreateZExt(ConvertOne(kind, ir().CreateTrunc(value, types().i32), otherwise),
                           types().i64);
  }

  llvm::Value* ConvertOne(const FlatValue& kind, llvm::Value* value, llvm::BasicBlock* otherwise) {
    constexpr uint32_t kSurrogates = 0xd800, kSurrogateCount = 0x800, kCharCount = 0x110000;
    const auto below = [&](llvm::Value* number, uint32_t limit) {
      return ir().CreateICmpULT(number, builder_.Int32(limit));
    };
    switch (kind.kind) {
      case FlatValue::Kind::kSame:
      case FlatValue::Kind::kSame64: return value;
      case FlatValue::Kind::kS8:
        return ir().CreateSExt(ir().CreateTrunc(value, types().i8), types().i32);
      case FlatValue::Kind::kS16:
        return ir().CreateSExt(ir().CreateTrunc(value, types().i16), types().i32);
      case FlatValue::Kind::kMasked: return ir().CreateAnd(value, builder_.Int32(kind.limit));
      case FlatValue::Kind::kBool: return ir().CreateZExt(ir().CreateIsNotNull(value), types().i32);
      case FlatValue::Kind::kChar:
        Require(below(value, kCharCount), otherwise);
        Require(ir().CreateNot(
                    below(ir().CreateSub(value, builder_.Int32(kSurrogates)), kSurrogateCount)),
                otherwise);
        return value;
      case FlatValue::Kind::kBelow: Require(below(value, kind.limit), otherwise); return value;
      case FlatValue::Kind::kVariant: break;  // more than one
    }
    return value;
  }

  // The arrays of slots are not to be one.
  llvm::Value* WriteGiven() {
    llvm::Value* slots = builder_.AllocateSlots(2 * abi::kMaxFlatParams);
    builder_.WriteSlots(slots, given_);
    return slots;
  }
  std::vector<llvm::Value*> PassArguments() {
    llvm::Value* slots = builder_.AllocateSlots(abi::kMaxFlatParams);
    builder_.CallBuiltin(Builtin::kPassArguments, {WriteGiven(), slots});
    return builder_.ReadSlots(slots, callee_.params);
  }
  std::vector<llvm::Value*> PassResults(const std::vector<llvm::Value*>& found) {
    llvm::Value* slots = builder_.AllocateSlots(abi::kMaxFlatResults);
    builder_.WriteSlots(slots, found);
    llvm::Value* results = WriteGiven();
    builder_.CallBuiltin(Builtin::kPassResults, {slots, results});
    return builder_.ReadSlots(results, signature_.results);
  }

  // Nothing has been done so far: the host's function says what is wrong.
  void Refuse() {
    ir().SetInsertPoint(refused_);
    llvm::Value* slots = WriteGiven();
    builder_.CallBuiltin(Builtin::kCallFunc, {Load(Field::kAdapter_self), slots});
    builder_.Return(signature_, builder_.ReadSlots(slots, signature_.results));
  }

  ModuleLowering& module_;
  const AdapterPlan& plan_;
  const Signature& signature_;  // the adapter's
  const Signature& callee_;
  llvm::Function* const function_;
  CodeBuilder builder_;
  std::vector<llvm::Value*> given_;  // arguments
  llvm::Value* frame_;               // vm::AdapterFrame
  llvm::Value* outer_ = nullptr;     // its `outer`
  llvm::BasicBlock* refused_;        // the call is not as it should be
  std::vector<llvm::Value*> flags_;  // of the instances that are entered
};

}  // namespace

llvm::Function* ModuleLowering::AdapterOf(AdapterOfProgram adapter) {
  llvm::Function*& function = adapters_[adapter.index];
  if (function != nullptr) return function;
  const AdapterPlan& plan = program_.wiring->adapters[adapter.index];
  const Signature& signature = SignatureOf(TypeOf(plan));
  function = Declare(signature.type, absl::StrCat("adapter.", adapter.index),
                     llvm::GlobalValue::LinkOnceODRLinkage);
  MarkContext(function->getArg(0), /*is_swiftself=*/true);
  AdapterBuilder(*this, plan, signature, SignatureOf(TypeOf(plan.callee)), function).Build();
  return function;
}

// By trampoline. Offsets are addresses, since the image is linked at zero.
void ModuleLowering::WriteAdapters() {
  std::vector<llvm::Constant*> offsets;
  for (const std::optional<AdapterOfProgram>& adapter : program_.wiring->trampolines) {
    offsets.push_back(adapter ? OffsetInImage(AdapterOf(*adapter))
                              : llvm::ConstantInt::get(types_.i32, 0));
  }
  auto* type = llvm::ArrayType::get(types_.i32, offsets.size());
  Define(ir_, kAdapterTable, kHeaderSection, llvm::ConstantArray::get(type, offsets));
}

}  // namespace tenon::jit
