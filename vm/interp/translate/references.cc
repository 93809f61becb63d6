// Structures, arrays, i31 and casts. core: #exec-instr-aggr, #exec-instr-ref
#include <bit>
#include <cstring>

#include "vm/interp/translate/translator_inl.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/gc/cast_target.h"

namespace tenon::vm::interp {
namespace {

// Handlers by how a field is stored: packed ones signed and unsigned, then by width and class.
enum Access { kI8S, kI8U, kI16S, kI16U, kI32, kI64, kF32, kF64, kV128, kAccesses };

#define ACCESS_HANDLERS(get)                                     \
  {handlers::get##I8S,  handlers::get##I8U, handlers::get##I16S, \
   handlers::get##I16U, handlers::get##I32, handlers::get##I64,  \
   handlers::get##F32,  handlers::get##F64, handlers::get##V128}
constexpr Handler kStructGets[kAccesses] = ACCESS_HANDLERS(StructGet);
constexpr Handler kArrayGets[kAccesses] = ACCESS_HANDLERS(ArrayGet);
#undef ACCESS_HANDLERS
// By the logarithm of the width.
constexpr Handler kStructSets[] = {handlers::StructSet8, handlers::StructSet16,
                                   handlers::StructSet32, handlers::StructSet64,
                                   handlers::StructSet128};
constexpr Handler kArraySets[] = {handlers::ArraySet8, handlers::ArraySet16, handlers::ArraySet32,
                                  handlers::ArraySet64, handlers::ArraySet128};

Access FieldAccess(const FieldLayout& field, ValType type, bool is_signed) {
  if (field.bytes == 1) return is_signed ? kI8S : kI8U;
  if (field.bytes == 2) return is_signed ? kI16S : kI16U;
  switch (type.kind()) {
    case ValType::Kind::kF32: return kF32;
    case ValType::Kind::kF64: return kF64;
    case ValType::Kind::kV128: return kV128;
    default: return field.bytes == 8 ? kI64 : kI32;
  }
}

int WidthIndex(const FieldLayout& field) { return std::countr_zero(unsigned{field.bytes}); }

ValType RefTo(TypeId type) {
  return ValType::Ref(HeapType::Concrete(type.value()), /*nullable=*/false);
}

Handler HandlerOf(Opcode op) {
  switch (op) {
    case Opcode::StructNew: return handlers::StructNew;
    case Opcode::StructNewDefault: return handlers::StructNewDefault;
    case Opcode::ArrayNew: return handlers::ArrayNew;
    case Opcode::ArrayNewDefault: return handlers::ArrayNewDefault;
    case Opcode::ArrayNewFixed: return handlers::ArrayNewFixed;
    case Opcode::ArrayNewData: return handlers::ArrayNewData;
    case Opcode::ArrayNewElem: return handlers::ArrayNewElem;
    case Opcode::ArrayFill: return handlers::ArrayFill;
    case Opcode::ArrayCopy: return handlers::ArrayCopy;
    case Opcode::ArrayInitData: return handlers::ArrayInitData;
    case Opcode::ArrayInitElem: return handlers::ArrayInitElem;
    case Opcode::ArrayLen: return handlers::ArrayLen;
    case Opcode::RefI31: return handlers::RefI31;
    case Opcode::I31GetS: return handlers::I31GetS;
    case Opcode::I31GetU: return handlers::I31GetU;
    default: return nullptr;
  }
}

}  // namespace

bool Translator::Reference(const Instruction& instruction, const Resolved& resolved) {
  switch (instruction.op) {
    case Opcode::AnyConvertExtern:
    case Opcode::ExternConvertAny: return true;  // the same bits
    case Opcode::RefEq: Binary(Opcode::I64Eq, instruction.offset); return true;
    case Opcode::RefI31:
    case Opcode::I31GetS:
    case Opcode::I31GetU:
    case Opcode::ArrayLen: ReferenceUnary(instruction); return true;
    case Opcode::RefTest:
    case Opcode::RefTestNull:
    case Opcode::RefCast:
    case Opcode::RefCastNull: Cast(instruction); return true;
    case Opcode::StructNew:
    case Opcode::StructNewDefault:
    case Opcode::ArrayNewFixed: NewFromStack(instruction, resolved); return true;
    case Opcode::ArrayNew:
    case Opcode::ArrayNewDefault:
    case Opcode::ArrayNewData:
    case Opcode::ArrayNewElem: NewArray(instruction, resolved); return true;
    case Opcode::StructGet:
    case Opcode::StructGetS:
    case Opcode::StructGetU:
    case Opcode::StructSet: StructField(instruction, resolved); return true;
    case Opcode::ArrayGet:
    case Opcode::ArrayGetS:
    case Opcode::ArrayGetU:
    case Opcode::ArraySet: ArrayElement(instruction, resolved); return true;
    case Opcode::ArrayFill:
    case Opcode::ArrayCopy:
    case Opcode::ArrayInitData:
    case Opcode::ArrayInitElem: ArrayBulk(instruction, resolved); return true;
    default: return false;
  }
}

const Layout& Translator::LayoutOf(const Resolved& resolved) {
  return module_->engine->layouts().Of(resolved.type_id);
}

void Translator::ReferenceUnary(const Instruction& instruction) {
  Operand& operand = Pop();
  Materialize(&operand);
  code_.SetOffset(instruction.offset);
  const bool is_i31 = instruction.op == Opcode::RefI31;
  EmitResult(HandlerOf(instruction.op),
             is_i31 ? ValType::Ref(HeapKind::kI31, false) : ValType::kI32, operand.slot);
}

void Translator::AppendTarget(ValType to) {
  const CastTarget target = CastTargetOf(*resolved_->types, to);
  uint64_t bits;
  std::memcpy(&bits, &target, sizeof bits);
  code_.AppendBits(bits);
}

// A cast leaves the reference where it is.
void Translator::Cast(const Instruction& instruction) {
  Materialize(&Top());
  code_.SetOffset(instruction.offset);
  if (instruction.op == Opcode::RefTest || instruction.op == Opcode::RefTestNull) {
    EmitResult(handlers::RefTest, ValType::kI32, Pop().slot);
  } else {
    code_.Emit(handlers::RefCast, {0, Top().slot});
    last_.valid = false;
  }
  AppendTarget(instruction.to);
}

// Of operands that stand in their homes, one behind the other.
void Translator::NewFromStack(const Instruction& instruction, const Resolved& resolved) {
  const Layout& layout = LayoutOf(resolved);
  size_t count = 0;
  if (instruction.op == Opcode::StructNew) count = layout.fields.size();
  if (instruction.op == Opcode::ArrayNewFixed) count = instruction.index2;
  moves_ += count;
  MoveArgumentsHome(count);
  const uint32_t top = next_slot_;
  for (size_t i = 0; i < count; ++i) Pop();
  EmitNew(instruction, resolved, {.h1 = next_slot_, .h3 = top});
}

void Translator::NewArray(const Instruction& instruction, const Resolved& resolved) {
  const uint32_t top = next_slot_;
  const bool has_two = instruction.op != Opcode::ArrayNewDefault;
  Operand operands[2];
  if (has_two) operands[1] = Pop();
  operands[0] = Pop();
  Materialize(&operands[0]);
  if (has_two) Materialize(&operands[1]);
  EmitNew(instruction, resolved, {.h1 = operands[0].slot, .h2 = operands[1].slot, .h3 = top});
}

void Translator::EmitNew(const Instruction& instruction, const Resolved& resolved,
                         Halves operands) {
  code_.SetOffset(instruction.offset);
  EmitResult(HandlerOf(instruction.op), RefTo(resolved.type_id), operands.h1, operands.h2,
             operands.h3);
  code_.AppendPointer(&LayoutOf(resolved));
  code_.AppendBits(instruction.index2);
}

void Translator::StructField(const Instruction& instruction, const Resolved& resolved) {
  const FieldLayout& field = LayoutOf(resolved).fields[instruction.index2];
  if (instruction.op == Opcode::StructSet) {
    Operand& value = Pop();
    Operand& object = Pop();
    Materialize(&object);
    Materialize(&value);
    code_.SetOffset(instruction.offset);
    last_.valid = false;
    code_.EmitImmediate(kStructSets[WidthIndex(field)], object.slot, value.slot, field.offset);
    return;
  }
  Operand& object = Pop();
  Materialize(&object);
  code_.SetOffset(instruction.offset);
  const bool is_signed = instruction.op == Opcode::StructGetS;
  EmitResultImmediate(kStructGets[FieldAccess(field, resolved.type, is_signed)], resolved.type,
                      object.slot, field.offset);
}

void Translator::ArrayElement(const Instruction& instruction, const Resolved& resolved) {
  const FieldLayout& element = LayoutOf(resolved).element();
  const bool is_set = instruction.op == Opcode::ArraySet;
  Operand operands[3];
  const int count = is_set ? 3 : 2;
  for (int i = count - 1; i >= 0; --i) operands[i] = Pop();
  for (int i = 0; i < count; ++i) Materialize(&operands[i]);
  code_.SetOffset(instruction.offset);
  if (is_set) {
    last_.valid = false;
    code_.Emit(kArraySets[WidthIndex(element)],
               {operands[0].slot, operands[1].slot, operands[2].slot});
    return;
  }
  const bool is_signed = instruction.op == Opcode::ArrayGetS;
  EmitResult(kArrayGets[FieldAccess(element, resolved.type, is_signed)], resolved.type,
             operands[0].slot, operands[1].slot);
}

void Translator::ArrayBulk(const Instruction& instruction, const Resolved& resolved) {
  Operand operands[5];
  const int count = instruction.op == Opcode::ArrayCopy ? 5 : 4;
  for (int i = count - 1; i >= 0; --i) operands[i] = Pop();
  for (int i = 0; i < count; ++i) Materialize(&operands[i]);
  code_.SetOffset(instruction.offset);
  last_.valid = false;
  code_.Emit(HandlerOf(instruction.op),
             {operands[0].slot, operands[1].slot, operands[2].slot, operands[3].slot});
  code_.AppendPointer(&LayoutOf(resolved));
  code_.AppendPair(instruction.index2, operands[4].slot);
}

}  // namespace tenon::vm::interp
