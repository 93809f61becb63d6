// Scalar operations: IR where IR says exactly what vm/sem does, else vm/sem itself (Semantics).
// LLVM's division, remainder and conversions to integers are poison where WebAssembly's trap, so
// the trap comes first. Floats carry no fast-math flag; but LLVM takes `x * 1` for x, where a
// signalling NaN must become quiet. core: #exec-numeric
#include "jit/lower/function_lowering.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Intrinsics.h"

namespace tenon::jit {
namespace {

using llvm::Intrinsic::ID;
using vm::Opcode;
namespace Intrinsic = llvm::Intrinsic;

// The bounds that vm::sem::InTruncRange compares with.
struct TruncRange {
  double low;      // must be above this
  bool inclusive;  // or equal to it
  double high;     // must be below this
};

TruncRange RangeOf(bool is_signed, int bits, bool from_double) {
  const bool has_fraction_below = from_double ? bits == 32 : false;
  double high = 1;
  for (int i = 0; i < (is_signed ? bits - 1 : bits); ++i) high *= 2;
  if (!is_signed) return {-1, false, high};
  if (has_fraction_below) return {-high - 1, false, high};
  return {-high, true, high};
}

struct TruncRow {
  bool is_signed;
  int bits;
};

TruncRow TruncRowOf(Opcode op) {
  switch (op) {
    case Opcode::I32TruncF32S:
    case Opcode::I32TruncF64S: return {true, 32};
    case Opcode::I32TruncF32U:
    case Opcode::I32TruncF64U: return {false, 32};
    case Opcode::I64TruncF32S:
    case Opcode::I64TruncF64S: return {true, 64};
    default: return {false, 64};
  }
}

}  // namespace

void FunctionLowering::OnConst(const vm::Instruction& instruction) {
  switch (instruction.op) {
    case Opcode::I32Const: return Push(builder_.Int32(instruction.bits));
    case Opcode::I64Const: return Push(builder_.Int64(instruction.bits));
    case Opcode::F32Const:
      return Push(llvm::ConstantFP::get(
          types().f32,
          llvm::APFloat(llvm::APFloat::IEEEsingle(), llvm::APInt(32, instruction.bits))));
    default:
      return Push(llvm::ConstantFP::get(
          types().f64,
          llvm::APFloat(llvm::APFloat::IEEEdouble(), llvm::APInt(64, instruction.bits))));
  }
}

void FunctionLowering::OnUnary(const vm::Instruction& instruction) {
  if (vm::Info(instruction.op).prefix == 0xfd) return VectorOp(instruction);
  llvm::Value* operand = stack_.back();
  llvm::Value* result = IntUnary(instruction.op, operand);
  if (result == nullptr) result = FloatUnary(instruction.op, operand);
  if (result == nullptr) result = Convert(instruction, operand);
  if (result == nullptr) return Semantics(instruction);
  stack_.back() = result;
}

void FunctionLowering::OnBinary(const vm::Instruction& instruction) {
  if (vm::Info(instruction.op).prefix == 0xfd) return VectorOp(instruction);
  llvm::Value* right = stack_.back();
  llvm::Value* left = stack_[stack_.size() - 2];
  llvm::Value* result = IntBinary(instruction, left, right);
  if (result == nullptr) result = FloatBinary(instruction.op, left, right);
  if (result == nullptr) {
    result = Compare(instruction.op, left, right);
    if (result != nullptr) result = ir().CreateZExt(result, types().i32);
  }
  if (result == nullptr) return Semantics(instruction);
  Pop();
  stack_.back() = result;
}

llvm::Value* FunctionLowering::IntUnary(Opcode op, llvm::Value* a) {
  const auto extend = [&](int bits) {
    return ir().CreateSExt(ir().CreateTrunc(a, ir().getIntNTy(bits)), a->getType());
  };
  switch (op) {
    case Opcode::I32Eqz:
    case Opcode::I64Eqz: {
      if (auto* wide = llvm::dyn_cast<llvm::ZExtInst>(a);
          wide != nullptr && wide->getSrcTy() == types().i1) {
        return ir().CreateZExt(ir().CreateNot(wide->getOperand(0)), types().i32);
      }
      return ir().CreateZExt(ir().CreateICmpEQ(a, llvm::ConstantInt::get(a->getType(), 0)),
                             types().i32);
    }
    case Opcode::I32Clz:
    case Opcode::I64Clz: return ir().CreateBinaryIntrinsic(Intrinsic::ctlz, a, ir().getFalse());
    case Opcode::I32Ctz:
    case Opcode::I64Ctz: return ir().CreateBinaryIntrinsic(Intrinsic::cttz, a, ir().getFalse());
    case Opcode::I32Popcnt:
    case Opcode::I64Popcnt: return ir().CreateUnaryIntrinsic(Intrinsic::ctpop, a);
    case Opcode::I32Extend8S:
    case Opcode::I64Extend8S: return extend(8);
    case Opcode::I32Extend16S:
    case Opcode::I64Extend16S: return extend(16);
    case Opcode::I64Extend32S: return extend(32);
    default: return nullptr;
  }
}

llvm::Value* FunctionLowering::IntBinary(const vm::Instruction& instruction, llvm::Value* a,
                                         llvm::Value* b) {
  const auto count = [&] {
    const uint64_t mask = a->getType()->isIntegerTy(32) ? 31 : 63;
    return ir().CreateAnd(b, llvm::ConstantInt::get(b->getType(), mask));
  };
  switch (instruction.op) {
    case Opcode::I32Add:
    case Opcode::I64Add: return ir().CreateAdd(a, b);
    case Opcode::I32Sub:
    case Opcode::I64Sub: return ir().CreateSub(a, b);
    case Opcode::I32Mul:
    case Opcode::I64Mul: return ir().CreateMul(a, b);
    case Opcode::I32DivS:
    case Opcode::I64DivS:
    case Opcode::I32DivU:
    case Opcode::I64DivU:
    case Opcode::I32RemS:
    case Opcode::I64RemS:
    case Opcode::I32RemU:
    case Opcode::I64RemU: return Divide(instruction, a, b);
    case Opcode::I32And:
    case Opcode::I64And: return ir().CreateAnd(a, b);
    case Opcode::I32Or:
    case Opcode::I64Or: return ir().CreateOr(a, b);
    case Opcode::I32Xor:
    case Opcode::I64Xor: return ir().CreateXor(a, b);
    case Opcode::I32Shl:
    case Opcode::I64Shl: return ir().CreateShl(a, count());
    case Opcode::I32ShrS:
    case Opcode::I64ShrS: return ir().CreateAShr(a, count());
    case Opcode::I32ShrU:
    case Opcode::I64ShrU: return ir().CreateLShr(a, count());
    case Opcode::I32Rotl:
    case Opcode::I64Rotl: return ir().CreateIntrinsic(Intrinsic::fshl, {a->getType()}, {a, a, b});
    case Opcode::I32Rotr:
    case Opcode::I64Rotr: return ir().CreateIntrinsic(Intrinsic::fshr, {a->getType()}, {a, a, b});
    default: return nullptr;
  }
}

llvm::Value* FunctionLowering::Divide(const vm::Instruction& instruction, llvm::Value* a,
                                      llvm::Value* b) {
  llvm::Type* type = a->getType();
  llvm::Value* zero = llvm::ConstantInt::get(type, 0);
  llvm::Value* minus_one = llvm::ConstantInt::getAllOnesValue(type);
  builder_.TrapIf(ir().CreateICmpEQ(b, zero), vm::TrapKind::kIntegerDivideByZero,
                  instruction.offset);
  switch (instruction.op) {
    case Opcode::I32DivU:
    case Opcode::I64DivU: return ir().CreateUDiv(a, b);
    case Opcode::I32RemU:
    case Opcode::I64RemU: return ir().CreateURem(a, b);
    case Opcode::I32DivS:
    case Opcode::I64DivS: {
      llvm::Value* minimum =
          llvm::ConstantInt::get(type, llvm::APInt::getSignedMinValue(type->getIntegerBitWidth()));
      llvm::Value* overflows =
          ir().CreateAnd(ir().CreateICmpEQ(a, minimum), ir().CreateICmpEQ(b, minus_one));
      builder_.TrapIf(overflows, vm::TrapKind::kIntegerOverflow, instruction.offset);
      return ir().CreateSDiv(a, b);
    }
    default: break;
  }
  // The remainder by -1 is 0, but the machine's division overflows for the minimum.
  llvm::Value* is_minus_one = ir().CreateICmpEQ(b, minus_one);
  llvm::Value* divisor = ir().CreateSelect(is_minus_one, llvm::ConstantInt::get(type, 1), b);
  return ir().CreateSRem(a, divisor);
}

llvm::Value* FunctionLowering::FloatUnary(Opcode op, llvm::Value* a) {
  const auto round = [&](ID intrinsic) -> llvm::Value* {
    return module_.has_round_instructions() ? ir().CreateUnaryIntrinsic(intrinsic, a) : nullptr;
  };
  switch (op) {
    case Opcode::F32Abs:
    case Opcode::F64Abs: return ir().CreateUnaryIntrinsic(Intrinsic::fabs, a);
    case Opcode::F32Neg:
    case Opcode::F64Neg: return ir().CreateFNeg(a);
    case Opcode::F32Sqrt:
    case Opcode::F64Sqrt: return ir().CreateUnaryIntrinsic(Intrinsic::sqrt, a);
    case Opcode::F32Ceil:
    case Opcode::F64Ceil: return round(Intrinsic::ceil);
    case Opcode::F32Floor:
    case Opcode::F64Floor: return round(Intrinsic::floor);
    case Opcode::F32Trunc:
    case Opcode::F64Trunc: return round(Intrinsic::trunc);
    case Opcode::F32Nearest:
    case Opcode::F64Nearest: return round(Intrinsic::roundeven);
    default: return nullptr;
  }
}

llvm::Value* FunctionLowering::FloatBinary(Opcode op, llvm::Value* a, llvm::Value* b) {
  switch (op) {
    case Opcode::F32Copysign:
    case Opcode::F64Copysign: return ir().CreateBinaryIntrinsic(Intrinsic::copysign, a, b);
    case Opcode::F32Add:
    case Opcode::F64Add: return ir().CreateFAdd(a, b);
    case Opcode::F32Sub:
    case Opcode::F64Sub: return ir().CreateFSub(a, b);
    case Opcode::F32Mul:
    case Opcode::F64Mul: return ir().CreateFMul(a, b);
    case Opcode::F32Div:
    case Opcode::F64Div: return ir().CreateFDiv(a, b);
    default: return nullptr;
  }
}

llvm::Value* FunctionLowering::Compare(Opcode op, llvm::Value* a, llvm::Value* b) {
  switch (op) {
    case Opcode::I32Eq:
    case Opcode::I64Eq: return ir().CreateICmpEQ(a, b);
    case Opcode::I32Ne:
    case Opcode::I64Ne: return ir().CreateICmpNE(a, b);
    case Opcode::I32LtS:
    case Opcode::I64LtS: return ir().CreateICmpSLT(a, b);
    case Opcode::I32LtU:
    case Opcode::I64LtU: return ir().CreateICmpULT(a, b);
    case Opcode::I32GtS:
    case Opcode::I64GtS: return ir().CreateICmpSGT(a, b);
    case Opcode::I32GtU:
    case Opcode::I64GtU: return ir().CreateICmpUGT(a, b);
    case Opcode::I32LeS:
    case Opcode::I64LeS: return ir().CreateICmpSLE(a, b);
    case Opcode::I32LeU:
    case Opcode::I64LeU: return ir().CreateICmpULE(a, b);
    case Opcode::I32GeS:
    case Opcode::I64GeS: return ir().CreateICmpSGE(a, b);
    case Opcode::I32GeU:
    case Opcode::I64GeU: return ir().CreateICmpUGE(a, b);
    case Opcode::F32Eq:
    case Opcode::F64Eq: return ir().CreateFCmpOEQ(a, b);
    case Opcode::F32Ne:
    case Opcode::F64Ne: return ir().CreateFCmpUNE(a, b);
    case Opcode::F32Lt:
    case Opcode::F64Lt: return ir().CreateFCmpOLT(a, b);
    case Opcode::F32Gt:
    case Opcode::F64Gt: return ir().CreateFCmpOGT(a, b);
    case Opcode::F32Le:
    case Opcode::F64Le: return ir().CreateFCmpOLE(a, b);
    case Opcode::F32Ge:
    case Opcode::F64Ge: return ir().CreateFCmpOGE(a, b);
    default: return nullptr;
  }
}

llvm::Value* FunctionLowering::Convert(const vm::Instruction& instruction, llvm::Value* a) {
  const auto saturate = [&](ID intrinsic, llvm::Type* type) {
    return ir().CreateIntrinsic(intrinsic, {type, a->getType()}, {a});
  };
  switch (instruction.op) {
    case Opcode::I32WrapI64: return ir().CreateTrunc(a, types().i32);
    case Opcode::I64ExtendI32S: return ir().CreateSExt(a, types().i64);
    case Opcode::I64ExtendI32U: return ir().CreateZExt(a, types().i64);
    case Opcode::I32TruncF32S:
    case Opcode::I32TruncF32U:
    case Opcode::I32TruncF64S:
    case Opcode::I32TruncF64U:
    case Opcode::I64TruncF32S:
    case Opcode::I64TruncF32U:
    case Opcode::I64TruncF64S:
    case Opcode::I64TruncF64U: return Truncate(instruction, a);
    case Opcode::I32TruncSatF32S:
    case Opcode::I32TruncSatF64S: return saturate(Intrinsic::fptosi_sat, types().i32);
    case Opcode::I32TruncSatF32U:
    case Opcode::I32TruncSatF64U: return saturate(Intrinsic::fptoui_sat, types().i32);
    case Opcode::I64TruncSatF32S:
    case Opcode::I64TruncSatF64S: return saturate(Intrinsic::fptosi_sat, types().i64);
    case Opcode::I64TruncSatF32U:
    case Opcode::I64TruncSatF64U: return saturate(Intrinsic::fptoui_sat, types().i64);
    case Opcode::F32ConvertI32S:
    case Opcode::F32ConvertI64S: return ir().CreateSIToFP(a, types().f32);
    case Opcode::F32ConvertI32U:
    case Opcode::F32ConvertI64U: return ir().CreateUIToFP(a, types().f32);
    case Opcode::F64ConvertI32S:
    case Opcode::F64ConvertI64S: return ir().CreateSIToFP(a, types().f64);
    case Opcode::F64ConvertI32U:
    case Opcode::F64ConvertI64U: return ir().CreateUIToFP(a, types().f64);
    case Opcode::F32DemoteF64: return ir().CreateFPTrunc(a, types().f32);
    case Opcode::F64PromoteF32: return ir().CreateFPExt(a, types().f64);
    case Opcode::I32ReinterpretF32: return ir().CreateBitCast(a, types().i32);
    case Opcode::I64ReinterpretF64: return ir().CreateBitCast(a, types().i64);
    case Opcode::F32ReinterpretI32: return ir().CreateBitCast(a, types().f32);
    case Opcode::F64ReinterpretI64: return ir().CreateBitCast(a, types().f64);
    default: return nullptr;
  }
}

llvm::Value* FunctionLowering::Truncate(const vm::Instruction& instruction, llvm::Value* a) {
  const TruncRow row = TruncRowOf(instruction.op);
  const TruncRange range = RangeOf(row.is_signed, row.bits, a->getType()->isDoubleTy());
  llvm::Value* low = llvm::ConstantFP::get(a->getType(), range.low);
  llvm::Value* high = llvm::ConstantFP::get(a->getType(), range.high);
  llvm::Value* above = range.inclusive ? ir().CreateFCmpOGE(a, low) : ir().CreateFCmpOGT(a, low);
  llvm::BasicBlock* outside = builder_.Expect(ir().CreateAnd(above, ir().CreateFCmpOLT(a, high)));
  {
    llvm::IRBuilder<>::InsertPointGuard guard(ir());
    ir().SetInsertPoint(outside);
    const auto kind = [&](vm::TrapKind trap) {
      return builder_.Int32(static_cast<uint32_t>(trap));
    };
    builder_.Trap(
        ir().CreateSelect(ir().CreateFCmpUNO(a, a), kind(vm::TrapKind::kInvalidConversionToInteger),
                          kind(vm::TrapKind::kIntegerOverflow)),
        instruction.offset);
  }
  llvm::Type* type = ir().getIntNTy(row.bits);
  return row.is_signed ? ir().CreateFPToSI(a, type) : ir().CreateFPToUI(a, type);
}

void FunctionLowering::OnOp(const vm::Instruction& instruction, const vm::Resolved& resolved) {
  if (vm::Info(instruction.op).prefix == 0xfd) return VectorOp(instruction);
  if (vm::Info(instruction.op).prefix == 0xfe) return AtomicOp(instruction);
  switch (instruction.op) {
    case Opcode::Nop: return;
    case Opcode::GlobalGet: return GlobalGet(instruction.index, TypeOf(resolved.type));
    case Opcode::GlobalSet: return GlobalSet(instruction.index);
    case Opcode::RefNull:
    case Opcode::RefIsNull:
    case Opcode::RefAsNonNull:
    case Opcode::RefEq:
    case Opcode::AnyConvertExtern:
    case Opcode::ExternConvertAny:
    case Opcode::RefFunc: return ReferenceOp(instruction, resolved);
    case Opcode::RefTest:
    case Opcode::RefTestNull:
    case Opcode::RefCast:
    case Opcode::RefCastNull: return CastOp(instruction);
    case Opcode::TableGet:
    case Opcode::TableSet:
    case Opcode::TableSize:
    case Opcode::TableGrow:
    case Opcode::TableFill:
    case Opcode::TableCopy:
    case Opcode::TableInit:
    case Opcode::ElemDrop: return TableOp(instruction, resolved);
    case Opcode::MemorySize:
    case Opcode::MemoryGrow:
    case Opcode::MemoryInit:
    case Opcode::MemoryCopy:
    case Opcode::MemoryFill:
    case Opcode::DataDrop: return MemoryOp(instruction);
    case Opcode::I64Add128:
    case Opcode::I64Sub128:
    case Opcode::I64MulWideS:
    case Opcode::I64MulWideU: return Semantics(instruction);
    default: return ObjectOp(instruction, resolved);
  }
}

}  // namespace tenon::jit
