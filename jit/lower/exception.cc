// Exceptions: throwing, and who catches. core: #exec-throw, #exec-throw-ref, #exec-try-table
// A region is what a try_table's clauses, or a legacy try's, watch. Where an exception of it goes
// is one block, its dispatch, which compares tags and hands what no clause takes to the region
// outside. Regions are made as they are entered, dispatches when something may throw there, and
// filled when the region ends. How calls come back with an exception: jit/README.md, "Leaving".
#include "jit/lower/function_lowering.h"
#include "vm/runtime/gc/object.h"

namespace tenon::jit {

size_t FunctionLowering::OpenRegion() {
  regions_.push_back({.outer = region()});
  return regions_.size() - 1;
}

// Ends the block: the exception goes to who watches there.
void FunctionLowering::ThrowTo(size_t region, llvm::Value* exception) {
  if (region == kNoRegion) {
    builder_.CallBuiltin(Builtin::kThrow, {exception});
    ir().CreateUnreachable();
    return;
  }
  Region& watching = regions_[region];
  if (watching.dispatch == nullptr) {
    watching.dispatch = builder_.NewBlock();
    watching.exception = llvm::PHINode::Create(types().i32, 2, "", watching.dispatch);
  }
  watching.exception->addIncoming(exception, ir().GetInsertBlock());
  ir().CreateBr(watching.dispatch);
}

llvm::Value* FunctionLowering::TagOf(llvm::Value* exception) {
  return builder_.LoadConstant(ObjectAddress(exception), vm::kExceptionTag, types().ptr);
}

llvm::Value* FunctionLowering::IsTag(llvm::Value* found, uint32_t tag) {
  return ir().CreateICmpEQ(found, builder_.ContextElement(Field::kContext_tags, tag, types().ptr));
}

void FunctionLowering::PushValuesOf(llvm::Value* exception, uint32_t tag) {
  const vm::ResolvedFunc& carried = source().tags[tag];
  const vm::Layout& layout = module_.LayoutOf(carried.type_id);
  llvm::Value* object = ObjectAddress(exception);
  moves_ += layout.fields.size();
  for (size_t i = 0; i < layout.fields.size(); ++i) {
    Push(LoadField(object, layout.fields[i], TypeOf(carried.type->params[i])));
  }
}

void FunctionLowering::OnTryTable(const vm::Instruction& instruction, const vm::BlockInfo& info) {
  const size_t own = instruction.catches.empty() ? kNoRegion : OpenRegion();
  Control& control = Enter(Control::Kind::kBlock, info);
  if (own == kNoRegion) return;
  control.region = control.own_region = own;
  control.catches.assign(instruction.catches.begin(), instruction.catches.end());
}

// What a clause gives goes to its label, which is counted outside the construct.
void FunctionLowering::TakeClause(const vm::CatchClause& clause, llvm::Value* exception) {
  const size_t height = stack_.size();
  if (!clause.catches_all()) PushValuesOf(exception, clause.tag);
  if (clause.has_ref()) Push(exception);
  Jump(&LabelAt(clause.label + 1));
  stack_.resize(height);
}

void FunctionLowering::FillDispatch(const Control& control, size_t outer) {
  const Region& region = regions_[control.own_region];
  if (region.dispatch == nullptr) return;
  llvm::IRBuilder<>::InsertPointGuard guard(ir());
  ir().SetInsertPoint(region.dispatch);
  llvm::Value* exception = region.exception;
  llvm::Value* tag = nullptr;
  for (const vm::CatchClause& clause : control.catches) {
    if (clause.catches_all()) return TakeClause(clause, exception);
    if (tag == nullptr) tag = TagOf(exception);
    llvm::BasicBlock* matches = builder_.NewBlock();
    llvm::BasicBlock* next = builder_.NewBlock();
    ir().CreateCondBr(IsTag(tag, clause.tag), matches, next);
    ir().SetInsertPoint(matches);
    TakeClause(clause, exception);
    ir().SetInsertPoint(next);
  }
  ThrowTo(outer, exception);
}

void FunctionLowering::OnThrow(const vm::Instruction& instruction, const vm::Resolved& resolved) {
  moves_ += resolved.func_type->params.size();
  const std::vector<llvm::Value*> values = PopMany(resolved.func_type->params.size());
  uint32_t count = 0;
  for (const llvm::Value* value : values) count += SlotCount(value->getType());
  llvm::Value* slots = builder_.AllocateSlots(count);
  builder_.WriteSlots(slots, values);
  ThrowTo(region(),
          builder_.CallBuiltin(Builtin::kNewException, {builder_.Int32(instruction.index), slots}));
}

void FunctionLowering::OnThrowRef(const vm::Instruction& instruction) {
  llvm::Value* exception = Pop();
  builder_.TrapIf(ir().CreateIsNull(exception), vm::TrapKind::kNullExceptionReference,
                  instruction.offset);
  ThrowTo(region(), exception);
}

bool FunctionLowering::MayThrow(const vm::Instruction& call) const {
  if (call.op != vm::Opcode::Call) return true;
  const std::optional<FuncOfProgram> callee = module_.DefinitionOf(vm::FuncIdx(call.index));
  return !callee || module_.FactsOf(*callee).may_throw;
}

// A call that comes back here when the callee throws. `func` null: the module's function.
std::vector<llvm::Value*> FunctionLowering::CallInRegion(const vm::Instruction& instruction,
                                                         const Signature& signature,
                                                         llvm::Value* func, Values arguments) {
  llvm::Value* slots = builder_.AllocateSlots(signature.slots());
  builder_.WriteSlots(slots, arguments);
  llvm::Value* entry =
      func != nullptr ? module_.ObjectEntryOf(signature) : module_.EntryOf(signature);
  llvm::Value* code =
      func != nullptr ? func : module_.FunctionOf(module_.OwnFunc(vm::FuncIdx(instruction.index)));
  llvm::Value* threw =
      builder_.CallBuiltin(Builtin::kTry, {builder_.context(), slots, entry, code});
  llvm::BasicBlock* left = builder_.Expect(ir().CreateICmpEQ(threw, builder_.Int32(0)));
  {
    llvm::IRBuilder<>::InsertPointGuard guard(ir());
    ir().SetInsertPoint(left);
    ThrowTo(region(), builder_.CallBuiltin(Builtin::kTakeException, {}));
  }
  return builder_.ReadSlots(slots, signature.results);
}

// Legacy exceptions. The first clause begins in the dispatch; what a clause does not take goes on
// to the next, and behind the last outside.

void FunctionLowering::OnTry(const vm::Instruction&, const vm::BlockInfo& info) {
  const size_t own = OpenRegion();
  Control& control = Enter(Control::Kind::kTry, info);
  control.region = control.own_region = own;
}

void FunctionLowering::OnCatch(const vm::Instruction& instruction, const vm::Resolved& resolved,
                               bool falls_through) {
  Control& control = controls_.back();
  const Region region = regions_[control.own_region];
  if (falls_through) Jump(&control);
  if (control.kind == Control::Kind::kTry) {
    control.kind = Control::Kind::kCatch;
    control.region = region.outer;
    control.exception = builder_.Int32(vm::kNullRef);  // nothing throws, but code is reported
    control.unmatched = region.dispatch != nullptr ? region.dispatch : builder_.NewBlock();
    if (region.dispatch != nullptr) control.exception = region.exception;
  }
  ir().SetInsertPoint(control.unmatched);
  control.unmatched = nullptr;
  ResetStack(control, {});
  if (resolved.func_type == nullptr) return;
  llvm::BasicBlock* matches = builder_.NewBlock();
  control.unmatched = builder_.NewBlock();
  ir().CreateCondBr(IsTag(TagOf(control.exception), instruction.index), matches, control.unmatched);
  ir().SetInsertPoint(matches);
  PushValuesOf(control.exception, instruction.index);
}

void FunctionLowering::OnDelegate(const vm::Instruction& instruction, bool falls_through) {
  FillDispatch(controls_.back(), LabelAt(instruction.index + 1).region);
  controls_.back().own_region = kNoRegion;
  OnEnd(instruction, falls_through);
}

void FunctionLowering::OnRethrow(const vm::Instruction& instruction) {
  ThrowTo(region(), LabelAt(instruction.index).exception);
}

// At a construct's end.
void FunctionLowering::CloseRegion() {
  Control& control = controls_.back();
  if (control.own_region == kNoRegion) return;
  const size_t outer = regions_[control.own_region].outer;
  if (control.kind != Control::Kind::kCatch) return FillDispatch(control, outer);
  if (control.unmatched == nullptr) return;
  llvm::IRBuilder<>::InsertPointGuard guard(ir());
  ir().SetInsertPoint(control.unmatched);
  ThrowTo(outer, control.exception);
}

}  // namespace tenon::jit
