// Calls. core: #exec-call, #exec-call-indirect, #exec-call-ref, #exec-return-call
#include "jit/lower/function_lowering.h"

namespace tenon::jit {

using vm::Opcode;

void FunctionLowering::OnCall(const vm::Instruction& instruction, const vm::Resolved& resolved) {
  const vm::FuncType& type = *resolved.func_type;
  moves_ += type.params.size() + type.results.size();
  const Signature& signature = module_.SignatureOf(type);
  const Callee callee = CalleeOf(instruction);
  const std::vector<llvm::Value*> arguments = PopMany(type.params.size());
  if (IsTailCall(instruction.op)) return TailCall(signature, callee, arguments);
  const bool is_watched = region() != kNoRegion && MayThrow(instruction);
  const std::vector<llvm::Value*> results =
      is_watched               ? CallInRegion(instruction, signature, callee.object, arguments)
      : callee.code != nullptr ? builder_.Call(signature, callee.code, ContextOf(callee), arguments)
                               : builder_.CallObject(signature, callee.object, arguments);
  stack_.insert(stack_.end(), results.begin(), results.end());
}

// What is called, once that is known to be possible. Pops what designates it.
FunctionLowering::Callee FunctionLowering::CalleeOf(const vm::Instruction& instruction) {
  switch (instruction.op) {
    case Opcode::CallIndirect:
    case Opcode::ReturnCallIndirect:
      return {.object = CheckedElement(instruction, PopAddress(IsTable64(instruction.index2)))};
    case Opcode::CallRef:
    case Opcode::ReturnCallRef: {
      llvm::Value* reference = Pop();
      builder_.TrapIf(ir().CreateIsNull(reference), vm::TrapKind::kNullFunctionReference,
                      instruction.offset);
      return {.object = reference};
    }
    default: break;
  }
  const vm::FuncIdx func(instruction.index);
  const std::optional<FuncOfProgram> known = module_.DefinitionOf(func);
  if (instruction.index >= source().imported_funcs) {
    return {.code = module_.FunctionOf(*known), .known = known};
  }
  llvm::Value* object =
      builder_.ContextElement(Field::kContext_imported_funcs, instruction.index, types().ptr);
  return {object, module_.CodeOf(func), known};
}

// Of one whose code is known: this one's, or the instance's that fills the import.
llvm::Value* FunctionLowering::ContextOf(const Callee& callee) {
  if (callee.object == nullptr) return builder_.context();
  return builder_.LoadConstant(callee.object, Field::kFunc_context, types().ptr);
}

// A known function that makes no tail calls is called: the stack does not grow by more than this
// frame.
void FunctionLowering::TailCall(const Signature& signature, const Callee& callee,
                                Values arguments) {
  if (!callee.known) return builder_.TailCallObject(signature, callee.object, arguments);
  llvm::Value* const context = ContextOf(callee);
  if (llvm::Function* tail = module_.TailOf(*callee.known)) {
    return builder_.TailCall(signature, tail, context, arguments);
  }
  builder_.Return(signature_,
                  builder_.Call(signature, module_.FunctionOf(*callee.known), context, arguments));
}

// The function object at an index of call_indirect's table, once it is known to be callable.
llvm::Value* FunctionLowering::CheckedElement(const vm::Instruction& instruction,
                                              llvm::Value* index) {
  const uint32_t table = instruction.index2;
  builder_.TrapIf(ir().CreateICmpUGE(index, TableSize(table)), vm::TrapKind::kUndefinedElement,
                  instruction.offset);
  llvm::Value* func = LoadElement(table, index, types().ptr);

  llvm::BasicBlock* uninitialized = builder_.Expect(ir().CreateIsNotNull(func));
  {
    llvm::IRBuilder<>::InsertPointGuard guard(ir());
    ir().SetInsertPoint(uninitialized);
    builder_.CallBuiltin(Builtin::kUninitializedElement,
                         {index, builder_.Int32(instruction.offset)});
    ir().CreateUnreachable();
  }
  llvm::Value* expected =
      builder_.ContextElement(Field::kContext_type_ids, instruction.index, types().i32);
  llvm::Value* found = builder_.LoadConstant(func, Field::kFunc_type_id, types().i32);
  llvm::BasicBlock* differs = builder_.Expect(ir().CreateICmpEQ(found, expected));
  llvm::BasicBlock* callable = ir().GetInsertBlock();
  ir().SetInsertPoint(differs);
  llvm::Value* is_subtype = builder_.CallBuiltin(Builtin::kIsCallableAs, {func, expected});
  builder_.TrapIf(ir().CreateICmpEQ(is_subtype, builder_.Int32(0)),
                  vm::TrapKind::kIndirectCallTypeMismatch, instruction.offset);
  ir().CreateBr(callable);
  ir().SetInsertPoint(callable);
  return func;
}

}  // namespace tenon::jit
