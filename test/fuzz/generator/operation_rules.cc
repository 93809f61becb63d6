// Operands of the rows without a signature. core: #valid-instr
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "test/fuzz/generator/constants.h"
#include "test/fuzz/generator/operation.h"

namespace tenon::vm {
namespace {

constexpr uint64_t kNewLengthMask = 15;
constexpr uint64_t kMinLength = 4;
constexpr uint64_t kIndexMask = 1;
constexpr uint64_t kSpanMask = 1;

ValType SmallerAddress(AddressType a, AddressType b) {
  return a == AddressType::kI64 && b == AddressType::kI64 ? ValType::kI64 : ValType::kI32;
}

}  // namespace

bool OperationChooser::ApplyRule() {
  const absl::string_view text = Info(op_).text;
  if (absl::StartsWith(text, "struct.")) return ApplyStructRule();
  if (absl::StartsWith(text, "array.")) return ApplyArrayRule();
  if (op_ == Opcode::TableInit) return ApplyTableInitRule();
  if (absl::StartsWith(text, "table.") || op_ == Opcode::MemoryCopy) return ApplyTableRule();
  if (absl::StrContains(text, "call")) return ApplyCallRule();
  if (absl::StartsWith(text, "br")) return ApplyBranchRule();
  return ApplyParametricRule() || ApplyVariableRule() || ApplyControlRule() || ApplyReferenceRule();
}

bool OperationChooser::ApplyParametricRule() {
  switch (op_) {
    case Opcode::Drop: Pop(scope_.types.AnyType()); return true;
    case Opcode::Select: {
      const ValType type = scope_.types.AnyNumber();
      PopAll({type, type, ValType::kI32});
      Push(type);
      return true;
    }
    case Opcode::SelectT:
      PopAll({out_->types[0], out_->types[0], ValType::kI32});
      Push(out_->types[0]);
      return true;
    case Opcode::I64Add128:
    case Opcode::I64Sub128: PopAll({ValType::kI64, ValType::kI64}); [[fallthrough]];
    case Opcode::I64MulWideS:
    case Opcode::I64MulWideU:
      PopAll({ValType::kI64, ValType::kI64});
      PushAll({ValType::kI64, ValType::kI64});
      return true;
    default: return false;
  }
}

// Global 0 is the fuel: only read.
bool OperationChooser::ApplyVariableRule() {
  const uint32_t index = out_->instruction.index;
  switch (op_) {
    case Opcode::LocalGet: Push(function_.locals[index]); return true;
    case Opcode::LocalSet: Pop(function_.locals[index]); return true;
    case Opcode::LocalTee:
      Pop(function_.locals[index]);
      Push(function_.locals[index]);
      return true;
    case Opcode::GlobalGet: Push(scope_.module.globals[index].type.type); return true;
    case Opcode::GlobalSet: {
      const GlobalType& global = scope_.module.globals[index].type;
      if (index == 0 || !global.is_mutable) return false;
      Pop(Operand{.type = global.type});
      return true;
    }
    default: return false;
  }
}

bool OperationChooser::ApplyControlRule() {
  switch (op_) {
    case Opcode::Unreachable: out_->diverges = true; return true;
    case Opcode::Return:
      PopAll(function_.labels.front().results);
      out_->diverges = true;
      return true;
    case Opcode::Throw:
      PopAll(scope_.TagAt(out_->instruction.index).params);
      out_->diverges = true;
      return true;
    case Opcode::ThrowRef:
      Pop(ValType::Ref(HeapKind::kExn, true));
      out_->diverges = true;
      return true;
    case Opcode::Rethrow: out_->diverges = true; return Target().is_catch;
    default: return false;
  }
}

bool OperationChooser::FinishCall(const FuncType& type, bool is_tail) {
  const std::vector<ValType>& results = function_.labels.front().results;
  if (is_tail && !scope_.types.MatchAll(type.results, results)) return false;
  std::vector<Operand> last;
  last.swap(out_->pops);
  PopAll(type.params);
  out_->pops.insert(out_->pops.end(), last.begin(), last.end());
  if (!is_tail) PushAll(type.results);
  out_->diverges = is_tail;
  return true;
}

bool OperationChooser::ApplyCallRule() {
  Instruction& instruction = out_->instruction;
  const bool is_tail = absl::StartsWith(Info(op_).text, "return_");
  if (op_ == Opcode::Call || op_ == Opcode::ReturnCall) {
    return FinishCall(scope_.FuncAt(instruction.index), is_tail);
  }
  if (op_ == Opcode::CallIndirect || op_ == Opcode::ReturnCallIndirect) {
    const TableType& table = scope_.module.tables[instruction.index2].type;
    if (!scope_.types.Matches(table.element, ValType::kFuncRef)) return false;
    // The type that an entry has, so that the call may succeed.
    const std::vector<FuncIdx>& entries = scope_.module.elems[kFirstActiveElem].funcs;
    const uint32_t entry = choices_.Below(entries.size());
    instruction.index = scope_.module.functions[entries[entry].value()].value();
    const uint64_t other = choices_.OneIn(16) ? 7 : 0;
    Pop({.type = ToValType(table.address), .and_mask = other, .or_mask = entry});
  } else {
    Pop(RefTo(instruction.index, true));
  }
  return FinishCall(scope_.types.at(instruction.index).func, is_tail);
}

bool OperationChooser::ApplyTableInitRule() {
  const Instruction& instruction = out_->instruction;
  const TableType& to = scope_.module.tables[instruction.index2].type;
  Pop(TableIndex(instruction.index2, kIndexMask));
  Pop(Small(ValType::kI32, kSpanMask));
  Pop(Small(ValType::kI32, kSpanMask));
  return scope_.types.Matches(scope_.module.elems[instruction.index].type, to.element);
}

bool OperationChooser::ApplyTableRule() {
  const Instruction& instruction = out_->instruction;
  const Module& module = scope_.module;
  if (op_ == Opcode::MemoryCopy) {
    const AddressType to = module.memories[instruction.index].address;
    const AddressType from = module.memories[instruction.index2].address;
    Pop(MemoryAddress(instruction.index, 0x7f));
    Pop(MemoryAddress(instruction.index2, 0x7f));
    Pop(Small(SmallerAddress(to, from), 0x3f));
    return true;
  }
  const TableType& table = module.tables[instruction.index].type;
  const Operand index = TableIndex(instruction.index, kIndexMask);
  switch (op_) {
    case Opcode::TableGet:
      Pop(index);
      Push(table.element);
      return true;
    case Opcode::TableSet:
      Pop(index);
      Pop(table.element);
      return true;
    case Opcode::TableGrow:
      Pop(table.element);
      Pop(index);
      Push(index.type);
      return true;
    case Opcode::TableFill:
      Pop(index);
      Pop(table.element);
      Pop(index);
      return true;
    case Opcode::TableCopy: {
      const TableType& from = module.tables[instruction.index2].type;
      Pop(index);
      Pop(TableIndex(instruction.index2, kIndexMask));
      Pop(Small(SmallerAddress(table.address, from.address), kIndexMask));
      return scope_.types.Matches(from.element, table.element);
    }
    default: return false;
  }
}

bool OperationChooser::ApplyBranchRule() {
  const Instruction& instruction = out_->instruction;
  const std::vector<ValType>& types = Target().branch_types;
  if (op_ == Opcode::Br || op_ == Opcode::BrIf || op_ == Opcode::BrTable) {
    PopAll(types);
    if (op_ == Opcode::BrIf) Pop(ValType::kI32);
    if (op_ == Opcode::BrTable) Pop(Small(ValType::kI32, 7));
    out_->diverges = op_ != Opcode::BrIf;
    if (op_ == Opcode::BrIf) PushAll(types);
    return true;
  }
  if (op_ == Opcode::BrOnNull) {
    const HeapType heap = scope_.types.AnyRef().heap();
    PopAll(types);
    PushAll(types);
    Pop(ValType::Ref(heap, true));
    Push(ValType::Ref(heap, false));
    return true;
  }
  if (types.empty() || !types.back().is_ref()) return false;
  const absl::Span<const ValType> others = absl::MakeConstSpan(types).first(types.size() - 1);
  PopAll(others);
  PushAll(others);
  if (op_ == Opcode::BrOnNonNull) {
    Pop(ValType::Ref(scope_.types.AnySubtype(types.back()).heap(), true));
    return true;
  }
  const ValType rest = ValType::Ref(instruction.from.heap(),
                                    instruction.from.nullable() && !instruction.to.nullable());
  Pop(instruction.from);
  Push(op_ == Opcode::BrOnCast ? rest : instruction.to);
  return true;
}

bool OperationChooser::ApplyReferenceRule() {
  const Instruction& instruction = out_->instruction;
  const ValType any = scope_.types.AnyRef();
  switch (op_) {
    case Opcode::RefNull: Push(ValType::Ref(instruction.heap, true)); return true;
    case Opcode::RefIsNull:
      Pop(any);
      Push(ValType::kI32);
      return true;
    case Opcode::RefFunc: Push(scope_.FuncRefType(instruction.index)); return true;
    case Opcode::RefAsNonNull:
      Pop(ValType::Ref(any.heap(), true));
      Push(ValType::Ref(any.heap(), false));
      return true;
    case Opcode::RefTest:
    case Opcode::RefTestNull:
    case Opcode::RefCast:
    case Opcode::RefCastNull: {
      // A value that may well be of the type.
      const HeapType top = scope_.types.Top(instruction.to.heap());
      const bool is_test = op_ == Opcode::RefTest || op_ == Opcode::RefTestNull;
      Pop(choices_.OneIn(3) ? ValType::Ref(top, true) : instruction.to);
      Push(is_test ? ValType::kI32 : instruction.to);
      return true;
    }
    case Opcode::AnyConvertExtern:
    case Opcode::ExternConvertAny: {
      const bool to_any = op_ == Opcode::AnyConvertExtern;
      Pop(ValType::Ref(to_any ? HeapKind::kExtern : HeapKind::kAny, any.nullable()));
      Push(ValType::Ref(to_any ? HeapKind::kAny : HeapKind::kExtern, any.nullable()));
      return true;
    }
    default: return false;
  }
}

bool OperationChooser::ApplyStructRule() {
  const Instruction& instruction = out_->instruction;
  const SubType& type = scope_.types.at(instruction.index);
  if (op_ == Opcode::StructNew || op_ == Opcode::StructNewDefault) {
    Push(RefTo(instruction.index, false));
    if (op_ == Opcode::StructNewDefault) return type.is_defaultable();
    for (const FieldType& field : type.fields) Pop(field.storage.type);
    return true;
  }
  const FieldType& field = type.fields[instruction.index2];
  Pop(RefTo(instruction.index, true));
  if (op_ == Opcode::StructSet) {
    Pop(field.storage.type);
    return field.is_mutable;
  }
  Push(field.storage.type);
  return field.is_packed() == (op_ != Opcode::StructGet);
}

bool OperationChooser::ApplyArrayRule() {
  const Instruction& instruction = out_->instruction;
  const SubType& type = scope_.types.at(instruction.index);
  const FieldType& field = type.fields[0];
  const ValType element = field.storage.type;
  const Operand length = {ValType::kI32, kNewLengthMask, kMinLength};
  const Operand index = Small(ValType::kI32, kIndexMask);
  switch (op_) {
    case Opcode::ArrayNew:
    case Opcode::ArrayNewDefault:
      if (op_ == Opcode::ArrayNew) Pop(element);
      Pop(!scope_.options.portable && choices_.OneIn(64) ? Operand{ValType::kI32} : length);
      Push(RefTo(instruction.index, false));
      return op_ == Opcode::ArrayNew || type.is_defaultable();
    case Opcode::ArrayNewFixed:
      for (uint32_t i = 0; i < instruction.index2; ++i) Pop(element);
      Push(RefTo(instruction.index, false));
      return true;
    case Opcode::ArrayGet:
    case Opcode::ArrayGetS:
    case Opcode::ArrayGetU:
      Pop(RefTo(instruction.index, true));
      Pop(index);
      Push(element);
      return field.is_packed() == (op_ != Opcode::ArrayGet);
    case Opcode::ArraySet:
    case Opcode::ArrayFill:
      Pop(RefTo(instruction.index, true));
      Pop(index);
      Pop(element);
      if (op_ == Opcode::ArrayFill) Pop(Small(ValType::kI32, kSpanMask));
      return field.is_mutable;
    case Opcode::ArrayCopy: {
      const StorageType& from = scope_.types.at(instruction.index2).fields[0].storage;
      Pop(RefTo(instruction.index, true));
      Pop(index);
      Pop(RefTo(instruction.index2, true));
      Pop(Small(ValType::kI32, kIndexMask));
      Pop(Small(ValType::kI32, kSpanMask));
      return field.is_mutable && from.packed == field.storage.packed &&
             scope_.types.Matches(from.type, element);
    }
    default: return ApplyArraySegmentRule();
  }
}

// Whether the segment of the second immediate is one for the array.
bool OperationChooser::CanFillArray(const SubType& array) const {
  const ValType element = array.fields[0].storage.type;
  if (Info(op_).immediate == ImmediateKind::kTypeData) return element.is_num_or_vec();
  return scope_.types.Matches(scope_.module.elems[out_->instruction.index2].type, element);
}

bool OperationChooser::ApplyArraySegmentRule() {
  const uint32_t index = out_->instruction.index;
  const SubType& type = scope_.types.at(index);
  if (!CanFillArray(type)) return false;
  const Operand offset = Small(ValType::kI32, kSpanMask);
  if (op_ == Opcode::ArrayNewData || op_ == Opcode::ArrayNewElem) {
    Push(RefTo(index, false));
    Pop(offset);
    Pop({.type = ValType::kI32, .and_mask = kSpanMask, .or_mask = 2});
    return true;
  }
  Pop(RefTo(index, true));
  Pop(Small(ValType::kI32, kIndexMask));
  Pop(offset);
  Pop(Small(ValType::kI32, kSpanMask));
  return type.fields[0].is_mutable;
}

}  // namespace tenon::vm
