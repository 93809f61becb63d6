// Everything but control: constants, scalar and vector operations, memory, tables, globals.
#include "absl/strings/string_view.h"
#include "vm/interp/translate/translator.h"
#include "vm/runtime/memory.h"

namespace tenon::vm::interp {
namespace {

// The type a signature letter stands for.
constexpr ValType TypeOf(char letter) {
  switch (letter) {
    case 'l': return ValType::kI64;
    case 'f': return ValType::kF32;
    case 'd': return ValType::kF64;
    case 'v': return ValType::kV128;
    default: return ValType::kI32;
  }
}

// What the translator asks of a row's signature, worked out at compile time.
struct Shape {
  ValType result;  // bottom if it has none
  uint8_t operand_count = 0;
};

constexpr Shape ShapeOf(const char* signature) {
  Shape shape;
  if (signature[0] == '*') return shape;
  while (signature[shape.operand_count] != ':') ++shape.operand_count;
  const char result = signature[shape.operand_count + 1];
  if (result != '\0') shape.result = TypeOf(result);
  return shape;
}

constexpr Shape kShapes[kOpcodeCount] = {
#define OP(name, text, prefix, code, immediate, signature, ...) ShapeOf(signature),
#include "vm/syntax/opcodes_core.def"
#define OP(name, text, prefix, code, immediate, signature, ...) ShapeOf(signature),
#include "vm/syntax/opcodes_simd.def"
};

ValType ResultOf(Opcode op) { return kShapes[static_cast<int>(op)].result; }
int OperandCount(Opcode op) { return kShapes[static_cast<int>(op)].operand_count; }

bool Commutes(Opcode op) {
  switch (op) {
    case Opcode::I32Add: case Opcode::I32Mul: case Opcode::I32And: case Opcode::I32Or:
    case Opcode::I32Xor: case Opcode::I32Eq: case Opcode::I32Ne: case Opcode::I64Add:
    case Opcode::I64Mul: case Opcode::I64And: case Opcode::I64Or: case Opcode::I64Xor:
    case Opcode::I64Eq: case Opcode::I64Ne:
      return true;
    default: return false;
  }
}

// The integer comparison that is true when `op` is false; Nop when `op` is none.
Opcode Inverse(Opcode op) {
  switch (op) {
    case Opcode::I32Eq: return Opcode::I32Ne;
    case Opcode::I32Ne: return Opcode::I32Eq;
    case Opcode::I32LtS: return Opcode::I32GeS;
    case Opcode::I32LtU: return Opcode::I32GeU;
    case Opcode::I32GtS: return Opcode::I32LeS;
    case Opcode::I32GtU: return Opcode::I32LeU;
    case Opcode::I32LeS: return Opcode::I32GtS;
    case Opcode::I32LeU: return Opcode::I32GtU;
    case Opcode::I32GeS: return Opcode::I32LtS;
    case Opcode::I32GeU: return Opcode::I32LtU;
    case Opcode::I64Eq: return Opcode::I64Ne;
    case Opcode::I64Ne: return Opcode::I64Eq;
    case Opcode::I64LtS: return Opcode::I64GeS;
    case Opcode::I64LtU: return Opcode::I64GeU;
    case Opcode::I64GtS: return Opcode::I64LeS;
    case Opcode::I64GtU: return Opcode::I64LeU;
    case Opcode::I64LeS: return Opcode::I64GtS;
    case Opcode::I64LeU: return Opcode::I64GtU;
    case Opcode::I64GeS: return Opcode::I64LtS;
    case Opcode::I64GeU: return Opcode::I64LtU;
    default: return Opcode::Nop;
  }
}

// The family of a row, by which OnOp dispatches.
enum class Family : uint8_t { kOther, kUnary, kBinary, kCompare, kVector, kLoad, kStore };

constexpr Family kFamilies[kOpcodeCount] = {
#define OP(...) Family::kOther,
#define UNARY(...) Family::kUnary,
#define BINARY(...) Family::kBinary,
#define COMPARE(...) Family::kCompare,
#define LOAD(...) Family::kLoad,
#define STORE(...) Family::kStore,
#include "vm/syntax/opcodes_core.def"
#define OP(...) Family::kOther,
#define NUMERIC(...) Family::kVector,
#define LOAD(...) Family::kLoad,
#define STORE(...) Family::kStore,
#include "vm/syntax/opcodes_simd.def"
};

}  // namespace

void Translator::OnOp(const Instruction& instruction, const Resolved& resolved) {
  const Opcode op = instruction.op;
  switch (kFamilies[static_cast<int>(op)]) {
    case Family::kUnary:
      if (op == Opcode::I32Eqz || op == Opcode::I64Eqz) return EqualZero(instruction);
      return Unary(instruction);
    case Family::kBinary:
    case Family::kCompare: return Binary(instruction);
    case Family::kVector: return VectorOp(instruction);
    case Family::kLoad: return Load(instruction);
    case Family::kStore: return Store(instruction);
    case Family::kOther: break;
  }
  switch (op) {
    case Opcode::Nop: return;
    case Opcode::I32Const: return PushConst(ValType::kI32, instruction.bits);
    case Opcode::I64Const: return PushConst(ValType::kI64, instruction.bits);
    case Opcode::F32Const: return PushConst(ValType::kF32, instruction.bits);
    case Opcode::F64Const: return PushConst(ValType::kF64, instruction.bits);
    case Opcode::RefNull: return PushConst(resolved.type, 0);
    case Opcode::V128Const:
      EmitResult(handlers::ConstVector, ValType::kV128, 0);
      code_.AppendBits(instruction.v128.Lane<uint64_t>(0));
      code_.AppendBits(instruction.v128.Lane<uint64_t>(1));
      return;
    case Opcode::RefFunc:
      return EmitResultImmediate(handlers::RefFunc, ValType::kFuncRef, 0, instruction.index);
    case Opcode::RefIsNull: {
      Operand operand = Pop();
      Materialize(&operand);
      return EmitResult(handlers::RefIsNull, ValType::kI32, operand.slot);
    }
    case Opcode::GlobalGet:
    case Opcode::GlobalSet: return Global(instruction, resolved);
    case Opcode::MemorySize:
      return Bulk(handlers::MemorySize, instruction, 0,
                  ToValType(resolved_.memories[instruction.index].address));
    case Opcode::MemoryGrow:
      return Bulk(handlers::MemoryGrow, instruction, 1,
                  ToValType(resolved_.memories[instruction.index].address));
    case Opcode::MemoryInit: return Bulk(handlers::MemoryInit, instruction, 3);
    case Opcode::MemoryCopy: return Bulk(handlers::MemoryCopy, instruction, 3);
    case Opcode::MemoryFill: return Bulk(handlers::MemoryFill, instruction, 3);
    case Opcode::DataDrop: return Bulk(handlers::DataDrop, instruction, 0);
    case Opcode::TableGet: return Bulk(handlers::TableGet, instruction, 1, resolved.type);
    case Opcode::TableSet: return Bulk(handlers::TableSet, instruction, 2);
    case Opcode::TableSize:
      return Bulk(handlers::TableSize, instruction, 0,
                  ToValType(resolved_.tables[instruction.index].type.address));
    case Opcode::TableGrow:
      return Bulk(handlers::TableGrow, instruction, 2,
                  ToValType(resolved_.tables[instruction.index].type.address));
    case Opcode::TableInit: return Bulk(handlers::TableInit, instruction, 3);
    case Opcode::TableCopy: return Bulk(handlers::TableCopy, instruction, 3);
    case Opcode::TableFill: return Bulk(handlers::TableFill, instruction, 3);
    case Opcode::ElemDrop: return Bulk(handlers::ElemDrop, instruction, 0);
    default: break;
  }
  const Handler lane_memory = LaneMemoryHandler(op);
  TENON_CHECK(lane_memory != nullptr);  // every row has a translation
  LaneMemory(instruction);
}

bool Translator::FitsImmediate(const Operand& operand) const {
  if (operand.kind != Operand::Kind::kConst) return false;
  if (operand.narrow || operand.value_class == Class::kFloat) return true;
  const auto value = static_cast<int64_t>(operand.bits);
  return value == static_cast<int32_t>(value);
}

Translator::Operands Translator::ChooseForm(Operand* left, Operand* right, bool commutes) {
  if (left->kind == Operand::Kind::kConst && right->kind == Operand::Kind::kConst) {
    Materialize(left);
  }
  if (commutes && left->kind == Operand::Kind::kConst) std::swap(left, right);
  if (FitsImmediate(*right)) {
    return {InAcc(*left) ? Form::kAK : Form::kSK, left->slot, 0, right->bits};
  }
  if (FitsImmediate(*left)) {
    return {InAcc(*right) ? Form::kKA : Form::kKS, right->slot, 0, left->bits};
  }
  Materialize(left);
  Materialize(right);
  Form form = Form::kSS;
  if (InAcc(*left)) {
    form = Form::kAS;
  } else if (InAcc(*right)) {
    form = Form::kSA;
  }
  return {form, left->slot, right->slot, 0};
}

void Translator::Unary(const Instruction& instruction) {
  Operand operand = Pop();
  Materialize(&operand);
  if (Info(instruction.op).has(kTraps)) code_.NotePosition(instruction.offset);
  const Form form = InAcc(operand) ? Form::kAS : Form::kSS;
  EmitResult(UnaryHandler(instruction.op, form), ResultOf(instruction.op), operand.slot);
}

void Translator::Binary(const Instruction& instruction) {
  Operand right = Pop();
  Operand left = Pop();
  const Opcode op = instruction.op;
  const Family family = kFamilies[static_cast<int>(op)];
  const bool is_compare = family == Family::kCompare || op == Opcode::I32And;
  if (is_compare) {
    last_.left = left;
    last_.right = right;
  }
  const Operands chosen = ChooseForm(&left, &right, Commutes(op));
  // Choosing may have emitted constants; a position must stand on the instruction itself.
  if (Info(op).has(kTraps)) code_.NotePosition(instruction.offset);
  const Handler handler = BinaryHandler(op, chosen.form);
  const bool immediate = chosen.form != Form::kSS && chosen.form != Form::kAS &&
                         chosen.form != Form::kSA;
  if (!immediate) {
    EmitResult(handler, ResultOf(op), chosen.left, chosen.right);
  } else {
    EmitResultImmediate(handler, ResultOf(op), chosen.left,
                        static_cast<uint32_t>(chosen.immediate));
    if (left.value_class == Class::kFloat && !left.narrow) code_.AppendBits(chosen.immediate);
  }
  last_.op = op;
  last_.is_compare = is_compare;
}

// A comparison with zero; of a comparison just made, its inverse.
void Translator::EqualZero(const Instruction& instruction) {
  const Operand& operand = Top();
  Instruction comparison = instruction;
  if (last_.valid && last_.is_compare && operand.kind == Operand::Kind::kHome &&
      operand.slot == last_.slot && Inverse(last_.op) != Opcode::Nop) {
    const Last last = last_;
    Pop();
    code_.Rewind(last.start);
    int_mirror_ = last.int_mirror;
    float_mirror_ = last.float_mirror;
    stack_.push_back(last.left);
    stack_.push_back(last.right);
    height_ += 2;
    for (const Operand* pushed : {&last.left, &last.right}) {
      if (pushed->kind == Operand::Kind::kLocal) ++local_refs_[pushed->local];
    }
    comparison.op = Inverse(last.op);
  } else {
    PushConst(operand.narrow ? ValType::kI32 : ValType::kI64, 0);
    comparison.op = instruction.op == Opcode::I32Eqz ? Opcode::I32Eq : Opcode::I64Eq;
  }
  Binary(comparison);
}

void Translator::VectorOp(const Instruction& instruction) {
  Operand operands[3];
  const int count = OperandCount(instruction.op);
  for (int i = count - 1; i >= 0; --i) operands[i] = Pop();
  for (int i = 0; i < count; ++i) Materialize(&operands[i]);
  const bool has_lane = Info(instruction.op).immediate != ImmediateKind::kNone &&
                        instruction.op != Opcode::I8x16Shuffle;
  EmitResult(VectorHandler(instruction.op), ResultOf(instruction.op), operands[0].slot,
             operands[1].slot, has_lane ? instruction.lane : operands[2].slot);
  if (instruction.op == Opcode::I8x16Shuffle) {
    code_.AppendBits(instruction.v128.Lane<uint64_t>(0));
    code_.AppendBits(instruction.v128.Lane<uint64_t>(1));
  }
}

// Static offsets that reach beyond the guard are checked beforehand. True if the check was emitted.
bool Translator::CheckOffset(const Instruction& instruction, Operand* address) {
  const auto bytes = static_cast<uint32_t>(Info(instruction.op).access_bytes());
  if (instruction.memarg.offset + bytes <= kMemoryGuardBytes) return false;
  Materialize(address);
  code_.NotePosition(instruction.offset);
  code_.EmitImmediate(handlers::CheckBounds, 0, address->slot, bytes);
  code_.AppendBits(instruction.index);
  code_.AppendBits(instruction.memarg.offset);
  last_.valid = false;
  return true;
}

void Translator::Load(const Instruction& instruction) {
  Operand address = Pop();
  const ValType type = ResultOf(instruction.op);
  const uint64_t offset = instruction.memarg.offset;
  const bool near = instruction.index == 0;
  const bool constant = address.kind == Operand::Kind::kConst;
  if (near && constant && (address.bits + offset + 16) >> 32 == 0) {
    code_.NotePosition(instruction.offset);
    return EmitResultImmediate(LoadHandler(instruction.op, Form::kKS), type, 0,
                               static_cast<uint32_t>(address.bits + offset));
  }
  CheckOffset(instruction, &address);
  Materialize(&address);
  code_.NotePosition(instruction.offset);
  if (near) {
    const Form form = InAcc(address) ? Form::kAS : Form::kSS;
    return EmitResultImmediate(LoadHandler(instruction.op, form), type, address.slot,
                               static_cast<uint32_t>(offset));
  }
  EmitResultImmediate(LoadFarHandler(instruction.op), type, address.slot,
                      static_cast<uint32_t>(offset));
  code_.AppendBits(instruction.index);
}

void Translator::Store(const Instruction& instruction) {
  Operand value = Pop();
  Operand address = Pop();
  const auto offset = static_cast<uint32_t>(instruction.memarg.offset);
  CheckOffset(instruction, &address);
  Materialize(&address);
  const bool near = instruction.index == 0;
  const bool immediate = near && value.kind == Operand::Kind::kConst &&
                         value.value_class == Class::kInt &&
                         static_cast<int64_t>(value.bits << (value.narrow ? 32 : 0)) >>
                                 (value.narrow ? 32 : 0) ==
                             static_cast<int16_t>(value.bits);
  if (!immediate) Materialize(&value);
  code_.NotePosition(instruction.offset);
  last_.valid = false;
  if (!near) {
    code_.EmitImmediate(StoreFarHandler(instruction.op), address.slot, value.slot, offset);
    code_.AppendBits(instruction.index);
    return;
  }
  const bool address_in_acc = InAcc(address);
  const bool value_in_acc = InAcc(value);
  Form form = Form::kSS;
  if (immediate) {
    form = address_in_acc ? Form::kAK : Form::kSK;
  } else if (address_in_acc && value_in_acc && value.value_class == Class::kFloat) {
    form = Form::kKA;
  } else if (value_in_acc) {
    form = Form::kSA;
  } else if (address_in_acc) {
    form = Form::kAS;
  }
  code_.EmitImmediate(StoreHandler(instruction.op, form), address.slot,
                      immediate ? static_cast<uint16_t>(value.bits) : value.slot, offset);
}

void Translator::LaneMemory(const Instruction& instruction) {
  const Operand vector = Pop();
  Operand address = Pop();
  CheckOffset(instruction, &address);
  Materialize(&address);
  code_.NotePosition(instruction.offset);
  const Handler handler = LaneMemoryHandler(instruction.op);
  const bool is_load = ResultOf(instruction.op) == ValType::kV128;
  if (is_load) {
    EmitResult(handler, ValType::kV128, address.slot, vector.slot, instruction.lane);
  } else {
    last_.valid = false;
    code_.Emit(handler, {0, address.slot, vector.slot, instruction.lane});
  }
  code_.AppendPair(instruction.index, static_cast<uint32_t>(instruction.memarg.offset));
}

void Translator::Global(const Instruction& instruction, const Resolved& resolved) {
  const bool imported = instruction.index < resolved_.imported_globals;
  const uint32_t where =
      imported ? instruction.index : global_offsets_[instruction.index - resolved_.imported_globals];
  const Class value_class = ClassOf(resolved.type);
  if (instruction.op == Opcode::GlobalGet) {
    Handler handler = imported ? handlers::ImportedGlobalGetInt : handlers::GlobalGetInt;
    if (value_class == Class::kFloat) {
      handler = imported ? handlers::ImportedGlobalGetFloat : handlers::GlobalGetFloat;
    } else if (value_class == Class::kVector) {
      handler = imported ? handlers::ImportedGlobalGetVector : handlers::GlobalGetVector;
    }
    return EmitResultImmediate(handler, resolved.type, 0, where);
  }
  Operand value = Pop();
  Materialize(&value);
  Handler handler = imported ? handlers::ImportedGlobalSet : handlers::GlobalSet;
  if (value_class == Class::kVector) {
    handler = imported ? handlers::ImportedGlobalSetVector : handlers::GlobalSetVector;
  } else if (!imported && value_class == Class::kInt && InAcc(value)) {
    handler = handlers::GlobalSetIntAcc;
  }
  last_.valid = false;
  code_.EmitImmediate(handler, value.slot, 0, where);
}

// Instructions whose operands stand in slots, destination first if they have one.
void Translator::Bulk(Handler handler, const Instruction& instruction, int operand_count,
                      ValType result) {
  Operand operands[3];
  for (int i = operand_count - 1; i >= 0; --i) operands[i] = Pop();
  for (int i = 0; i < operand_count; ++i) Materialize(&operands[i]);
  code_.NotePosition(instruction.offset);
  if (!result.is_bot()) {
    EmitResult(handler, result, operands[0].slot, operands[1].slot, operands[2].slot);
  } else {
    last_.valid = false;
    code_.Emit(handler, {operands[0].slot, operands[1].slot, operands[2].slot});
  }
  code_.AppendPair(instruction.index, instruction.index2);
}

}  // namespace tenon::vm::interp
