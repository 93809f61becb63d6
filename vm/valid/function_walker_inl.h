// The walker's loop and the steps that hardly any instruction has to itself; included by
// function_walker.h only. core: #valid-instr
#pragma once

#include "vm/valid/function_walker.h"

namespace tenon::vm {

// Opcodes are read as ReadOpcode does, but the byte's row holds the step too.
template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::WalkInstructions() {
  uint16_t step;
  do {
    instruction_.offset = static_cast<uint32_t>(reader_.offset());
    uint8_t first;
    if (!reader_.ReadByte(&first)) return false;
    const FirstByte& row = kFirstBytes[first];
    step = row.step;
    instruction_.op = row.op;
    if (!features_.Has(static_cast<Feature>(row.feature))) [[unlikely]] {
      if (!ReadOpcodeSlow(reader_, features_, first, &instruction_.op)) return false;
      step = CurrentRow().step;
    }
  } while (Step(step));
  if (!reader_.ok()) return false;
  if (reader_.offset() == end_) return true;
  return Malformed("section size mismatch");
}

// The frequent instructions, inlined into the loop. False after a failure and the last `end`.
template <class Sink, bool kConstant>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool FunctionWalker<Sink, kConstant>::Step(uint16_t step) {
  switch (step) {
    case StepOf(Opcode::LocalGet): return LocalGetStep();
    case StepOf(Opcode::LocalSet): return LocalSetStep(/*is_tee=*/false);
    case StepOf(Opcode::LocalTee): return LocalSetStep(/*is_tee=*/true);
    case StepOf(Opcode::End): return EndStep();
    case kUnaryStep: {
      const Signature& row = CurrentRow();
      if (size_ == height_ || operands_[size_ - 1] != row.pops[0]) [[unlikely]] {
        if (!CheckRow()) return false;
      } else {
        operands_[size_ - 1] = row.push;
      }
      if (reporting_) sink_.OnUnary(instruction_);
      return true;
    }
    case kBinaryStep: {
      const Signature& row = CurrentRow();
      if (size_ - height_ < 2 || operands_[size_ - 1] != row.pops[1] ||
          operands_[size_ - 2] != row.pops[0]) [[unlikely]] {
        if (!CheckRow()) return false;
      } else {
        operands_[--size_ - 1] = row.push;
      }
      if (reporting_) sink_.OnBinary(instruction_);
      return true;
    }
    case StepOf(ImmediateKind::kI32):
      return Immediates<ImmediateKind::kI32>() && Constant(ValType::kI32);
    case StepOf(ImmediateKind::kI64):
      return Immediates<ImmediateKind::kI64>() && Constant(ValType::kI64);
    case StepOf(ImmediateKind::kMemArg): return MemArgStep();
    default: return SpecialStep(step) && (sink_.within_budget() || OverBudget());
  }
}

template <class Sink, bool kConstant>
ABSL_ATTRIBUTE_NOINLINE bool FunctionWalker<Sink, kConstant>::SpecialStep(uint16_t step) {
  switch (step) {
    case StepOf(Opcode::Unreachable):
      if (reporting_) sink_.OnUnreachable(instruction_);
      SetUnreachable();
      return true;
    case StepOf(Opcode::Block):
    case StepOf(Opcode::Loop):
    case StepOf(Opcode::If):
    case StepOf(Opcode::Try): return BlockStep();
    case StepOf(Opcode::Else): return ElseStep();
    case StepOf(Opcode::TryTable): return TryTableStep();
    case StepOf(Opcode::Throw): return ThrowStep();
    case StepOf(Opcode::ThrowRef): return ThrowRefStep();
    case StepOf(Opcode::Catch):
    case StepOf(Opcode::CatchAll): return CatchStep();
    case StepOf(Opcode::Delegate): return DelegateStep();
    case StepOf(Opcode::Rethrow): return RethrowStep();
    case StepOf(Opcode::Br): return BrStep();
    case StepOf(Opcode::BrIf): return BrIfStep();
    case StepOf(Opcode::BrTable): return BrTableStep();
    case StepOf(Opcode::Return): return ReturnStep();
    case StepOf(Opcode::Call): return CallStep(/*is_return=*/false);
    case StepOf(Opcode::CallIndirect): return CallIndirectStep(/*is_return=*/false);
    case StepOf(Opcode::ReturnCall): return CallStep(/*is_return=*/true);
    case StepOf(Opcode::ReturnCallIndirect): return CallIndirectStep(/*is_return=*/true);
    case StepOf(Opcode::Drop): return DropStep();
    case StepOf(Opcode::Select): return SelectStep();
    case StepOf(Opcode::SelectT): return SelectTypedStep();
    case StepOf(Opcode::GlobalGet): return GlobalGetStep();
    case StepOf(Opcode::GlobalSet): return GlobalSetStep();
    case StepOf(Opcode::TableGet):
    case StepOf(Opcode::TableSet):
    case StepOf(Opcode::TableGrow):
    case StepOf(Opcode::TableFill): return TableAccessStep();
    case StepOf(Opcode::TableCopy): return TableCopyStep();
    case StepOf(Opcode::MemoryCopy): return MemoryCopyStep();
    case StepOf(Opcode::RefNull): return RefNullStep();
    case StepOf(Opcode::RefIsNull): return RefIsNullStep();
    case StepOf(Opcode::RefFunc): return RefFuncStep();
    case StepOf(Opcode::I64Add128):
    case StepOf(Opcode::I64Sub128): return WideArithmeticStep(4);
    case StepOf(Opcode::I64MulWideS):
    case StepOf(Opcode::I64MulWideU): return WideArithmeticStep(2);
    default: return RareStep(step);
  }
}

// Typed references, structures and arrays; the rules are in function_walker_references_inl.h.
template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ReferenceStep(uint16_t step) {
  switch (step) {
    case StepOf(Opcode::CallRef): return CallRefStep(/*is_return=*/false);
    case StepOf(Opcode::ReturnCallRef): return CallRefStep(/*is_return=*/true);
    case StepOf(Opcode::RefAsNonNull): return RefAsNonNullStep();
    case StepOf(Opcode::BrOnNull): return BrOnNullStep();
    case StepOf(Opcode::BrOnNonNull): return BrOnNonNullStep();
    case StepOf(Opcode::BrOnCast):
    case StepOf(Opcode::BrOnCastFail): return BrOnCastStep();
    case StepOf(Opcode::RefTest):
    case StepOf(Opcode::RefTestNull):
    case StepOf(Opcode::RefCast):
    case StepOf(Opcode::RefCastNull): return CastStep();
    case StepOf(Opcode::AnyConvertExtern): return ConvertStep(HeapKind::kExtern, HeapKind::kAny);
    case StepOf(Opcode::ExternConvertAny): return ConvertStep(HeapKind::kAny, HeapKind::kExtern);
    case StepOf(Opcode::StructNew):
    case StepOf(Opcode::StructNewDefault): return StructNewStep();
    case StepOf(Opcode::StructGet):
    case StepOf(Opcode::StructGetS):
    case StepOf(Opcode::StructGetU):
    case StepOf(Opcode::StructSet): return StructFieldStep();
    case StepOf(Opcode::ArrayNew):
    case StepOf(Opcode::ArrayNewDefault): return ArrayNewStep();
    case StepOf(Opcode::ArrayNewFixed): return ArrayNewFixedStep();
    case StepOf(Opcode::ArrayNewData):
    case StepOf(Opcode::ArrayNewElem): return ArrayNewSegmentStep();
    case StepOf(Opcode::ArrayGet):
    case StepOf(Opcode::ArrayGetS):
    case StepOf(Opcode::ArrayGetU):
    case StepOf(Opcode::ArraySet):
    case StepOf(Opcode::ArrayFill): return ArrayAccessStep();
    case StepOf(Opcode::ArrayCopy): return ArrayCopyStep();
    case StepOf(Opcode::ArrayInitData):
    case StepOf(Opcode::ArrayInitElem): return ArrayInitStep();
    default: break;
  }
  // A row whose step is missing here would be a mistake of ours that any input could reach.
  return Malformed("illegal opcode: no validation rule");
}

// Instructions with a signature, by the kind of their immediates.
template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::RareStep(uint16_t step) {
  using enum ImmediateKind;
  switch (step) {
    case StepOf(kNone): return ApplyRow();
    case StepOf(kF32): return Immediates<kF32>() && Constant(ValType::kF32);
    case StepOf(kF64): return Immediates<kF64>() && Constant(ValType::kF64);
    case StepOf(kV128): return Immediates<kV128>() && ApplyRow();
    case StepOf(kShuffle):
      if (!Immediates<kShuffle>()) return false;
      for (uint8_t lane : instruction_.v128.bytes) {
        if (lane >= 32) return Invalid("invalid lane index");
      }
      return ApplyRow();
    case StepOf(kLane16): return Immediates<kLane16>() && CheckLane(16) && ApplyRow();
    case StepOf(kLane8): return Immediates<kLane8>() && CheckLane(8) && ApplyRow();
    case StepOf(kLane4): return Immediates<kLane4>() && CheckLane(4) && ApplyRow();
    case StepOf(kLane2): return Immediates<kLane2>() && CheckLane(2) && ApplyRow();
    case StepOf(kAtomicMemArg): return Immediates<kAtomicMemArg>() && AtomicStep();
    case StepOf(kZeroByte): return Immediates<kZeroByte>() && ApplyRow();
    case StepOf(kMemArgLane16): return Immediates<kMemArgLane16>() && MemArgLaneStep<16>();
    case StepOf(kMemArgLane8): return Immediates<kMemArgLane8>() && MemArgLaneStep<8>();
    case StepOf(kMemArgLane4): return Immediates<kMemArgLane4>() && MemArgLaneStep<4>();
    case StepOf(kMemArgLane2): return Immediates<kMemArgLane2>() && MemArgLaneStep<2>();
    case StepOf(kMemory):
      return Immediates<kMemory>() && CheckMemory(instruction_.index) &&
             ApplyAddressRow(IsAddress64(instruction_.index));
    case StepOf(kTable):
      return Immediates<kTable>() && CheckTable(instruction_.index) &&
             ApplyAddressRow(IsTableAddress64(instruction_.index));
    case StepOf(kElem): return Immediates<kElem>() && CheckElem(instruction_.index) && ApplyRow();
    case StepOf(kElemTable): return TableInitStep();
    case StepOf(kData): return Immediates<kData>() && CheckData(instruction_.index) && ApplyRow();
    case StepOf(kDataMemory): return MemoryInitStep();
    default: return ReferenceStep(step);
  }
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::CheckAddressRow(bool is_64) {
  const Signature& row = CurrentRow();
  ValType pops[3];
  for (int i = 0; i < row.pop_count; ++i) {
    pops[i] = is_64 && (row.address_pops & (1 << i)) ? ValType::kI64 : row.pops[i];
  }
  if (!PopAll(absl::MakeConstSpan(pops, row.pop_count))) return false;
  const ValType result = is_64 && row.address_push ? ValType::kI64 : row.push;
  return row.push_count == 0 || Push(result);
}

// Plain loads and stores.
template <class Sink, bool kConstant>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool FunctionWalker<Sink, kConstant>::MemArgStep() {
  bool is_64;
  if (!Immediates<ImmediateKind::kMemArg>()) return false;
  if (!CheckMemArg(Info(instruction_.op).access_bytes(), &is_64)) return false;
  if (is_64 ? !CheckAddressRow(true) : !CheckRow()) return false;
  if (!reporting_) return true;
  if (CurrentRow().push_count != 0) {
    sink_.OnLoad(instruction_);
  } else {
    sink_.OnStore(instruction_);
  }
  return true;
}

template <class Sink, bool kConstant>
template <int kLanes>
bool FunctionWalker<Sink, kConstant>::MemArgLaneStep() {
  bool is_64;
  return CheckMemArg(Info(instruction_.op).access_bytes(), &is_64) && CheckLane(kLanes) &&
         ApplyAddressRow(is_64);
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::AtomicStep() {
  bool is_64;
  const int bytes = Info(instruction_.op).access_bytes();
  if (!CheckMemArg(bytes, &is_64)) return false;
  if ((1 << instruction_.memarg.align_log2) != bytes) {
    return Invalid("atomic alignment must be natural");
  }
  return ApplyAddressRow(is_64);
}

}  // namespace tenon::vm
