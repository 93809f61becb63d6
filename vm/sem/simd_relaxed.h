// Relaxed SIMD, whose results the specification leaves to the implementation within bounds: each
// choice is a constant of a program's run. In sem stands what the deterministic profile prescribes
// (choice 0), in sem::native what x86-64 does, where that differs. The bits of a NaN are as in the
// operations that are not relaxed. core: #exec-vec, #profile-deterministic, #op-frelaxed_madd
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

#include "vm/sem/convert.h"
#include "vm/sem/lanes.h"
#include "vm/sem/simd_bits.h"
#include "vm/sem/simd_convert.h"
#include "vm/sem/simd_float.h"
#include "vm/sem/simd_int.h"
#include "vm/sem/simd_lane.h"
#include "vm/sem/simd_widen.h"

namespace tenon::vm::sem {

// a * b + c, rounded twice.
template <typename T>
constexpr V128 LaneMulAdd(V128 a, V128 b, V128 c) {
  return LaneAdd<T>(LaneMul<T>(a, b), c);
}

// Products of neighbouring bytes, those of b extended as Second's sign says, summed in pairs.
template <typename Second>
constexpr V128 RelaxedDot(V128 a, V128 b) {
  const auto even = EvenLanes<int16_t>(a) * std::bit_cast<Vec<int16_t>>(EvenLanes<Second>(b));
  const auto odd = OddLanes<int16_t>(a) * std::bit_cast<Vec<int16_t>>(OddLanes<Second>(b));
  return LaneAddSatS<int16_t, int32_t>(Pack(even), Pack(odd));
}
template <typename Second>
constexpr V128 RelaxedDotAdd(V128 a, V128 b, V128 c) {
  return LaneAdd<uint32_t>(ExtaddPairwise<int32_t>(RelaxedDot<Second>(a, b)), c);
}

constexpr V128 I8x16RelaxedSwizzle(V128 a, V128 lanes) { return I8x16Swizzle(a, lanes); }
constexpr V128 I32x4RelaxedTruncF32x4S(V128 a) { return I32x4TruncSatF32x4S(a); }
constexpr V128 I32x4RelaxedTruncF32x4U(V128 a) { return I32x4TruncSatF32x4U(a); }
constexpr V128 I32x4RelaxedTruncF64x2SZero(V128 a) { return I32x4TruncSatF64x2SZero(a); }
constexpr V128 I32x4RelaxedTruncF64x2UZero(V128 a) { return I32x4TruncSatF64x2UZero(a); }
constexpr V128 F32x4RelaxedMadd(V128 a, V128 b, V128 c) { return LaneMulAdd<float>(a, b, c); }
constexpr V128 F32x4RelaxedNmadd(V128 a, V128 b, V128 c) {
  return LaneMulAdd<float>(F32x4Neg(a), b, c);
}
constexpr V128 F64x2RelaxedMadd(V128 a, V128 b, V128 c) { return LaneMulAdd<double>(a, b, c); }
constexpr V128 F64x2RelaxedNmadd(V128 a, V128 b, V128 c) {
  return LaneMulAdd<double>(F64x2Neg(a), b, c);
}
constexpr V128 I8x16RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return V128Bitselect(a, b, mask);
}
constexpr V128 I16x8RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return V128Bitselect(a, b, mask);
}
constexpr V128 I32x4RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return V128Bitselect(a, b, mask);
}
constexpr V128 I64x2RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return V128Bitselect(a, b, mask);
}
constexpr V128 F32x4RelaxedMin(V128 a, V128 b) { return F32x4Min(a, b); }
constexpr V128 F32x4RelaxedMax(V128 a, V128 b) { return F32x4Max(a, b); }
constexpr V128 F64x2RelaxedMin(V128 a, V128 b) { return F64x2Min(a, b); }
constexpr V128 F64x2RelaxedMax(V128 a, V128 b) { return F64x2Max(a, b); }
constexpr V128 I16x8RelaxedQ15mulrS(V128 a, V128 b) { return I16x8Q15mulrSatS(a, b); }
constexpr V128 I16x8RelaxedDotI8x16I7x16S(V128 a, V128 b) { return RelaxedDot<int16_t>(a, b); }
constexpr V128 I32x4RelaxedDotI8x16I7x16AddS(V128 a, V128 b, V128 c) {
  return RelaxedDotAdd<int16_t>(a, b, c);
}

