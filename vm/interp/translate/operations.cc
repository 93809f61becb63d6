// Everything but control: constants, scalar and vector operations, memory, tables, globals.
#include "absl/strings/string_view.h"
#include "vm/interp/translate/translator_inl.h"
#include "vm/runtime/memory.h"

namespace tenon::vm::interp {
namespace {

enum class Family : uint8_t { kOther, kScalar, kCompare, kVector };

// The integer comparison that is true when `op` is false; Nop when `op` is none.
constexpr Opcode Inverse(Opcode op) {
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

constexpr bool Commutes(Opcode op) {
  switch (op) {
    case Opcode::I32Add:
    case Opcode::I32Mul:
    case Opcode::I32And:
    case Opcode::I32Or:
    case Opcode::I32Xor:
    case Opcode::I32Eq:
    case Opcode::I32Ne:
    case Opcode::I64Add:
    case Opcode::I64Mul:
    case Opcode::I64And:
    case Opcode::I64Or:
    case Opcode::I64Xor:
    case Opcode::I64Eq:
    case Opcode::I64Ne: return true;
    default: return false;
  }
}

// What the translator asks of a row, worked out at compile time.
struct Row {
  ValType result;  // bottom if the signature has none
  Family family = Family::kOther;
  uint8_t operand_count = 0;
  uint8_t access_bytes = 0;
  bool traps : 1 = false;
  bool commutes : 1 = false;
  bool absorbable : 1 = false;  // into a branch on its result
};

constexpr Row MakeRow(Family family, Opcode op, const char* signature, int traits) {
  Row row;
  row.family = family;
  row.access_bytes = static_cast<uint8_t>(traits >> 8);
  row.traps = (traits & kTraps) != 0;
  row.commutes = Commutes(op);
  row.absorbable = family == Family::kCompare || op == Opcode::I32And;
  if (signature[0] == '*') return row;
  while (signature[row.operand_count] != ':') ++row.operand_count;
  row.result = kSignatures[static_cast<int>(op)].push;
  return row;
}

#define ROW(family, name, text, prefix, code, immediate, signature, traits, feature) \
  MakeRow(Family::family, Opcode::name, signature, traits),
constexpr Row kRows[kOpcodeCount] = {
#define OP(...) ROW(kOther, __VA_ARGS__)
#define UNARY(...) ROW(kScalar, __VA_ARGS__)
#define BINARY(...) ROW(kScalar, __VA_ARGS__)
#define COMPARE(...) ROW(kCompare, __VA_ARGS__)
#include "vm/syntax/opcodes_core.def"
#define OP(...) ROW(kOther, __VA_ARGS__)
#define NUMERIC(...) ROW(kVector, __VA_ARGS__)
#include "vm/syntax/opcodes_simd.def"
#define OP(...) ROW(kOther, __VA_ARGS__)
#include "vm/syntax/opcodes_atomic.def"
};
#undef ROW

const Row& RowOf(Opcode op) { return kRows[static_cast<int>(op)]; }

}  // namespace

void Translator::OnConst(const Instruction& instruction) {
  PushConst(ShapeOf(RowOf(instruction.op).result), instruction.bits);
}

void Translator::OnOp(const Instruction& instruction, const Resolved& resolved) {
  if (RowOf(instruction.op).family == Family::kVector) return VectorOp(instruction);
  switch (instruction.op) {
    case Opcode::Nop: return;
    case Opcode::RefNull: return PushConst(ShapeOf(resolved.type), 0);
    case Opcode::V128Const:
      EmitResult(handlers::ConstVector, ValType::kV128, 0);
      code_.AppendBits(instruction.v128.Lane<uint64_t>(0));
      code_.AppendBits(instruction.v128.Lane<uint64_t>(1));
      return;
    case Opcode::RefFunc:
      return EmitResultImmediate(handlers::RefFunc, ValType::kFuncRef, 0, instruction.index);
    case Opcode::RefIsNull: {
      Operand& operand = Pop();
      Materialize(&operand);
      return EmitResult(handlers::RefIsNull, ValType::kI32, operand.slot);
    }
    case Opcode::RefAsNonNull:
      Materialize(&Top());
      code_.SetOffset(instruction.offset);
      code_.Emit(handlers::CheckNonNull, {0, Top().slot});
      last_.valid = false;
      return;
    case Opcode::GlobalGet:
    case Opcode::GlobalSet: return Global(instruction, resolved);
    case Opcode::MemorySize:
      return Bulk(handlers::MemorySize, instruction, 0,
                  ToValType(resolved_->memories[instruction.index].address));
    case Opcode::MemoryGrow:
      return Bulk(handlers::MemoryGrow, instruction, 1,
                  ToValType(resolved_->memories[instruction.index].address));
    case Opcode::MemoryInit: return Bulk(handlers::MemoryInit, instruction, 3);
    case Opcode::MemoryCopy: return Bulk(handlers::MemoryCopy, instruction, 3);
    case Opcode::MemoryFill: return Bulk(handlers::MemoryFill, instruction, 3);
    case Opcode::DataDrop: return Bulk(handlers::DataDrop, instruction, 0);
    case Opcode::TableGet: return Bulk(handlers::TableGet, instruction, 1, resolved.type);
    case Opcode::TableSet: return Bulk(handlers::TableSet, instruction, 2);
    case Opcode::TableSize:
      return Bulk(handlers::TableSize, instruction, 0,
                  ToValType(resolved_->tables[instruction.index].type.address));
    case Opcode::TableGrow:
      return Bulk(handlers::TableGrow, instruction, 2,
                  ToValType(resolved_->tables[instruction.index].type.address));
    case Opcode::TableInit: return Bulk(handlers::TableInit, instruction, 3);
    case Opcode::TableCopy: return Bulk(handlers::TableCopy, instruction, 3);
    case Opcode::TableFill: return Bulk(handlers::TableFill, instruction, 3);
    case Opcode::ElemDrop: return Bulk(handlers::ElemDrop, instruction, 0);
    case Opcode::I64Add128:
    case Opcode::I64Sub128:
    case Opcode::I64MulWideS:
    case Opcode::I64MulWideU: return WideOp(instruction);
    default: break;
  }
  if (Reference(instruction, resolved)) return;
  if (AtomicHandler(instruction.op) != nullptr) return Atomic(instruction);
  TENON_CHECK(LaneMemoryHandler(instruction.op, AccessMode::kGuarded) !=
              nullptr);  // no row is left
  LaneMemory(instruction);
}

void Translator::OnUnary(const Instruction& instruction) {
  const Row& row = RowOf(instruction.op);
  if (row.family == Family::kVector) return VectorOp(instruction);
  if (instruction.op == Opcode::I32Eqz || instruction.op == Opcode::I64Eqz) {
    return EqualZero(instruction);
  }
  Operand& operand = Top();
  Materialize(&operand);
  CountReference(operand, -1);
  if (row.traps) code_.SetOffset(instruction.offset);
  const Form form = InAcc(operand) ? Form::kAS : Form::kSS;
  const uint32_t source = operand.slot;
  SetTop(ShapeOf(row.result));
  NoteResult(code_.Emit(ScalarHandler(instruction.op, form), {Top().slot, source}));
}

void Translator::OnBinary(const Instruction& instruction) {
  if (RowOf(instruction.op).family == Family::kVector) return VectorOp(instruction);
  Binary(instruction.op, instruction.offset);
}

// The result takes the place of the left operand.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline void Translator::Binary(Opcode op, uint32_t offset) {
  const Row& row = RowOf(op);
  Operand* right = &Pop();
  Operand* left = &Top();
  CountReference(*left, -1);
  if (row.absorbable) {
    last_.left = *left;
    last_.right = *right;
  }
  if (left->is_const() && right->is_const()) Materialize(left);
  if (row.commutes && left->is_const()) std::swap(left, right);
  const uint32_t home = Top().home;
  uint32_t start;
  if (FitsImmediate(*right) || FitsImmediate(*left)) {
    const bool on_right = right->is_const();
    const Operand& other = on_right ? *left : *right;
    const uint64_t immediate = on_right ? right->bits : left->bits;
    const bool in_acc = InAcc(other);
    const Form form =
        on_right ? (in_acc ? Form::kAK : Form::kSK) : (in_acc ? Form::kKA : Form::kKS);
    if (row.traps) code_.SetOffset(offset);
    start = code_.EmitImmediate(ScalarHandler(op, form), home, other.slot,
                                static_cast<uint32_t>(immediate));
    if (other.value_class() == Class::kFloat && !other.shape.narrow) code_.AppendBits(immediate);
  } else {
    Materialize(left);
    Materialize(right);
    const Form form = InAcc(*left) ? Form::kAS : InAcc(*right) ? Form::kSA : Form::kSS;
    // Materializing may have emitted constants; the offset must stand on the operation itself.
    if (row.traps) code_.SetOffset(offset);
    start = code_.Emit(ScalarHandler(op, form), {home, left->slot, right->slot});
  }
  SetTop(ShapeOf(row.result));
  NoteResult(start);
  last_.op = op;
  last_.is_compare = row.absorbable;
}

// A comparison with zero; of a comparison just made, its inverse.
void Translator::EqualZero(const Instruction& instruction) {
  const Operand& operand = Top();
  if (last_.valid && last_.is_compare && operand.kind == Operand::Kind::kHome &&
      operand.slot == last_.slot && Inverse(last_.op) != Opcode::Nop) {
    code_.Rewind(last_.start);
    int_mirror_ = last_.int_mirror;
    float_mirror_ = last_.float_mirror;
    Pop();
    for (const Operand* undone : {&last_.left, &last_.right}) {
      Push(undone->shape) = *undone;
      CountReference(*undone, 1);
    }
    return Binary(Inverse(last_.op), instruction.offset);
  }
  const bool is_narrow = operand.shape.narrow;
  PushConst(operand.shape, 0);
  Binary(is_narrow ? Opcode::I32Eq : Opcode::I64Eq, instruction.offset);
}

void Translator::VectorOp(const Instruction& instruction) {
  Operand operands[3];
  const int count = RowOf(instruction.op).operand_count;
  for (int i = count - 1; i >= 0; --i) operands[i] = Pop();
  for (int i = 0; i < count; ++i) Materialize(&operands[i]);
  const bool has_lane = Info(instruction.op).immediate != ImmediateKind::kNone &&
                        instruction.op != Opcode::I8x16Shuffle;
  const bool deterministic = module_->engine->settings().deterministic_simd;
  EmitResult(VectorHandler(instruction.op, deterministic), RowOf(instruction.op).result,
             operands[0].slot, operands[1].slot, has_lane ? instruction.lane : operands[2].slot);
  if (instruction.op == Opcode::I8x16Shuffle) {
    code_.AppendBits(instruction.v128.Lane<uint64_t>(0));
    code_.AppendBits(instruction.v128.Lane<uint64_t>(1));
  }
}

void Translator::WideOp(const Instruction& instruction) {
  const bool is_sum = instruction.op == Opcode::I64Add128 || instruction.op == Opcode::I64Sub128;
  const int count = is_sum ? 4 : 2;
  Operand operands[4];
  for (int i = count - 1; i >= 0; --i) operands[i] = Pop();
  for (int i = 0; i < count; ++i) Materialize(&operands[i]);
  const uint32_t low = Push(ShapeOf(ValType::kI64)).slot;
  const uint32_t high = Push(ShapeOf(ValType::kI64)).slot;
  last_.valid = false;
  code_.Emit(WideHandler(instruction.op),
             {low, operands[0].slot, operands[1].slot, operands[2].slot});
  if (is_sum) code_.AppendBits(operands[3].slot);
  SetMirror(Class::kInt, low);
  SetMirror(Class::kInt, high);
}

AccessMode Translator::ModeOf(uint32_t memory) const {
  const MemoryType& type = resolved_->memories[memory];
  if (IsGuarded(type, module_->engine->settings().bounds)) return AccessMode::kGuarded;
  return type.address == AddressType::kI64 ? AccessMode::kChecked64 : AccessMode::kChecked32;
}

// The offset for the access's handler. What a guarded memory's guard does not cover is checked
// beforehand.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline uint32_t Translator::TakeOffset(const Instruction& instruction,
                                                                    AccessMode mode,
                                                                    Operand* address) {
  const uint64_t offset = instruction.memarg.offset;
  const uint32_t bytes = RowOf(instruction.op).access_bytes;
  if (offset <= kMemoryGuardBytes - bytes) [[likely]]
    return static_cast<uint32_t>(offset);
  if (mode == AccessMode::kChecked64 && offset > UINT32_MAX) {
    return FoldOffset(instruction, address);
  }
  if (mode != AccessMode::kGuarded) return static_cast<uint32_t>(offset);
  Materialize(address);
  code_.SetOffset(instruction.offset);
  code_.EmitImmediate(handlers::CheckBounds, 0, address->slot, bytes);
  code_.AppendBits(instruction.index);
  code_.AppendBits(offset);
  last_.valid = false;
  return static_cast<uint32_t>(offset);
}

