// Vector instructions that move lanes or access memory, in IR; all that computes is vm/sem's
// (Semantics). core: #exec-vec, #exec-instr-memory
#include "jit/lower/function_lowering.h"
#include "llvm/IR/Constants.h"

namespace tenon::jit {
namespace {

using vm::Opcode;

// A row's lanes: "i16x8.splat" has 8 of 16 bits, "f64x2.splat" two doubles.
llvm::FixedVectorType* LanesOf(Opcode op, const Types& types) {
  const absl::string_view text = vm::Info(op).text;
  const bool is_float = text[0] == 'f';
  switch (text[1]) {
    case '8': return llvm::FixedVectorType::get(types.i8, 16);
    case '1': return llvm::FixedVectorType::get(types.i16, 8);
    case '3': return llvm::FixedVectorType::get(is_float ? types.f32 : types.i32, 4);
    default: return llvm::FixedVectorType::get(is_float ? types.f64 : types.i64, 2);
  }
}

// The integer of as many bits as the row accesses in memory.
llvm::IntegerType* AccessedInt(Opcode op, const Types& types) {
  return llvm::IntegerType::get(types.i8->getContext(),
                                static_cast<unsigned>(vm::Info(op).access_bytes() * 8));
}

llvm::FixedVectorType* VectorOf(llvm::Type* lane) {
  return llvm::FixedVectorType::get(lane, 128 / lane->getScalarSizeInBits());
}

bool IsRelaxedMulAdd(Opcode op) {
  return op >= Opcode::F32x4RelaxedMadd && op <= Opcode::F64x2RelaxedNmadd;
}

size_t OperandCount(Opcode op) { return absl::string_view(vm::Info(op).signature).find(':'); }

}  // namespace

void FunctionLowering::VectorOp(const vm::Instruction& instruction) {
  const Opcode op = instruction.op;
  switch (op) {
    case Opcode::V128Const:
      return Push(llvm::ConstantDataVector::get(
          types().v128->getContext(),
          llvm::ArrayRef<uint8_t>(instruction.v128.bytes, sizeof instruction.v128.bytes)));
    case Opcode::I8x16Shuffle: {
      llvm::Value* second = Pop();
      std::vector<int> lanes(instruction.v128.bytes, instruction.v128.bytes + 16);
      return Push(ir().CreateShuffleVector(Pop(), second, lanes));
    }
    case Opcode::I8x16Splat:
    case Opcode::I16x8Splat:
    case Opcode::I32x4Splat:
    case Opcode::I64x2Splat:
    case Opcode::F32x4Splat:
    case Opcode::F64x2Splat: {
      llvm::FixedVectorType* lanes = LanesOf(op, types());
      llvm::Value* value = Pop();
      if (value->getType()->isIntegerTy()) value = ir().CreateTrunc(value, lanes->getElementType());
      return PushVector(ir().CreateVectorSplat(lanes->getNumElements(), value));
    }
    case Opcode::I8x16ExtractLaneS:
    case Opcode::I16x8ExtractLaneS:
    case Opcode::I8x16ExtractLaneU:
    case Opcode::I16x8ExtractLaneU:
    case Opcode::I32x4ExtractLane:
    case Opcode::I64x2ExtractLane:
    case Opcode::F32x4ExtractLane:
    case Opcode::F64x2ExtractLane: {
      llvm::Value* vector = ir().CreateBitCast(Pop(), LanesOf(op, types()));
      llvm::Value* lane = ir().CreateExtractElement(vector, uint64_t{instruction.lane});
      if (op == Opcode::I8x16ExtractLaneS || op == Opcode::I16x8ExtractLaneS) {
        lane = ir().CreateSExt(lane, types().i32);
      } else if (op == Opcode::I8x16ExtractLaneU || op == Opcode::I16x8ExtractLaneU) {
        lane = ir().CreateZExt(lane, types().i32);
      }
      return Push(lane);
    }
    case Opcode::I8x16ReplaceLane:
    case Opcode::I16x8ReplaceLane:
    case Opcode::I32x4ReplaceLane:
    case Opcode::I64x2ReplaceLane:
    case Opcode::F32x4ReplaceLane:
    case Opcode::F64x2ReplaceLane: {
      llvm::FixedVectorType* lanes = LanesOf(op, types());
      llvm::Value* value = Pop();
      if (value->getType()->isIntegerTy()) value = ir().CreateTrunc(value, lanes->getElementType());
      llvm::Value* vector = ir().CreateBitCast(Pop(), lanes);
      return PushVector(ir().CreateInsertElement(vector, value, uint64_t{instruction.lane}));
    }
    default: break;
  }
  if (vm::Info(op).access_bytes() != 0) return LaneMemory(instruction);
  if (llvm::Value* result = module_.BuildLanes(ir(), op, Top(OperandCount(op)))) {
    PopMany(OperandCount(op));
    return Push(result);
  }
  if (IsRelaxedMulAdd(op) && !module_.has_relaxed_mul_add()) {
    llvm::Value* slots = builder_.AllocateSlots(6);
    builder_.WriteSlots(slots, PopMany(3));
    builder_.CallBuiltin(Builtin::kRelaxedMulAdd,
                         {builder_.Int32(static_cast<uint32_t>(op)), slots});
    return Push(builder_.ReadSlot(slots, 0, types().v128));
  }
  Semantics(instruction);
}

void FunctionLowering::PushVector(llvm::Value* lanes) {
  Push(ir().CreateBitCast(lanes, types().v128));
}

llvm::Value* FunctionLowering::VectorLoad(const vm::Instruction& instruction,
                                          llvm::Value* address) {
  const Opcode op = instruction.op;
  const auto widened = [&](llvm::IntegerType* lane, bool is_signed) {
    auto* narrow = llvm::FixedVectorType::get(lane, 64 / lane->getBitWidth());
    llvm::Type* wide = narrow->getExtendedElementVectorType(narrow);
    llvm::Value* lanes = Load(instruction.index, narrow, address);
    return is_signed ? ir().CreateSExt(lanes, wide) : ir().CreateZExt(lanes, wide);
  };
  llvm::Value* result = nullptr;
  switch (op) {
    case Opcode::V128Load: return Load(instruction.index, types().v128, address);
    case Opcode::V128Load8x8S: result = widened(types().i8, true); break;
    case Opcode::V128Load8x8U: result = widened(types().i8, false); break;
    case Opcode::V128Load16x4S: result = widened(types().i16, true); break;
    case Opcode::V128Load16x4U: result = widened(types().i16, false); break;
    case Opcode::V128Load32x2S: result = widened(types().i32, true); break;
    case Opcode::V128Load32x2U: result = widened(types().i32, false); break;
    case Opcode::V128Load32Zero:
    case Opcode::V128Load64Zero: {
      llvm::Type* lane = AccessedInt(op, types());
      llvm::Value* zero = llvm::Constant::getNullValue(VectorOf(lane));
      result = ir().CreateInsertElement(zero, Load(instruction.index, lane, address), uint64_t{0});
      break;
    }
    default: {
      llvm::Type* lane = AccessedInt(op, types());
      result = ir().CreateVectorSplat(VectorOf(lane)->getNumElements(),
                                      Load(instruction.index, lane, address));
    }
  }
  return ir().CreateBitCast(result, types().v128);
}

// v128.loadN_lane and v128.storeN_lane.
void FunctionLowering::LaneMemory(const vm::Instruction& instruction) {
  const vm::OpcodeInfo& row = vm::Info(instruction.op);
  llvm::Type* lane = AccessedInt(instruction.op, types());
  llvm::Value* vector = ir().CreateBitCast(Pop(), VectorOf(lane));
  llvm::Value* address = AddressOf(instruction, static_cast<uint32_t>(row.access_bytes()), Pop());
  const uint64_t index = instruction.lane;
  if (row.signature[3] == 'v') {
    llvm::Value* value = Load(instruction.index, lane, address);
    return PushVector(ir().CreateInsertElement(vector, value, index));
  }
  Store(instruction.index, ir().CreateExtractElement(vector, index), address);
}

}  // namespace tenon::jit
