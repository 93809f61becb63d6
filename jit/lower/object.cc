// Structures, arrays and i31: fields and elements in IR, what allocates or works on many elements
// by the runtime. core: #exec-instr-struct, #exec-instr-array, #exec-instr-i31
#include <algorithm>

#include "jit/lower/function_lowering.h"
#include "llvm/IR/Constants.h"
#include "vm/runtime/gc/object.h"

namespace tenon::jit {

using vm::Opcode;
using vm::TrapKind;

// The machine's address of what a reference refers to, which is neither null nor an i31. There is a
// heap where there are modules with types of objects, so its base never changes.
llvm::Value* FunctionLowering::ObjectAddress(llvm::Value* reference) {
  llvm::Value* run = builder_.LoadConstant(builder_.context(), Field::kContext_run, types().ptr);
  llvm::Value* base = builder_.LoadConstant(run, Field::kRun_heap_base, types().ptr);
  return ir().CreateGEP(types().i8, base, ir().CreateZExt(reference, types().i64));
}

// What a field holds in memory; of a packed one, its bits.
llvm::Type* FunctionLowering::StoredType(const vm::FieldLayout& field, llvm::Type* value) const {
  if (field.bytes == 1) return types().i8;
  return field.bytes == 2 ? types().i16 : value;
}

llvm::Value* FunctionLowering::LoadField(llvm::Value* object, const vm::FieldLayout& field,
                                         llvm::Type* type, bool is_signed, bool is_mutable) {
  llvm::Type* stored = StoredType(field, type);
  llvm::LoadInst* load = ir().CreateAlignedLoad(stored, builder_.At(object, field.offset),
                                                llvm::Align(std::min<uint64_t>(field.bytes, 4)),
                                                is_mutable && module_.is_precise());
  load->setMetadata(llvm::LLVMContext::MD_tbaa, module_.AccessTag("object"));
  if (stored == type) return load;
  return is_signed ? ir().CreateSExt(load, type) : ir().CreateZExt(load, type);
}

void FunctionLowering::StoreField(llvm::Value* object, const vm::FieldLayout& field,
                                  llvm::Value* value, bool is_new) {
  llvm::Type* stored = StoredType(field, value->getType());
  if (stored != value->getType()) value = ir().CreateTrunc(value, stored);
  llvm::StoreInst* store = ir().CreateAlignedStore(value, builder_.At(object, field.offset),
                                                   llvm::Align(std::min<uint64_t>(field.bytes, 4)),
                                                   !is_new && module_.is_precise());
  store->setMetadata(llvm::LLVMContext::MD_tbaa, module_.AccessTag("object"));
}

void FunctionLowering::TrapIfNull(llvm::Value* reference, TrapKind kind,
                                  const vm::Instruction& instruction) {
  builder_.TrapIf(ir().CreateIsNull(reference), kind, instruction.offset);
}

void FunctionLowering::StructOp(const vm::Instruction& instruction, const vm::Resolved& resolved) {
  const vm::Layout& layout = module_.LayoutOf(resolved.type_id);
  llvm::Value* type = builder_.Int32(instruction.index);
  switch (instruction.op) {
    case Opcode::StructNew: {
      moves_ += layout.fields.size();
      const std::vector<llvm::Value*> values = PopMany(layout.fields.size());
      llvm::Value* reference = builder_.CallBuiltin(Builtin::kNewStruct, {type});
      llvm::Value* object = ObjectAddress(reference);
      for (size_t i = 0; i < values.size(); ++i) {
        StoreField(object, layout.fields[i], values[i], /*is_new=*/true);
      }
      return Push(reference);
    }
    case Opcode::StructNewDefault: {
      llvm::Value* reference = builder_.CallBuiltin(Builtin::kNewStruct, {type});
      llvm::CallInst* clear =
          ir().CreateMemSet(builder_.At(ObjectAddress(reference), vm::kStructFields),
                            ir().getInt8(0), layout.bytes - vm::kStructFields, llvm::Align(8));
      clear->setMetadata(llvm::LLVMContext::MD_tbaa, module_.AccessTag("object"));
      return Push(reference);
    }
    default: break;
  }
  const vm::FieldLayout& field = layout.fields[instruction.index2];
  llvm::Value* value = instruction.op == Opcode::StructSet ? Pop() : nullptr;
  llvm::Value* reference = Pop();
  TrapIfNull(reference, TrapKind::kNullStructureReference, instruction);
  llvm::Value* object = ObjectAddress(reference);
  if (value != nullptr) return StoreField(object, field, value, /*is_new=*/false);
  Push(LoadField(object, field, TypeOf(resolved.type), instruction.op == Opcode::StructGetS,
                 resolved.def->fields[instruction.index2].is_mutable));
}

llvm::Value* FunctionLowering::ArrayLength(llvm::Value* array) {
  return builder_.LoadConstant(array, vm::kArrayLength, types().i32);
}

void FunctionLowering::NewArray(const vm::Instruction& instruction, const vm::Resolved& resolved) {
  llvm::Value* type = builder_.Int32(instruction.index);
  llvm::Value* number = builder_.Int32(instruction.index2);
  switch (instruction.op) {
    case Opcode::ArrayNewFixed: {
      const vm::FieldLayout& element = module_.LayoutOf(resolved.type_id).element();
      moves_ += instruction.index2;
      const std::vector<llvm::Value*> values = PopMany(instruction.index2);
      llvm::Value* reference = builder_.CallBuiltin(Builtin::kNewArray, {type, number});
      llvm::Value* array = ObjectAddress(reference);
      vm::FieldLayout at = element;
      for (llvm::Value* value : values) {
        StoreField(array, at, value, /*is_new=*/true);
        at.offset += at.bytes;
      }
      return Push(reference);
    }
    case Opcode::ArrayNewDefault: {
      llvm::Value* none = llvm::ConstantPointerNull::get(types().ptr);
      return Push(builder_.CallBuiltin(Builtin::kNewFilledArray, {type, Pop(), none}));
    }
    case Opcode::ArrayNew: {
      llvm::Value* length = Pop();
      llvm::Value* value = Pop();
      llvm::Value* slots = builder_.AllocateSlots(2);
      builder_.WriteSlot(slots, 0, value);
      return Push(builder_.CallBuiltin(Builtin::kNewFilledArray, {type, length, slots}));
    }
    default: break;
  }
  llvm::Value* length = Pop();
  llvm::Value* offset = Pop();
  const Builtin builtin =
      instruction.op == Opcode::ArrayNewData ? Builtin::kNewArrayOfData : Builtin::kNewArrayOfElem;
  Push(builder_.CallBuiltin(builtin, {type, number, offset, length}));
}

void FunctionLowering::ArrayElement(const vm::Instruction& instruction,
                                    const vm::Resolved& resolved) {
  const vm::FieldLayout& element = module_.LayoutOf(resolved.type_id).element();
  llvm::Value* value = instruction.op == Opcode::ArraySet ? Pop() : nullptr;
  llvm::Value* index = Pop();
  llvm::Value* reference = Pop();
  TrapIfNull(reference, TrapKind::kNullArrayReference, instruction);
  llvm::Value* array = ObjectAddress(reference);
  builder_.TrapIf(ir().CreateICmpUGE(index, ArrayLength(array)), TrapKind::kOutOfBoundsArrayAccess,
                  instruction.offset);
  llvm::Value* distance =
      ir().CreateMul(ir().CreateZExt(index, types().i64), builder_.Int64(element.bytes));
  llvm::Value* at = ir().CreateGEP(types().i8, array, distance);
  if (value != nullptr) return StoreField(at, element, value, /*is_new=*/false);
  Push(LoadField(at, element, TypeOf(resolved.type), instruction.op == Opcode::ArrayGetS,
                 resolved.def->fields[0].is_mutable));
}

void FunctionLowering::ArrayBulk(const vm::Instruction& instruction) {
  llvm::Value* count = Pop();
  llvm::Value* third = Pop();  // a value, or an offset in the source
  if (instruction.op == Opcode::ArrayCopy) {
    llvm::Value* from = Pop();
    llvm::Value* index = Pop();
    builder_.CallBuiltin(Builtin::kArrayCopy, {Pop(), index, from, third, count});
    return;
  }
  llvm::Value* index = Pop();
  llvm::Value* array = Pop();
  if (instruction.op == Opcode::ArrayFill) {
    llvm::Value* slots = builder_.AllocateSlots(2);
    builder_.WriteSlot(slots, 0, third);
    builder_.CallBuiltin(Builtin::kArrayFill, {array, index, slots, count});
    return;
  }
  const Builtin builtin =
      instruction.op == Opcode::ArrayInitData ? Builtin::kArrayInitData : Builtin::kArrayInitElem;
  builder_.CallBuiltin(builtin, {array, index, builder_.Int32(instruction.index2), third, count});
}

void FunctionLowering::ObjectOp(const vm::Instruction& instruction, const vm::Resolved& resolved) {
  switch (instruction.op) {
    case Opcode::StructNew:
    case Opcode::StructNewDefault:
    case Opcode::StructGet:
    case Opcode::StructGetS:
    case Opcode::StructGetU:
    case Opcode::StructSet: return StructOp(instruction, resolved);
    case Opcode::ArrayNew:
    case Opcode::ArrayNewDefault:
    case Opcode::ArrayNewFixed:
    case Opcode::ArrayNewData:
    case Opcode::ArrayNewElem: return NewArray(instruction, resolved);
    case Opcode::ArrayGet:
    case Opcode::ArrayGetS:
    case Opcode::ArrayGetU:
    case Opcode::ArraySet: return ArrayElement(instruction, resolved);
    case Opcode::ArrayLen: {
      llvm::Value* reference = Pop();
      TrapIfNull(reference, TrapKind::kNullArrayReference, instruction);
      return Push(ArrayLength(ObjectAddress(reference)));
    }
    case Opcode::RefI31: return Push(ir().CreateOr(ir().CreateShl(Pop(), 1), 1));
    case Opcode::I31GetS:
    case Opcode::I31GetU: {
      llvm::Value* reference = Pop();
      TrapIfNull(reference, TrapKind::kNullI31Reference, instruction);
      return Push(instruction.op == Opcode::I31GetS ? ir().CreateAShr(reference, 1)
                                                    : ir().CreateLShr(reference, 1));
    }
    default: return ArrayBulk(instruction);
  }
}

}  // namespace tenon::jit
