#include "jit/lower/code_builder.h"

#include <algorithm>
#include <bit>

#include "jit/lower/module_lowering.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/MDBuilder.h"

namespace tenon::jit {
namespace {

const llvm::Align kSlotAlign(8);

struct BuiltinRow {
  absl::string_view result;  // one letter
  absl::string_view parameters;
};

constexpr BuiltinRow kBuiltinRows[] = {
    {"i", "pppp"},  // Builtin::kTry
#define BUILTIN(name, result, parameters) {#result, parameters},
#include "vm/runtime/builtins.def"
};

llvm::Type* TypeOfLetter(char letter, const Types& types) {
  switch (letter) {
    case 'i':
    case 'r': return types.i32;
    case 'l': return types.i64;
    case 'p': return types.ptr;
    default: return types.empty;
  }
}

}  // namespace

CodeBuilder::CodeBuilder(ModuleLowering& module, llvm::Function* function, llvm::Value* context)
    : module_(module),
      function_(function),
      context_(context),
      entry_(llvm::BasicBlock::Create(function->getContext(), "", function)),
      ir_(entry_) {}

const Types& CodeBuilder::types() const { return module_.types(); }

llvm::BasicBlock* CodeBuilder::NewBlock() {
  return llvm::BasicBlock::Create(function_->getContext(), "", function_);
}

llvm::Value* CodeBuilder::At(llvm::Value* base, uint64_t offset) {
  return offset == 0 ? base : ir_.CreateGEP(types().i8, base, Int64(offset));
}

llvm::Value* CodeBuilder::LoadConstant(llvm::Value* base, uint64_t offset, llvm::Type* type) {
  llvm::LoadInst* load = ir_.CreateLoad(type, At(base, offset));
  load->setMetadata(llvm::LLVMContext::MD_invariant_load,
                    llvm::MDNode::get(function_->getContext(), {}));
  return load;
}

llvm::Value* CodeBuilder::ContextElement(Field array, uint32_t index, llvm::Type* type) {
  const uint64_t size = type->isPointerTy() ? 8 : 4;
  return LoadConstant(LoadConstant(context_, array, types().ptr), index * size, type);
}

llvm::Value* CodeBuilder::CallBuiltin(Builtin builtin, absl::Span<llvm::Value* const> arguments) {
  const BuiltinRow& row = kBuiltinRows[static_cast<int>(builtin)];
  std::vector<llvm::Type*> params = {types().ptr, types().ptr};
  for (const char letter : row.parameters) params.push_back(TypeOfLetter(letter, types()));
  auto* type = llvm::FunctionType::get(TypeOfLetter(row.result[0], types()), params, false);

  llvm::Value* run = LoadConstant(context_, Field::kContext_run, types().ptr);
  llvm::Value* table = LoadConstant(run, Field::kRun_builtins, types().ptr);
  llvm::Value* callee = LoadConstant(table, static_cast<uint64_t>(builtin) * 8, types().ptr);
  std::vector<llvm::Value*> all = {context_, context_};
  all.insert(all.end(), arguments.begin(), arguments.end());
  llvm::CallInst* call = ir_.CreateCall(type, callee, all);
  call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  call->setTailCallKind(llvm::CallInst::TCK_NoTail);
  call->setDoesNotThrow();
  call->addFnAttr(llvm::Attribute::NoMerge);
  if (row.result[0] == 'n') {
    call->setDoesNotReturn();
    call->addFnAttr(llvm::Attribute::Cold);
  }
  return call;
}

llvm::BasicBlock* CodeBuilder::Expect(llvm::Value* condition) {
  llvm::BasicBlock* likely = NewBlock();
  llvm::BasicBlock* unlikely = NewBlock();
  llvm::MDBuilder metadata(function_->getContext());
  ir_.CreateCondBr(condition, likely, unlikely, metadata.createLikelyBranchWeights());
  ir_.SetInsertPoint(likely);
  return unlikely;
}

void CodeBuilder::TrapIf(llvm::Value* condition, vm::TrapKind kind, uint32_t offset) {
  if (auto* constant = llvm::dyn_cast<llvm::ConstantInt>(condition); constant != nullptr) {
    if (constant->isZero()) return;
  }
  llvm::BasicBlock* trap = Expect(ir_.CreateNot(condition));
  llvm::IRBuilder<>::InsertPointGuard guard(ir_);
  ir_.SetInsertPoint(trap);
  Trap(kind, offset);
}

void CodeBuilder::Trap(vm::TrapKind kind, uint32_t offset) {
  Trap(Int32(static_cast<uint32_t>(kind)), offset);
}

void CodeBuilder::Trap(llvm::Value* kind, uint32_t offset) {
  llvm::CallInst* call = ir_.CreateCall(module_.trap(), {context_, kind, Int32(offset)});
  call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  call->setDoesNotReturn();
  call->addFnAttr(llvm::Attribute::NoMerge);
  ir_.CreateUnreachable();
}

llvm::Value* CodeBuilder::ReadSlot(llvm::Value* slots, uint32_t index, llvm::Type* type) {
  return ir_.CreateAlignedLoad(type, At(slots, uint64_t{index} * 8), kSlotAlign);
}

void CodeBuilder::WriteSlot(llvm::Value* slots, uint32_t index, llvm::Value* value) {
  if (value->getType()->isFloatTy()) value = ir_.CreateBitCast(value, types().i32);
  if (value->getType()->isIntegerTy(32)) value = ir_.CreateZExt(value, types().i64);
  ir_.CreateAlignedStore(value, At(slots, uint64_t{index} * 8), kSlotAlign);
}

void CodeBuilder::WriteSlots(llvm::Value* slots, absl::Span<llvm::Value* const> values) {
  uint32_t index = 0;
  for (llvm::Value* value : values) {
    WriteSlot(slots, index, value);
    index += SlotCount(value->getType());
  }
}

std::vector<llvm::Value*> CodeBuilder::ReadSlots(llvm::Value* slots,
                                                 const std::vector<llvm::Type*>& types) {
  std::vector<llvm::Value*> values;
  uint32_t index = 0;
  for (llvm::Type* type : types) {
    values.push_back(ReadSlot(slots, index, type));
    index += SlotCount(type);
  }
  return values;
}

llvm::Value* CodeBuilder::AllocateSlots(uint32_t count) {
  const uint32_t rounded = std::bit_ceil(std::max<uint32_t>(count, 1));
  llvm::Value*& known = slots_[static_cast<size_t>(std::countr_zero(rounded))];
  if (known != nullptr) return known;
  llvm::IRBuilder<> at_start(entry_, entry_->begin());
  llvm::AllocaInst* slots = at_start.CreateAlloca(llvm::ArrayType::get(types().i64, rounded));
  slots->setAlignment(llvm::Align(16));
  return known = slots;
}

std::vector<llvm::Value*> CodeBuilder::Call(const Signature& signature, llvm::Value* callee,
                                            llvm::Value* context,
                                            absl::Span<llvm::Value* const> arguments) {
  std::vector<llvm::Value*> all = {context};
  all.insert(all.end(), arguments.begin(), arguments.end());
  llvm::Value* memory = nullptr;
  if (signature.results_in_memory) {
    all.push_back(memory = AllocateSlots(SlotCount(signature.results)));
  }
  llvm::CallInst* call = ir_.CreateCall(signature.type, callee, all);
  call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  return FinishCall(signature, call, memory);
}

std::vector<llvm::Value*> CodeBuilder::CallObject(const Signature& signature, llvm::Value* func,
                                                  absl::Span<llvm::Value* const> arguments) {
  llvm::Value* code = LoadConstant(func, Field::kFunc_call, types().ptr);
  llvm::Value* their_context = LoadConstant(func, Field::kFunc_context, types().ptr);
  llvm::Value* has_code = ir_.CreateIsNotNull(code);
  llvm::Value* callee = ir_.CreateSelect(has_code, code, module_.GateOf(signature));
  std::vector<llvm::Value*> all = {func, ir_.CreateSelect(has_code, their_context, context_)};
  all.insert(all.end(), arguments.begin(), arguments.end());
  llvm::Value* memory = nullptr;
  if (signature.results_in_memory) {
    all.push_back(memory = AllocateSlots(SlotCount(signature.results)));
  }
  llvm::CallInst* call = ir_.CreateCall(signature.through_object, callee, all);
  call->addParamAttr(0, llvm::Attribute::Nest);
  call->addParamAttr(1, llvm::Attribute::SwiftSelf);
  return FinishCall(signature, call, memory);
}

std::vector<llvm::Value*> CodeBuilder::FinishCall(const Signature& signature, llvm::CallInst* call,
                                                  llvm::Value* memory) {
  call->setTailCallKind(llvm::CallInst::TCK_NoTail);
  call->setDoesNotThrow();
  call->addFnAttr(llvm::Attribute::NoMerge);
  if (memory != nullptr) return ReadSlots(memory, signature.results);
  if (signature.results.empty()) return {};
  if (signature.results.size() == 1) return {call};
  std::vector<llvm::Value*> results;
  for (unsigned i = 0; i < signature.results.size(); ++i) {
    results.push_back(ir_.CreateExtractValue(call, i));
  }
  return results;
}

bool CodeBuilder::is_for_tail_calls() const {
  return function_->getCallingConv() == llvm::CallingConv::Tail;
}

llvm::Value* CodeBuilder::results_memory() const {
  return function_->getArg(static_cast<unsigned>(function_->arg_size() - 1));
}

// Never `musttail`: LLVM 22 gets arguments on the stack wrong. With this convention `tail` is as
// good.
void CodeBuilder::FinishTailCall(llvm::CallInst* call) {
  call->setCallingConv(llvm::CallingConv::Tail);
  call->setTailCallKind(llvm::CallInst::TCK_Tail);
  call->setDoesNotThrow();
  if (call->getType()->isVoidTy()) {
    ir_.CreateRetVoid();
  } else {
    ir_.CreateRet(call);
  }
}

void CodeBuilder::TailCall(const Signature& signature, llvm::Value* callee, llvm::Value* context,
                           absl::Span<llvm::Value* const> arguments) {
  std::vector<llvm::Value*> all = {context};
  all.insert(all.end(), arguments.begin(), arguments.end());
  if (signature.results_in_memory) all.push_back(results_memory());
  FinishTailCall(ir_.CreateCall(signature.type, callee, all));
}

void CodeBuilder::TailCallObject(const Signature& signature, llvm::Value* func,
                                 absl::Span<llvm::Value* const> arguments) {
  llvm::Value* code = LoadConstant(func, Field::kFunc_tail, types().ptr);
  llvm::Value* their_context = LoadConstant(func, Field::kFunc_context, types().ptr);
  llvm::Value* has_code = ir_.CreateIsNotNull(code);
  llvm::Value* callee = ir_.CreateSelect(has_code, code, module_.TailGateOf(signature));
  std::vector<llvm::Value*> all = {func, ir_.CreateSelect(has_code, their_context, context_)};
  all.insert(all.end(), arguments.begin(), arguments.end());
  if (signature.results_in_memory) all.push_back(results_memory());
  llvm::CallInst* call = ir_.CreateCall(signature.through_object, callee, all);
  call->addParamAttr(0, llvm::Attribute::Nest);
  FinishTailCall(call);
}

std::vector<llvm::Value*> CodeBuilder::CallTail(const Signature& signature, llvm::Value* callee,
                                                llvm::Value* context,
                                                absl::Span<llvm::Value* const> arguments) {
  std::vector<llvm::Value*> all = {context};
  all.insert(all.end(), arguments.begin(), arguments.end());
  llvm::Value* memory = nullptr;
  if (signature.results_in_memory) {
    all.push_back(memory = AllocateSlots(SlotCount(signature.results)));
  }
  llvm::CallInst* call = ir_.CreateCall(signature.type, callee, all);
  call->setCallingConv(llvm::CallingConv::Tail);
  return FinishCall(signature, call, memory);
}

void CodeBuilder::ReturnFromRuntime(const Signature& signature, llvm::Value* slots) {
  const auto load = [&](llvm::Value* run, Field field) {
    return ir_.CreateLoad(types().ptr, At(run, static_cast<uint64_t>(field)));
  };
  llvm::Value* run = LoadConstant(context_, Field::kContext_run, types().ptr);
  llvm::Value* entry = load(run, Field::kRun_tail_entry);
  llvm::BasicBlock* more = Expect(ir_.CreateIsNull(entry));
  Return(signature, ReadSlots(slots, signature.results));

  ir_.SetInsertPoint(more);
  std::vector<llvm::Value*> all = {load(run, Field::kRun_tail_context),
                                   load(run, Field::kRun_tail_slots),
                                   load(run, Field::kRun_tail_code)};
  if (signature.results_in_memory) all.push_back(results_memory());
  llvm::CallInst* call = ir_.CreateCall(signature.tail_entry, entry, all);
  FinishTailCall(call);
  if (!is_for_tail_calls()) call->setTailCallKind(llvm::CallInst::TCK_NoTail);
}

void CodeBuilder::Return(const Signature& signature, absl::Span<llvm::Value* const> results) {
  if (signature.results_in_memory) {
    WriteSlots(results_memory(), results);
    ir_.CreateRetVoid();
  } else if (results.empty()) {
    ir_.CreateRetVoid();
  } else if (results.size() == 1) {
    ir_.CreateRet(results[0]);
  } else {
    llvm::Value* all = llvm::PoisonValue::get(signature.result);
    for (unsigned i = 0; i < results.size(); ++i) all = ir_.CreateInsertValue(all, results[i], i);
    ir_.CreateRet(all);
  }
}

}  // namespace tenon::jit
