#include "jit/target/lanes.h"

#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/IntrinsicsX86.h"
#include "llvm/MC/MCSubtargetInfo.h"

namespace tenon::jit {
namespace {

using vm::Opcode;
namespace Intrinsic = llvm::Intrinsic;

}  // namespace

llvm::Value* BuildLanes(llvm::IRBuilder<>& ir, const llvm::TargetMachine& machine, Opcode op,
                        absl::Span<llvm::Value* const> operands) {
  const auto has = [&](const char* feature) {
    return machine.getMCSubtargetInfo()->checkFeatures(feature);
  };
  llvm::Type* bytes = operands[0]->getType();
  const auto rounded = [&](Intrinsic::ID intrinsic, llvm::Type* lane, unsigned lanes) {
    if (!has("+sse4.1")) return static_cast<llvm::Value*>(nullptr);
    auto* type = llvm::FixedVectorType::get(lane, lanes);
    llvm::Value* value = ir.CreateBitCast(operands[0], type);
    return ir.CreateBitCast(ir.CreateUnaryIntrinsic(intrinsic, value), bytes);
  };
  llvm::Type* f32 = ir.getFloatTy();
  llvm::Type* f64 = ir.getDoubleTy();
  switch (op) {
    // The instruction gives zero for indices with the top bit set, and takes others modulo 16: what
    // lies above 15 is moved there.
    case Opcode::I8x16Swizzle:
    case Opcode::I8x16RelaxedSwizzle: {
      if (!has("+ssse3")) return nullptr;
      llvm::Value* indices = operands[1];
      if (op == Opcode::I8x16Swizzle) {
        indices = ir.CreateBinaryIntrinsic(Intrinsic::uadd_sat, indices,
                                           ir.CreateVectorSplat(16, ir.getInt8(0x70)));
      }
      return ir.CreateIntrinsic(bytes, Intrinsic::x86_ssse3_pshuf_b_128, {operands[0], indices});
    }
    // Of no value of the result's type, the instruction makes the minimum.
    case Opcode::I32x4RelaxedTruncF32x4S: {
      llvm::Value* floats = ir.CreateBitCast(operands[0], llvm::FixedVectorType::get(f32, 4));
      llvm::Type* ints = llvm::FixedVectorType::get(ir.getInt32Ty(), 4);
      return ir.CreateBitCast(ir.CreateIntrinsic(ints, Intrinsic::x86_sse2_cvttps2dq, {floats}),
                              bytes);
    }
    case Opcode::I32x4RelaxedTruncF64x2SZero: {
      llvm::Value* floats = ir.CreateBitCast(operands[0], llvm::FixedVectorType::get(f64, 2));
      llvm::Type* ints = llvm::FixedVectorType::get(ir.getInt32Ty(), 4);
      return ir.CreateBitCast(ir.CreateIntrinsic(ints, Intrinsic::x86_sse2_cvttpd2dq, {floats}),
                              bytes);
    }
    case Opcode::F32x4Ceil: return rounded(Intrinsic::ceil, f32, 4);
    case Opcode::F32x4Floor: return rounded(Intrinsic::floor, f32, 4);
    case Opcode::F32x4Trunc: return rounded(Intrinsic::trunc, f32, 4);
    case Opcode::F32x4Nearest: return rounded(Intrinsic::roundeven, f32, 4);
    case Opcode::F64x2Ceil: return rounded(Intrinsic::ceil, f64, 2);
    case Opcode::F64x2Floor: return rounded(Intrinsic::floor, f64, 2);
    case Opcode::F64x2Trunc: return rounded(Intrinsic::trunc, f64, 2);
    case Opcode::F64x2Nearest: return rounded(Intrinsic::roundeven, f64, 2);
    default: return nullptr;
  }
}

}  // namespace tenon::jit