// Handlers take offsets of 32 bits: a longer one is added to the address first, in its home.
uint32_t Translator::FoldOffset(const Instruction& instruction, Operand* address) {
  Materialize(address);
  code_.SetOffset(instruction.offset);
  code_.Emit(handlers::AddOffset, {address->home, address->slot});
  code_.AppendBits(instruction.memarg.offset);
  last_.valid = false;
  address->kind = Operand::Kind::kHome;
  address->slot = address->home;
  SetMirror(Class::kInt, address->home);
  return 0;
}

void Translator::OnLoad(const Instruction& instruction) {
  Operand& address = Pop();
  const ValType type = RowOf(instruction.op).result;
  const bool near = instruction.index == 0;
  uint64_t place;
  if (near && address.is_const() &&
      !__builtin_add_overflow(address.bits, instruction.memarg.offset, &place) &&
      place < (uint64_t{1} << 32) - 16) {
    code_.SetOffset(instruction.offset);
    return EmitResultImmediate(MemoryHandler(instruction.op, memory0_mode_, Form::kKS), type, 0,
                               static_cast<uint32_t>(place));
  }
  const AccessMode mode = near ? memory0_mode_ : ModeOf(instruction.index);
  const uint32_t offset = TakeOffset(instruction, mode, &address);
  Materialize(&address);
  code_.SetOffset(instruction.offset);
  if (near) {
    const Form form = InAcc(address) ? Form::kAS : Form::kSS;
    return EmitResultImmediate(MemoryHandler(instruction.op, mode, form), type, address.slot,
                               offset);
  }
  EmitResultImmediate(FarMemoryHandler(instruction.op, mode), type, address.slot, offset);
  code_.AppendBits(instruction.index);
}

