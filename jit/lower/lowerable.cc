#include "jit/lower/lowerable.h"

#include "absl/strings/str_cat.h"

namespace tenon::jit {

using vm::Opcode;

namespace {

bool IsWait(Opcode op) {
  return op == Opcode::MemoryAtomicNotify || op == Opcode::MemoryAtomicWait32 ||
         op == Opcode::MemoryAtomicWait64;
}

}  // namespace

bool IsRelaxedFma(Opcode op) {
  switch (op) {
    case Opcode::F32x4RelaxedMadd:
    case Opcode::F32x4RelaxedNmadd:
    case Opcode::F64x2RelaxedMadd:
    case Opcode::F64x2RelaxedNmadd: return true;
    default: return false;
  }
}

bool IsTailCall(Opcode op) {
  switch (op) {
    case Opcode::ReturnCall:
    case Opcode::ReturnCallIndirect:
    case Opcode::ReturnCallRef: return true;
    default: return false;
  }
}

void Lowerable::Refuse(Opcode op) {
  if (reason_.empty()) reason_ = vm::Info(op).text;
}

void Lowerable::CheckType(vm::ValType type) {
  if (type.is_ref() && !IsFuncRef(type, *module_.types) && reason_.empty()) {
    reason_ = absl::StrCat("a value of type ", ToString(type));
  }
}

void Lowerable::CheckTypes(absl::Span<const vm::ValType> types) {
  for (const vm::ValType type : types) CheckType(type);
}

void Lowerable::CheckBlock(const vm::BlockInfo& info) {
  CheckTypes(info.params);
  CheckTypes(info.results);
}

void Lowerable::OnFunction(const vm::FuncType& type, absl::Span<const vm::ValType> locals) {
  CheckTypes(locals);
  CheckTypes(type.results);
}

void Lowerable::OnCall(const vm::Instruction& instruction, const vm::Resolved& resolved) {
  has_tail_call_ |= IsTailCall(instruction.op);
  CheckTypes(resolved.func_type->params);
  CheckTypes(resolved.func_type->results);
}

void Lowerable::OnBrOn(const vm::Instruction& instruction, const vm::Resolved& resolved) {
  if (instruction.op != Opcode::BrOnNull && instruction.op != Opcode::BrOnNonNull) {
    return Refuse(instruction.op);
  }
  CheckType(resolved.type);
}

void Lowerable::OnOp(const vm::Instruction& instruction, const vm::Resolved& resolved) {
  const vm::OpcodeInfo& row = vm::Info(instruction.op);
  if (row.prefix == 0xfe && !IsWait(instruction.op)) return;  // atomic
  if (IsRelaxedFma(instruction.op) && !has_relaxed_fma_) return Refuse(instruction.op);
  if (row.prefix == 0xfd) return;
  switch (instruction.op) {
    case Opcode::RefNull:
    case Opcode::RefIsNull:
    case Opcode::RefAsNonNull:
    case Opcode::GlobalGet:
    case Opcode::GlobalSet:
    case Opcode::TableGet:
    case Opcode::TableSet:
    case Opcode::TableGrow:
    case Opcode::TableFill: return CheckType(resolved.type);
    case Opcode::Nop:
    case Opcode::RefFunc:
    case Opcode::MemorySize:
    case Opcode::MemoryGrow:
    case Opcode::MemoryInit:
    case Opcode::MemoryCopy:
    case Opcode::MemoryFill:
    case Opcode::DataDrop:
    case Opcode::TableSize:
    case Opcode::TableInit:
    case Opcode::TableCopy:
    case Opcode::ElemDrop:
    case Opcode::I64Add128:
    case Opcode::I64Sub128:
    case Opcode::I64MulWideS:
    case Opcode::I64MulWideU: return;
    default: return Refuse(instruction.op);
  }
}

}  // namespace tenon::jit
