// The operand stack, constructs and branches. core: #exec-instr-control
#include "absl/container/flat_hash_map.h"
#include "jit/lower/function_lowering.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Intrinsics.h"

namespace tenon::jit {
namespace {

// Values that constructs and calls take and give: a branch of two bytes may carry a thousand. They
// are looked at one by one, so a body may not have too many for its length.
constexpr uint64_t kMaxMovesPerByte = 16;
constexpr uint64_t kMovesOfAny = 1'000'000;

}  // namespace

FunctionLowering::FunctionLowering(ModuleLowering& module, vm::FuncIdx func)
    : module_(module),
      func_(func),
      signature_(module.SignatureOf(*module.source().funcs[func.value()].type)),
      builder_(module, module.BodyOf(func), module.BodyOf(func)->getArg(0)) {
  const vm::Module& syntax = *source().module;
  max_moves_ = kMovesOfAny +
               kMaxMovesPerByte * syntax.bodies[func.value() - source().imported_funcs].code.size;
}

llvm::Value* FunctionLowering::Pop() {
  llvm::Value* value = stack_.back();
  stack_.pop_back();
  return value;
}

llvm::Value* FunctionLowering::PopAddress(bool is_64) {
  llvm::Value* value = Pop();
  return is_64 ? value : ir().CreateZExt(value, types().i64);
}

void FunctionLowering::PushAddress(bool is_64, llvm::Value* value) {
  Push(is_64 ? value : ir().CreateTrunc(value, types().i32));
}

void FunctionLowering::PushCondition(llvm::Value* condition) {
  Push(ir().CreateZExt(condition, types().i32));
}

llvm::Value* FunctionLowering::PopCondition() {
  llvm::Value* value = Pop();
  if (auto* extended = llvm::dyn_cast<llvm::ZExtInst>(value);
      extended != nullptr && extended->getSrcTy() == types().i1) {
    return extended->getOperand(0);
  }
  return ir().CreateICmpNE(value, builder_.Int32(0));
}

std::vector<llvm::Value*> FunctionLowering::PopMany(size_t count) {
  std::vector<llvm::Value*> values(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
  stack_.resize(stack_.size() - count);
  return values;
}

FunctionLowering::Values FunctionLowering::Top(size_t count) const {
  return Values(stack_).last(count);
}

void FunctionLowering::OnFunction(const vm::FuncType& type, absl::Span<const vm::ValType> locals) {
  params_ = type.params.size();
  local_types_ = locals;
  locals_.assign(locals.size(), nullptr);
  // Neither a loop without an end nor a call that does nothing is left out.
  body_ = ir().CreateIntrinsic(types().empty, llvm::Intrinsic::sideeffect, {});
  Enter(Control::Kind::kFunction, vm::BlockInfo{{}, type.results});
}

llvm::AllocaInst* FunctionLowering::LocalAt(uint64_t index) {
  llvm::AllocaInst*& local = locals_[index];
  if (local != nullptr) return local;
  llvm::IRBuilder<> begin(body_);
  begin.SetCurrentDebugLocation(llvm::DebugLoc());
  llvm::Type* const type = TypeOf(local_types_[index]);
  local = begin.CreateAlloca(type);
  const bool is_param = index < params_;
  begin.CreateStore(is_param ? builder_.function()->getArg(static_cast<unsigned>(1 + index))
                             : static_cast<llvm::Value*>(llvm::Constant::getNullValue(type)),
                    local);
  return local;
}

FunctionLowering::Control& FunctionLowering::Enter(Control::Kind kind, const vm::BlockInfo& info) {
  moves_ += info.params.size() + info.results.size();
  Control& control = controls_.emplace_back();
  control.kind = kind;
  control.base = stack_.size() - info.params.size();
  control.params = info.params;
  control.results = info.results;
  if (controls_.size() > 1) control.region = controls_[controls_.size() - 2].region;
  return control;
}

void FunctionLowering::MakeLabel(Control* control) {
  if (control->label != nullptr) return;
  control->label = builder_.NewBlock();
  for (const vm::ValType type : control->label_types()) {
    control->phis.push_back(llvm::PHINode::Create(TypeOf(type), 2, "", control->label));
  }
}

// Gives the label the values on top of the stack on its way from the block.
void FunctionLowering::CarryToLabel(const Control& target, llvm::BasicBlock* from) {
  moves_ += target.phis.size() + 1;
  const Values values = Top(target.phis.size());
  for (size_t i = 0; i < values.size(); ++i) target.phis[i]->addIncoming(values[i], from);
}

void FunctionLowering::Jump(Control* target) {
  if (target->kind == Control::Kind::kFunction) {
    moves_ += target->results.size();
    builder_.Return(signature_, Top(target->results.size()));
    return;
  }
  MakeLabel(target);
  CarryToLabel(*target, ir().GetInsertBlock());
  ir().CreateBr(target->label);
}

// A return has a block of its own.
llvm::BasicBlock* FunctionLowering::TargetOf(uint32_t depth) {
  Control& target = LabelAt(depth);
  if (target.kind != Control::Kind::kFunction) {
    MakeLabel(&target);
    CarryToLabel(target, ir().GetInsertBlock());
    return target.label;
  }
  llvm::IRBuilder<>::InsertPointGuard guard(ir());
  llvm::BasicBlock* block = builder_.NewBlock();
  ir().SetInsertPoint(block);
  Jump(&target);
  return block;
}

void FunctionLowering::OnBlock(const vm::Instruction&, const vm::BlockInfo& info) {
  Enter(Control::Kind::kBlock, info);
}

void FunctionLowering::OnLoop(const vm::Instruction&, const vm::BlockInfo& info) {
  Control& control = Enter(Control::Kind::kLoop, info);
  Jump(&control);
  ir().SetInsertPoint(control.label);
  for (size_t i = 0; i < control.phis.size(); ++i) stack_[control.base + i] = control.phis[i];
}

void FunctionLowering::OnIf(const vm::Instruction&, const vm::BlockInfo& info) {
  llvm::Value* condition = PopCondition();
  Control& control = Enter(Control::Kind::kIf, info);
  const Values arguments = Top(info.params.size());
  control.arguments.assign(arguments.begin(), arguments.end());
  control.otherwise = builder_.NewBlock();
  llvm::BasicBlock* then = builder_.NewBlock();
  ir().CreateCondBr(condition, then, control.otherwise);
  ir().SetInsertPoint(then);
}

void FunctionLowering::ResetStack(const Control& control, Values values) {
  stack_.resize(control.base);
  stack_.insert(stack_.end(), values.begin(), values.end());
}

void FunctionLowering::OnElse(const vm::Instruction&, bool falls_through) {
  Control& control = controls_.back();
  if (falls_through) Jump(&control);
  control.kind = Control::Kind::kElse;
  ir().SetInsertPoint(control.otherwise);
  ResetStack(control, control.arguments);
}

void FunctionLowering::OnEnd(const vm::Instruction&, bool falls_through) {
  CloseRegion();
  Control control = std::move(controls_.back());
  controls_.pop_back();
  if (control.kind == Control::Kind::kFunction) {
    if (falls_through) Jump(&control);
    return;
  }
  const bool is_if = control.kind == Control::Kind::kIf;
  const bool is_target = control.kind != Control::Kind::kLoop && control.label != nullptr;
  if (falls_through && !is_if && !is_target) return;
  if (control.kind == Control::Kind::kLoop) {  // nothing comes from above
    control.kind = Control::Kind::kBlock;
    control.label = nullptr;
    control.phis.clear();
  }
  if (falls_through) Jump(&control);
  if (is_if) {  // without `else`: its parameters are its results
    ir().SetInsertPoint(control.otherwise);
    ResetStack(control, control.arguments);
    Jump(&control);
  }
  if (control.label != nullptr) {
    ir().SetInsertPoint(control.label);
    ResetStack(control, std::vector<llvm::Value*>(control.phis.begin(), control.phis.end()));
    return;
  }
  // No path leads here, but code is reported again.
  ir().SetInsertPoint(builder_.NewBlock());
  std::vector<llvm::Value*> values;
  for (const vm::ValType type : control.results) {
    values.push_back(llvm::PoisonValue::get(TypeOf(type)));
  }
  ResetStack(control, values);
}

void FunctionLowering::OnUnreachable(const vm::Instruction& instruction) {
  builder_.Trap(vm::TrapKind::kUnreachable, instruction.offset);
}

void FunctionLowering::OnBr(const vm::Instruction& instruction) {
  Jump(&LabelAt(instruction.index));
}

void FunctionLowering::OnReturn(const vm::Instruction&) { Jump(&controls_.front()); }

void FunctionLowering::BranchIf(llvm::Value* condition, uint32_t depth) {
  llvm::BasicBlock* next = builder_.NewBlock();
  llvm::BasicBlock* target = TargetOf(depth);
  ir().CreateCondBr(condition, target, next);
  ir().SetInsertPoint(next);
}

void FunctionLowering::OnBrIf(const vm::Instruction& instruction) {
  BranchIf(PopCondition(), instruction.index);
}

// All edges to one target come from one block, so that what they carry is written down once.
void FunctionLowering::OnBrTable(const vm::Instruction& instruction) {
  llvm::Value* index = Pop();
  absl::flat_hash_map<uint32_t, llvm::BasicBlock*> stubs;
  const auto stub_of = [&](uint32_t depth) {
    llvm::BasicBlock*& stub = stubs[depth];
    if (stub == nullptr) {
      llvm::IRBuilder<>::InsertPointGuard guard(ir());
      stub = builder_.NewBlock();
      ir().SetInsertPoint(stub);
      Jump(&LabelAt(depth));
    }
    return stub;
  };
  const auto count = static_cast<uint32_t>(instruction.labels.size() - 1);
  llvm::SwitchInst* branch = ir().CreateSwitch(index, stub_of(instruction.labels[count]), count);
  for (uint32_t i = 0; i < count; ++i) {
    if (instruction.labels[i] == instruction.labels[count]) continue;
    branch->addCase(ir().getInt32(i), stub_of(instruction.labels[i]));
  }
}

// A load that nobody uses still traps.
void FunctionLowering::OnDrop(const vm::Instruction&, const vm::Resolved&) {
  llvm::Value* value = Pop();
  if (!value->use_empty()) return;
  if (auto* cast = llvm::dyn_cast<llvm::CastInst>(value); cast != nullptr) {
    value = cast->getOperand(0);
  }
  auto* load = llvm::dyn_cast<llvm::LoadInst>(value);
  if (load != nullptr && load->getMetadata(llvm::LLVMContext::MD_tbaa) != nullptr) {
    load->setVolatile(true);
  }
}

void FunctionLowering::OnSelect(const vm::Instruction&, const vm::Resolved&) {
  llvm::Value* condition = PopCondition();
  llvm::Value* second = Pop();
  llvm::Value* first = Pop();
  Push(ir().CreateSelect(condition, first, second));
}

void FunctionLowering::OnLocalGet(const vm::Instruction& instruction, const vm::Resolved&) {
  llvm::AllocaInst* const local = LocalAt(instruction.index);
  Push(ir().CreateLoad(local->getAllocatedType(), local));
}

void FunctionLowering::OnLocalSet(const vm::Instruction& instruction, const vm::Resolved&) {
  ir().CreateStore(Pop(), LocalAt(instruction.index));
}

void FunctionLowering::OnLocalTee(const vm::Instruction& instruction, const vm::Resolved&) {
  ir().CreateStore(stack_.back(), LocalAt(instruction.index));
}

}  // namespace tenon::jit