void Translator::OnStore(const Instruction& instruction) {
  Operand& value = Pop();
  Operand& address = Pop();
  const bool near = instruction.index == 0;
  const AccessMode mode = near ? memory0_mode_ : ModeOf(instruction.index);
  const uint32_t offset = TakeOffset(instruction, mode, &address);
  Materialize(&address);
  const bool immediate = near && FitsHalf(value);
  if (!immediate) Materialize(&value);
  code_.SetOffset(instruction.offset);
  last_.valid = false;
  if (!near) {
    code_.EmitImmediate(FarMemoryHandler(instruction.op, mode), address.slot, value.slot, offset);
    code_.AppendBits(instruction.index);
    return;
  }
  const bool address_in_acc = InAcc(address);
  const bool value_in_acc = InAcc(value);
  Form form = Form::kSS;
  if (immediate) {
    form = address_in_acc ? Form::kAK : Form::kSK;
  } else if (address_in_acc && value_in_acc && value.value_class() == Class::kFloat) {
    form = Form::kKA;
  } else if (value_in_acc) {
    form = Form::kSA;
  } else if (address_in_acc) {
    form = Form::kAS;
  }
  code_.EmitImmediate(MemoryHandler(instruction.op, mode, form), address.slot,
                      immediate ? static_cast<uint16_t>(value.bits) : value.slot, offset);
}

