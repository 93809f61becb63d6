#include "vm/syntax/instruction_writer.h"

#include <cstring>

#include "vm/base/leb128.h"
#include "vm/base/status.h"

namespace tenon::vm {
namespace {

// core: #binary-heaptype, the abstract ones
uint8_t HeapKindCode(HeapKind kind) {
  switch (kind) {
    case HeapKind::kExn: return 0x69;
    case HeapKind::kArray: return 0x6a;
    case HeapKind::kStruct: return 0x6b;
    case HeapKind::kI31: return 0x6c;
    case HeapKind::kEq: return 0x6d;
    case HeapKind::kAny: return 0x6e;
    case HeapKind::kExtern: return 0x6f;
    case HeapKind::kFunc: return 0x70;
    case HeapKind::kNone: return 0x71;
    case HeapKind::kNoExtern: return 0x72;
    case HeapKind::kNoFunc: return 0x73;
    case HeapKind::kNoExn: return 0x74;
    case HeapKind::kConcrete:
    case HeapKind::kBot: break;
  }
  TENON_CHECK(false);
}

}  // namespace

void InstructionWriter::WriteVarU32(uint32_t value) { AppendVarU32(value, &out_); }

template <typename T>
void InstructionWriter::WriteFixed(T value) {
  const size_t size = out_.size();
  out_.resize(size + sizeof value);
  std::memcpy(out_.data() + size, &value, sizeof value);
}

void InstructionWriter::WriteOpcode(Opcode op) {
  const OpcodeInfo& info = Info(op);
  if (info.prefix == 0) {
    WriteByte(static_cast<uint8_t>(info.code));
  } else {
    WriteByte(info.prefix);
    WriteVarU32(info.code);
  }
}

void InstructionWriter::Write(const Instruction& instruction) {
  WriteOpcode(instruction.op);
  WriteImmediates(Info(instruction.op).immediate, instruction);
}

void InstructionWriter::WriteImmediates(ImmediateKind kind, const Instruction& instruction) {
  switch (ShapeOf(kind)) {
    using enum ImmediateShape;
    case kNone: break;
    case kIndex: WriteVarU32(instruction.index); break;
    case kIndexPair:
      WriteVarU32(instruction.index);
      WriteVarU32(instruction.index2);
      break;
    case kMemArg: WriteMemArg(instruction); break;
    case kMemArgLane:
      WriteMemArg(instruction);
      WriteByte(instruction.lane);
      break;
    case kLane: WriteByte(instruction.lane); break;
    case kNumber: WriteNumber(kind, instruction); break;
    case kOther: WriteOther(kind, instruction); break;
  }
}

void InstructionWriter::WriteNumber(ImmediateKind kind, const Instruction& instruction) {
  switch (kind) {
    using enum ImmediateKind;
    case kI32: AppendVarS32(static_cast<int32_t>(instruction.bits), &out_); break;
    case kI64: AppendVarS64(static_cast<int64_t>(instruction.bits), &out_); break;
    case kF32: WriteFixed(static_cast<uint32_t>(instruction.bits)); break;
    case kF64: WriteFixed(instruction.bits); break;
    case kShuffle:
    case kV128: WriteFixed(instruction.v128); break;
    default: TENON_CHECK(false);
  }
}

void InstructionWriter::WriteOther(ImmediateKind kind, const Instruction& instruction) {
  switch (kind) {
    using enum ImmediateKind;
    case kZeroByte: WriteByte(0); break;
    case kBlock: WriteBlockType(instruction.block); break;
    case kTryTable:
      WriteBlockType(instruction.block);
      WriteCatches(instruction.catches);
      break;
    case kLabelTable:
      WriteVarU32(static_cast<uint32_t>(instruction.labels.size() - 1));
      for (uint32_t label : instruction.labels) WriteVarU32(label);
      break;
    case kSelectTypes:
      WriteVarU32(static_cast<uint32_t>(instruction.types.size()));
      for (ValType type : instruction.types) WriteValType(type);
      break;
    case kHeapType: WriteHeapType(instruction.heap); break;
    case kRefType: WriteHeapType(instruction.to.heap()); break;
    case kCastLabel:
      WriteByte((instruction.from.nullable() ? 1 : 0) | (instruction.to.nullable() ? 2 : 0));
      WriteVarU32(instruction.index);
      WriteHeapType(instruction.from.heap());
      WriteHeapType(instruction.to.heap());
      break;
    default: TENON_CHECK(false);
  }
}

// core: #binary-catch
void InstructionWriter::WriteCatches(absl::Span<const CatchClause> catches) {
  WriteVarU32(static_cast<uint32_t>(catches.size()));
  for (const CatchClause& clause : catches) {
    WriteByte(static_cast<uint8_t>(clause.kind));
    if (!clause.catches_all()) WriteVarU32(clause.tag);
    WriteVarU32(clause.label);
  }
}

// core: #binary-memarg
void InstructionWriter::WriteMemArg(const Instruction& instruction) {
  constexpr uint32_t kHasMemory = 0x40;
  const uint32_t memory = instruction.index;
  WriteVarU32(instruction.memarg.align_log2 | (memory != 0 ? kHasMemory : 0));
  if (memory != 0) WriteVarU32(memory);
  AppendVarU64(instruction.memarg.offset, &out_);
}

void InstructionWriter::WriteLocals(absl::Span<const ValType> locals) {
  std::vector<std::pair<uint32_t, ValType>> runs;
  for (ValType type : locals) {
    if (runs.empty() || runs.back().second != type) runs.push_back({0, type});
    ++runs.back().first;
  }
  WriteVarU32(static_cast<uint32_t>(runs.size()));
  for (const auto& [count, type] : runs) {
    WriteVarU32(count);
    WriteValType(type);
  }
}

void InstructionWriter::WriteHeapType(HeapType type) {
  if (type.is_concrete()) {
    AppendVarS64(type.index(), &out_);
  } else {
    WriteByte(HeapKindCode(type.kind()));
  }
}

void InstructionWriter::WriteValType(ValType type) {
  switch (type.kind()) {
    case ValType::Kind::kI32: return WriteByte(0x7f);
    case ValType::Kind::kI64: return WriteByte(0x7e);
    case ValType::Kind::kF32: return WriteByte(0x7d);
    case ValType::Kind::kF64: return WriteByte(0x7c);
    case ValType::Kind::kV128: return WriteByte(0x7b);
    case ValType::Kind::kRef:
      if (type.nullable() && !type.heap().is_concrete()) {
        return WriteByte(HeapKindCode(type.heap().kind()));
      }
      WriteByte(type.nullable() ? 0x63 : 0x64);
      return WriteHeapType(type.heap());
    case ValType::Kind::kBot: break;
  }
  TENON_CHECK(false);
}

void InstructionWriter::WriteBlockType(const BlockType& type) {
  if (type.is_index) {
    AppendVarS64(type.index.value(), &out_);
  } else if (type.result.is_bot()) {
    WriteByte(0x40);
  } else {
    WriteValType(type.result);
  }
}

}  // namespace tenon::vm
