// Tables, globals and references to functions. core: #exec-instr-table, #exec-instr-variable
#include "absl/strings/str_cat.h"
#include "jit/lower/function_lowering.h"
#include "llvm/IR/Constants.h"

namespace tenon::jit {

using vm::Opcode;

bool FunctionLowering::IsTable64(uint32_t table) const {
  return source().tables[table].type.address == vm::AddressType::kI64;
}

llvm::Value* FunctionLowering::TableField(uint32_t table, Field field, llvm::Type* type) {
  llvm::Value* instance = builder_.ContextElement(Field::kContext_tables, table, types().ptr);
  llvm::LoadInst* load = ir().CreateLoad(type, builder_.At(instance, static_cast<uint64_t>(field)));
  load->setMetadata(llvm::LLVMContext::MD_tbaa, module_.AccessTag("table"));
  return load;
}

llvm::Value* FunctionLowering::TableSize(uint32_t table) {
  return TableField(table, Field::kTable_size_, types().i64);
}

llvm::Value* FunctionLowering::ElementAddress(uint32_t table, llvm::Value* index) {
  llvm::Value* entries = TableField(table, Field::kTable_entries_, types().ptr);
  return ir().CreateGEP(types().i64, entries, index);
}

llvm::Value* FunctionLowering::LoadElement(uint32_t table, llvm::Value* index, llvm::Type* type) {
  llvm::LoadInst* load = ir().CreateAlignedLoad(type, ElementAddress(table, index), llvm::Align(8),
                                                module_.is_precise());
  load->setMetadata(llvm::LLVMContext::MD_tbaa, module_.AccessTag("element"));
  return load;
}

void FunctionLowering::CheckIndex(const vm::Instruction& instruction, llvm::Value* index) {
  builder_.TrapIf(ir().CreateICmpUGE(index, TableSize(instruction.index)),
                  vm::TrapKind::kOutOfBoundsTableAccess, instruction.offset);
}

llvm::Value* FunctionLowering::Scratch() {
  if (scratch_ == nullptr) scratch_ = builder_.AllocateSlots(1);
  return scratch_;
}

void FunctionLowering::TableOp(const vm::Instruction& instruction, const vm::Resolved& resolved) {
  const uint32_t table = instruction.index;
  const bool is_64 = table < source().tables.size() && IsTable64(table);
  llvm::Value* number = builder_.Int32(table);
  switch (instruction.op) {
    case Opcode::TableGet: {
      llvm::Value* index = PopAddress(is_64);
      CheckIndex(instruction, index);
      return Push(LoadElement(table, index, TypeOf(resolved.type)));
    }
    case Opcode::TableSet: {
      llvm::Value* value = Pop();
      llvm::Value* index = PopAddress(is_64);
      CheckIndex(instruction, index);
      if (value->getType() == types().i32) value = ir().CreateZExt(value, types().i64);
      llvm::StoreInst* store =
          ir().CreateStore(value, ElementAddress(table, index), module_.is_precise());
      store->setMetadata(llvm::LLVMContext::MD_tbaa, module_.AccessTag("element"));
      return;
    }
    case Opcode::TableSize: return PushAddress(is_64, TableSize(table));
    case Opcode::TableGrow: {
      llvm::Value* delta = PopAddress(is_64);
      builder_.WriteSlot(Scratch(), 0, Pop());
      return PushAddress(is_64,
                         builder_.CallBuiltin(Builtin::kTableGrow, {number, delta, Scratch()}));
    }
    case Opcode::TableFill: {
      llvm::Value* count = PopAddress(is_64);
      builder_.WriteSlot(Scratch(), 0, Pop());
      llvm::Value* index = PopAddress(is_64);
      builder_.CallBuiltin(Builtin::kTableFill, {number, index, count, Scratch()});
      return;
    }
    case Opcode::TableCopy: {
      const bool from_64 = IsTable64(instruction.index2);
      llvm::Value* count = PopAddress(is_64 && from_64);
      llvm::Value* from = PopAddress(from_64);
      llvm::Value* to = PopAddress(is_64);
      builder_.CallBuiltin(Builtin::kTableCopy,
                           {number, builder_.Int32(instruction.index2), to, from, count});
      return;
    }
    case Opcode::TableInit: {  // the segment comes first
      llvm::Value* count = PopAddress(false);
      llvm::Value* from = PopAddress(false);
      llvm::Value* to = PopAddress(IsTable64(instruction.index2));
      builder_.CallBuiltin(Builtin::kTableInit,
                           {number, builder_.Int32(instruction.index2), to, from, count});
      return;
    }
    default: builder_.CallBuiltin(Builtin::kElemDrop, {number});
  }
}

void FunctionLowering::ReferenceOp(const vm::Instruction& instruction,
                                   const vm::Resolved& resolved) {
  switch (instruction.op) {
    case Opcode::RefNull: return Push(llvm::Constant::getNullValue(TypeOf(resolved.type)));
    case Opcode::RefEq: {
      llvm::Value* second = Pop();
      return PushCondition(ir().CreateICmpEQ(Pop(), second));
    }
    case Opcode::AnyConvertExtern:
    case Opcode::ExternConvertAny: return;  // the same bits
    case Opcode::RefIsNull: return PushCondition(ir().CreateIsNull(Pop()));
    case Opcode::RefAsNonNull:
      return builder_.TrapIf(ir().CreateIsNull(stack_.back()), vm::TrapKind::kNullReference,
                             instruction.offset);
    default: break;
  }
  if (instruction.index < source().imported_funcs) {
    return Push(
        builder_.ContextElement(Field::kContext_imported_funcs, instruction.index, types().ptr));
  }
  Push(builder_.CallBuiltin(Builtin::kFuncRef, {builder_.Int32(instruction.index)}));
}

// The global's address, and what accesses to it are marked with: what a module defines is no import
// of it.
std::pair<llvm::Value*, llvm::MDNode*> FunctionLowering::GlobalAddress(uint32_t global) {
  if (global < source().imported_globals) {
    return {builder_.ContextElement(Field::kContext_imported_globals, global, types().ptr),
            module_.AccessTag("imported global")};
  }
  return {builder_.At(builder_.context(), module_.GlobalOffset(global)),
          module_.AccessTag(absl::StrCat("global ", global))};
}

void FunctionLowering::GlobalGet(uint32_t global, llvm::Type* type) {
  const auto [address, tag] = GlobalAddress(global);
  const bool is_mutable = source().globals[global].type.is_mutable;
  llvm::LoadInst* load =
      ir().CreateAlignedLoad(type, address, llvm::Align(8), is_mutable && module_.is_precise());
  load->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
  Push(load);
}

// As a slot is written: zero-extended.
void FunctionLowering::GlobalSet(uint32_t global) {
  llvm::Value* value = Pop();
  const auto [address, tag] = GlobalAddress(global);
  if (value->getType()->isFloatTy()) value = ir().CreateBitCast(value, types().i32);
  if (value->getType()->isIntegerTy(32)) value = ir().CreateZExt(value, types().i64);
  llvm::StoreInst* store =
      ir().CreateAlignedStore(value, address, llvm::Align(8), module_.is_precise());
  store->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
}

}  // namespace tenon::jit
