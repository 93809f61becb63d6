// Calls. core: #exec-call, #exec-call-indirect, #exec-call-ref
#include "jit/lower/function_lowering.h"

namespace tenon::jit {

using vm::Opcode;

void FunctionLowering::OnCall(const vm::Instruction& instruction, const vm::Resolved& resolved) {
  const vm::FuncType& type = *resolved.func_type;
  moves_ += type.params.size() + type.results.size();
  const Signature& signature = module_.SignatureOf(type);
  llvm::Value* designator = nullptr;  // the table's index or the reference
  if (instruction.op == Opcode::CallIndirect)
    designator = PopAddress(IsTable64(instruction.index2));
  if (instruction.op == Opcode::CallRef) designator = Pop();
  const std::vector<llvm::Value*> arguments = PopMany(type.params.size());

  std::vector<llvm::Value*> results;
  if (instruction.op == Opcode::CallIndirect) {
    llvm::Value* func = CheckedElement(instruction, designator);
    results = builder_.CallObject(signature, func, arguments);
  } else if (instruction.op == Opcode::CallRef) {
    builder_.TrapIf(ir().CreateIsNull(designator), vm::TrapKind::kNullFunctionReference,
                    instruction.offset);
    results = builder_.CallObject(signature, designator, arguments);
  } else if (instruction.index < source().imported_funcs) {
    llvm::Value* func =
        builder_.ContextElement(Field::kContext_imported_funcs, instruction.index, types().ptr);
    results = builder_.CallObject(signature, func, arguments);
  } else {
    results = builder_.Call(signature, module_.FunctionOf(vm::FuncIdx(instruction.index)),
                            builder_.context(), arguments);
  }
  stack_.insert(stack_.end(), results.begin(), results.end());
}

// The function object at an index of call_indirect's table, once it is known to be callable.
llvm::Value* FunctionLowering::CheckedElement(const vm::Instruction& instruction,
                                              llvm::Value* index) {
  const uint32_t table = instruction.index2;
  builder_.TrapIf(ir().CreateICmpUGE(index, TableSize(table)), vm::TrapKind::kUndefinedElement,
                  instruction.offset);
  llvm::Value* func = LoadElement(table, index);

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