void Translator::Atomic(const Instruction& instruction) {
  const Row& row = RowOf(instruction.op);
  Operand operands[3];
  for (int i = row.operand_count - 1; i >= 0; --i) operands[i] = Pop();
  for (int i = 0; i < row.operand_count; ++i) Materialize(&operands[i]);
  code_.SetOffset(instruction.offset);
  const Handler handler = AtomicHandler(instruction.op);
  if (row.result.is_bot()) {
    last_.valid = false;
    code_.Emit(handler, {0, operands[0].slot, operands[1].slot, operands[2].slot});
  } else {
    EmitResult(handler, row.result, operands[0].slot, operands[1].slot, operands[2].slot);
  }
  code_.AppendBits(instruction.index);
  code_.AppendBits(instruction.memarg.offset);
}

void Translator::LaneMemory(const Instruction& instruction) {
  const Operand& vector = Pop();
  Operand& address = Pop();
  const AccessMode mode = ModeOf(instruction.index);
  const uint32_t offset = TakeOffset(instruction, mode, &address);
  Materialize(&address);
  code_.SetOffset(instruction.offset);
  const Handler handler = LaneMemoryHandler(instruction.op, mode);
  const bool is_load = RowOf(instruction.op).result == ValType::kV128;
  if (is_load) {
    EmitResult(handler, ValType::kV128, address.slot, vector.slot, instruction.lane);
  } else {
    last_.valid = false;
    code_.Emit(handler, {0, address.slot, vector.slot, instruction.lane});
  }
  code_.AppendPair(instruction.index, offset);
}

void Translator::Global(const Instruction& instruction, const Resolved& resolved) {
  const bool imported = instruction.index < resolved_->imported_globals;
  const uint32_t where = imported
                             ? instruction.index
                             : global_offsets_[instruction.index - resolved_->imported_globals];
  const Class value_class = ShapeOf(resolved.type).value_class;
  if (instruction.op == Opcode::GlobalGet) {
    Handler handler = imported ? handlers::ImportedGlobalGetInt : handlers::GlobalGetInt;
    if (value_class == Class::kFloat) {
      handler = imported ? handlers::ImportedGlobalGetFloat : handlers::GlobalGetFloat;
    } else if (value_class == Class::kVector) {
      handler = imported ? handlers::ImportedGlobalGetVector : handlers::GlobalGetVector;
    }
    return EmitResultImmediate(handler, resolved.type, 0, where);
  }
  Operand& value = Pop();
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
  code_.SetOffset(instruction.offset);
  if (!result.is_bot()) {
    EmitResult(handler, result, operands[0].slot, operands[1].slot, operands[2].slot);
  } else {
    last_.valid = false;
    code_.Emit(handler, {operands[0].slot, operands[1].slot, operands[2].slot});
  }
  code_.AppendPair(instruction.index, instruction.index2);
}

}  // namespace tenon::vm::interp