namespace native {

// One instruction in a function for a processor that has it, else a call of the C library's. A
// loop, since only clang has this for vectors.
inline float FusedMulAdd(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline double FusedMulAdd(double a, double b, double c) { return __builtin_fma(a, b, c); }

template <typename T>
inline V128 LaneFusedMulAdd(V128 a, V128 b, V128 c) {
  Vec<T> lanes = Lanes<T>(c);
  for (int i = 0; i < kLanes<T>; ++i) {
    lanes[i] = FusedMulAdd(Lanes<T>(a)[i], Lanes<T>(b)[i], lanes[i]);
  }
  return Pack(lanes);
}

// Where the mask's lane has its top bit set, a, elsewhere b.
template <typename T>
constexpr V128 SelectByTopBit(V128 a, V128 b, V128 mask) {
  return V128Bitselect(a, b, LaneShr<T>(mask, 8 * sizeof(T) - 1));
}

template <typename F>
constexpr uint32_t TruncOrMinimum(F x) {
  constexpr int32_t kMinimum = std::numeric_limits<int32_t>::min();
  return static_cast<uint32_t>(InTruncRange<int32_t>(x) ? static_cast<int32_t>(x) : kMinimum);
}

// Zero where the index has its top bit set, else modulo 16.
[[gnu::always_inline]] constexpr V128 I8x16RelaxedSwizzle(V128 a, V128 lanes) {
  return sem::I8x16Swizzle(a, Pack(Lanes<uint8_t>(lanes) & uint8_t{0x8f}));
}
constexpr V128 I32x4RelaxedTruncF32x4S(V128 a) {
  return std::bit_cast<V128>(
      std::array{TruncOrMinimum(a.Lane<float>(0)), TruncOrMinimum(a.Lane<float>(1)),
                 TruncOrMinimum(a.Lane<float>(2)), TruncOrMinimum(a.Lane<float>(3))});
}
constexpr V128 I32x4RelaxedTruncF64x2SZero(V128 a) {
  return PackLow(std::array{TruncOrMinimum(a.Lane<double>(0)), TruncOrMinimum(a.Lane<double>(1))});
}
// There is no unsigned truncation before AVX-512.
using sem::I32x4RelaxedTruncF32x4U;
using sem::I32x4RelaxedTruncF64x2UZero;
// Of a processor with fused multiply-add; any other does what sem says.
inline V128 F32x4RelaxedMadd(V128 a, V128 b, V128 c) { return LaneFusedMulAdd<float>(a, b, c); }
inline V128 F32x4RelaxedNmadd(V128 a, V128 b, V128 c) {
  return LaneFusedMulAdd<float>(F32x4Neg(a), b, c);
}
inline V128 F64x2RelaxedMadd(V128 a, V128 b, V128 c) { return LaneFusedMulAdd<double>(a, b, c); }
inline V128 F64x2RelaxedNmadd(V128 a, V128 b, V128 c) {
  return LaneFusedMulAdd<double>(F64x2Neg(a), b, c);
}
constexpr V128 I8x16RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return SelectByTopBit<int8_t>(a, b, mask);
}
constexpr V128 I16x8RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return SelectByTopBit<int16_t>(a, b, mask);
}
constexpr V128 I32x4RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return SelectByTopBit<int32_t>(a, b, mask);
}
constexpr V128 I64x2RelaxedLaneselect(V128 a, V128 b, V128 mask) {
  return SelectByTopBit<int64_t>(a, b, mask);
}
// The second operand for zeros, whatever their signs, and when one is NaN.
constexpr V128 F32x4RelaxedMin(V128 a, V128 b) { return LanePmin<float>(b, a); }
constexpr V128 F32x4RelaxedMax(V128 a, V128 b) { return LanePmax<float>(b, a); }
constexpr V128 F64x2RelaxedMin(V128 a, V128 b) { return LanePmin<double>(b, a); }
constexpr V128 F64x2RelaxedMax(V128 a, V128 b) { return LanePmax<double>(b, a); }
// The square of the minimum wraps.
constexpr V128 I16x8RelaxedQ15mulrS(V128 a, V128 b) {
  using Lifted = DoubleVec<int32_t>;
  const Lifted product = __builtin_convertvector(Lanes<int16_t>(a), Lifted) *
                         __builtin_convertvector(Lanes<int16_t>(b), Lifted);
  return Pack(__builtin_convertvector((product + 0x4000) >> 15, Vec<int16_t>));
}
constexpr V128 I16x8RelaxedDotI8x16I7x16S(V128 a, V128 b) { return RelaxedDot<uint16_t>(a, b); }
constexpr V128 I32x4RelaxedDotI8x16I7x16AddS(V128 a, V128 b, V128 c) {
  return RelaxedDotAdd<uint16_t>(a, b, c);
}

}  // namespace native
}  // namespace tenon::vm::sem
