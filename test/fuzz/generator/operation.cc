// Immediates, by their kinds, and operands of rows that have a signature.
#include "test/fuzz/generator/operation.h"

#include <bit>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "test/fuzz/generator/constants.h"
#include "vm/valid/signature.h"

namespace tenon::vm {
namespace {

// Lanes that the kind of immediate chooses among.
uint32_t LanesOf(ImmediateKind kind) {
  using enum ImmediateKind;
  switch (kind) {
    case kLane16:
    case kMemArgLane16: return 16;
    case kLane8:
    case kMemArgLane8: return 8;
    case kLane4:
    case kMemArgLane4: return 4;
    default: return 2;
  }
}

// Instructions that show the bits of a float operand.
bool ShowsBits(Opcode op) {
  const absl::string_view text = Info(op).text;
  return absl::StrContains(text, "reinterpret") || absl::StrContains(text, "store") ||
         absl::StrContains(text, "copysign");
}

bool Divides(Opcode op) {
  const absl::string_view text = Info(op).text;
  return Info(op).prefix == 0 &&
         (absl::StrContains(text, ".div_") || absl::StrContains(text, ".rem_"));
}

}  // namespace

bool OperationChooser::Any(size_t count, uint32_t* index) {
  if (count == 0) return false;
  *index = choices_.Below(count);
  return true;
}

bool OperationChooser::Choose(Opcode op, Operation* out) {
  op_ = op;
  out_ = out;
  out->instruction.op = op;
  if (!ChooseImmediates(Info(op).immediate)) return false;
  const bool waits = op == Opcode::MemoryAtomicWait32 || op == Opcode::MemoryAtomicWait64;
  if (waits && !scope_.module.memories[out->instruction.index].shared && !choices_.OneIn(16)) {
    return false;
  }
  if (!Info(op).has_signature() || op == Opcode::TableInit) return ApplyRule();
  ApplySignature();
  return true;
}

bool OperationChooser::ChooseImmediates(ImmediateKind kind) {
  Instruction& instruction = out_->instruction;
  const Module& module = scope_.module;
  switch (kind) {
    using enum ImmediateKind;
    case kNone:
    case kZeroByte: return true;
    case kBlock:
    case kTryTable: return false;  // not this class's
    case kLabel: return Any(function_.labels.size(), &instruction.index);
    case kLabelTable: return ChooseLabels();
    case kFunc:
    case kRefFunc: return Any(module.functions.size(), &instruction.index);
    case kCallIndirect: return Any(module.tables.size(), &instruction.index2);
    case kSelectTypes:
      out_->types = {scope_.types.AnyType()};
      instruction.types = out_->types;
      return true;
    case kType: return ChooseAggregateType();
    case kTypeField:
      return ChooseAggregateType() &&
             Any(scope_.types.at(instruction.index).fields.size(), &instruction.index2);
    case kTypeCount: instruction.index2 = choices_.Below(5); return ChooseAggregateType();
    case kTypeData: return ChooseAggregateType() && Any(module.datas.size(), &instruction.index2);
    case kTypeElem: return ChooseAggregateType() && Any(module.elems.size(), &instruction.index2);
    case kTypeType: {
      const absl::Span<const uint32_t> arrays = scope_.types.OfKind(SubType::Kind::kArray);
      instruction.index2 = choices_.Of(arrays);
      return ChooseAggregateType();
    }
    case kHeapType: instruction.heap = scope_.types.AnyRef().heap(); return true;
    case kRefType: {
      const bool nullable = op_ == Opcode::RefTestNull || op_ == Opcode::RefCastNull;
      instruction.to = ValType::Ref(scope_.types.AnyRef().heap(), nullable);
      return true;
    }
    case kCastLabel: return ChooseCast();
    case kLocal: return Any(function_.locals.size(), &instruction.index);
    case kGlobal: return Any(module.globals.size(), &instruction.index);
    case kTable: return Any(module.tables.size(), &instruction.index);
    case kTableTable:
      return Any(module.tables.size(), &instruction.index) &&
             Any(module.tables.size(), &instruction.index2);
    case kElemTable:
      return Any(module.elems.size(), &instruction.index) &&
             Any(module.tables.size(), &instruction.index2);
    case kElem: return Any(module.elems.size(), &instruction.index);
    case kMemory: return Any(module.memories.size(), &instruction.index);
    case kMemoryMemory:
      return Any(module.memories.size(), &instruction.index) &&
             Any(module.memories.size(), &instruction.index2);
    case kDataMemory:
      return Any(module.datas.size(), &instruction.index) &&
             Any(module.memories.size(), &instruction.index2);
    case kData: return Any(module.datas.size(), &instruction.index);
    case kTag: return Any(module.tags.size(), &instruction.index);
    case kMemArg:
    case kAtomicMemArg: return ChooseMemArg();
    case kMemArgLane16:
    case kMemArgLane8:
    case kMemArgLane4:
    case kMemArgLane2: instruction.lane = choices_.Below(LanesOf(kind)); return ChooseMemArg();
    case kLane16:
    case kLane8:
    case kLane4:
    case kLane2: instruction.lane = choices_.Below(LanesOf(kind)); return true;
    case kShuffle:
      for (uint8_t& lane : instruction.v128.bytes) lane = choices_.Below(32);
      return true;
    case kI32:
    case kI64:
    case kF32:
    case kF64:
    case kV128: ChooseConstant(); return true;
  }
  return false;
}

void OperationChooser::ChooseConstant() {
  Instruction& instruction = out_->instruction;
  instruction.bits = AnyBits(choices_, kSignatures[static_cast<int>(op_)].push);
  instruction.v128.SetLane<uint64_t>(0, instruction.bits);
  instruction.v128.SetLane<uint64_t>(1, AnyBits(choices_, ValType::kF64));
}

// Labels of a br_table, the default last: those that take the same types.
bool OperationChooser::ChooseLabels() {
  const uint32_t depth = static_cast<uint32_t>(function_.labels.size());
  const uint32_t last = choices_.Below(depth);
  const std::vector<ValType>& types = function_.labels[depth - 1 - last].branch_types;
  for (uint32_t n = choices_.Below(6); n > 0; --n) {
    const uint32_t label = choices_.Below(depth);
    if (function_.labels[depth - 1 - label].branch_types == types) out_->labels.push_back(label);
  }
  out_->labels.push_back(last);
  out_->instruction.labels = out_->labels;
  out_->instruction.index = last;
  return true;
}

bool OperationChooser::ChooseMemArg() {
  Instruction& instruction = out_->instruction;
  if (!Any(scope_.module.memories.size(), &instruction.index)) return false;
  const uint32_t natural = std::countr_zero(static_cast<uint32_t>(Info(op_).access_bytes()));
  const bool is_atomic = Info(op_).immediate == ImmediateKind::kAtomicMemArg;
  instruction.memarg.align_log2 = is_atomic ? natural : choices_.Below(natural + 1);
  instruction.memarg.offset = choices_.Below(5) * 8;
  if (!is_atomic && choices_.OneIn(3)) instruction.memarg.offset += choices_.Below(8);
  if (choices_.OneIn(128)) {
    const bool is_64 = scope_.module.memories[instruction.index].address == AddressType::kI64;
    instruction.memarg.offset = AnyBits(choices_, is_64 ? ValType::kI64 : ValType::kI32);
  }
  return true;
}

// What kind of type an instruction names is in its name.
bool OperationChooser::ChooseAggregateType() {
  const absl::string_view text = Info(op_).text;
  SubType::Kind kind = SubType::Kind::kFunc;
  if (absl::StartsWith(text, "struct.")) kind = SubType::Kind::kStruct;
  if (absl::StartsWith(text, "array.")) kind = SubType::Kind::kArray;
  const absl::Span<const uint32_t> candidates = scope_.types.OfKind(kind);
  if (candidates.empty()) return false;
  out_->instruction.index = choices_.Of(candidates);
  return true;
}

// The label first: its last type is what the cast has to end in.
bool OperationChooser::ChooseCast() {
  Instruction& instruction = out_->instruction;
  if (!Any(function_.labels.size(), &instruction.index)) return false;
  if (Target().branch_types.empty() || !Target().branch_types.back().is_ref()) return false;
  const ValType taken = Target().branch_types.back();
  if (op_ == Opcode::BrOnCast) {
    instruction.to = scope_.types.AnySubtype(taken);
    instruction.from = ValType::Ref(scope_.types.Top(taken.heap()), true);
  } else {
    instruction.from = taken;
    instruction.to = scope_.types.AnySubtype(taken);
  }
  return true;
}

Operand OperationChooser::MemoryAddress(uint32_t memory, uint64_t mask) {
  return Small(ToValType(scope_.module.memories[memory].address), mask);
}

Operand OperationChooser::TableIndex(uint32_t table, uint64_t mask) {
  return Small(ToValType(scope_.module.tables[table].type.address), mask);
}

void OperationChooser::ApplySignature() {
  const Signature& row = kSignatures[static_cast<int>(op_)];
  const ImmediateKind kind = Info(op_).immediate;
  const Instruction& instruction = out_->instruction;
  const uint32_t space =
      kind == ImmediateKind::kDataMemory ? instruction.index2 : instruction.index;
  const auto address = [&] {
    return kind == ImmediateKind::kTable ? TableIndex(space, 3) : MemoryAddress(space, 0x78);
  };
  for (int i = 0; i < row.pop_count; ++i) {
    const bool is_address = (row.address_pops & (1 << i)) != 0;
    Pop(is_address ? address() : Operand{row.pops[i]});
  }
  if (row.push_count != 0) Push(row.address_push ? address().type : row.push);
  MaskOperands();
}

// Lengths, delays and divisors that suit their instruction.
void OperationChooser::MaskOperands() {
  std::vector<Operand>& pops = out_->pops;
  switch (op_) {
    case Opcode::MemoryGrow: pops[0] = Small(pops[0].type, 1); break;
    case Opcode::MemoryInit:
      pops[1] = Small(pops[1].type, 3);
      pops[2] = Small(pops[2].type, 3);
      break;
    case Opcode::MemoryAtomicWait32:
    case Opcode::MemoryAtomicWait64: pops[2].and_mask = 0xff; break;  // nanoseconds
    default: break;
  }
  if (Divides(op_) && !choices_.OneIn(16)) pops[1].or_mask = 1;
  if (ShowsBits(op_)) {
    const ValType type = pops.back().type;
    pops.back().shows_nan = type == ValType::kF32 || type == ValType::kF64;
  }
}

}  // namespace tenon::vm
