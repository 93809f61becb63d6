// Lane-wise integer arithmetic and comparisons, where the result has the operands' lanes. T is the
// lane type: unsigned where arithmetic wraps, else with the operation's signedness. core: #exec-vec
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

#include "vm/sem/lanes.h"
#include "vm/sem/v128.h"

namespace tenon::vm::sem {

template <typename T>
constexpr V128 LaneAdd(V128 a, V128 b) {
  return Pack(Lanes<T>(a) + Lanes<T>(b));
}
template <typename T>
constexpr V128 LaneSub(V128 a, V128 b) {
  return Pack(Lanes<T>(a) - Lanes<T>(b));
}
template <typename T>
constexpr V128 LaneMul(V128 a, V128 b) {
  return Pack(Lanes<T>(a) * Lanes<T>(b));
}
template <typename T>
constexpr V128 LaneNeg(V128 a) {
  return Pack(-Lanes<T>(a));
}

// The minimum of a signed type is its own absolute value, so the lanes are negated unsigned.
template <typename T>
constexpr V128 LaneAbs(V128 a) {
  const auto lanes = Lanes<std::make_unsigned_t<T>>(a);
  return Pack(Select(Lanes<T>(a) < Vec<T>{}, -lanes, lanes));
}

template <typename T>
constexpr V128 LaneMin(V128 a, V128 b) {
  return Pack(Select(Lanes<T>(a) < Lanes<T>(b), Lanes<T>(a), Lanes<T>(b)));
}
template <typename T>
constexpr V128 LaneMax(V128 a, V128 b) {
  return Pack(Select(Lanes<T>(a) > Lanes<T>(b), Lanes<T>(a), Lanes<T>(b)));
}

template <typename T>
constexpr V128 LaneEq(V128 a, V128 b) {
  return Pack(Lanes<T>(a) == Lanes<T>(b));
}
template <typename T>
constexpr V128 LaneNe(V128 a, V128 b) {
  return Pack(Lanes<T>(a) != Lanes<T>(b));
}
template <typename T>
constexpr V128 LaneLt(V128 a, V128 b) {
  return Pack(Lanes<T>(a) < Lanes<T>(b));
}
template <typename T>
constexpr V128 LaneLe(V128 a, V128 b) {
  return Pack(Lanes<T>(a) <= Lanes<T>(b));
}
template <typename T>
constexpr V128 LaneGt(V128 a, V128 b) {
  return LaneLt<T>(b, a);
}
template <typename T>
constexpr V128 LaneGe(V128 a, V128 b) {
  return LaneLe<T>(b, a);
}

// Unsigned saturation: a sum overflowed iff it is below an operand.
template <typename T>
constexpr V128 LaneAddSatU(V128 a, V128 b) {
  const Vec<T> sum = Lanes<T>(a) + Lanes<T>(b);
  return Pack(Select(sum < Lanes<T>(a), ~Vec<T>{}, sum));
}
template <typename T>
constexpr V128 LaneSubSatU(V128 a, V128 b) {
  const Vec<T> difference = Lanes<T>(a) - Lanes<T>(b);
  return Pack(Select(Lanes<T>(a) > Lanes<T>(b), difference, Vec<T>{}));
}

// Signed saturation: a +- b, clamped to the limits of T, in lanes of twice the width. kSign is 1 or
// -1. The masks are written out, since Select cannot take a DoubleVec.
template <typename T, typename Wide, Wide kSign>
constexpr V128 LaneSaturating(V128 a, V128 b) {
  using Lifted = DoubleVec<Wide>;
  constexpr Wide kMin = std::numeric_limits<T>::min();
  constexpr Wide kMax = std::numeric_limits<T>::max();
  const Lifted exact = __builtin_convertvector(Lanes<T>(a), Lifted) +
                       __builtin_convertvector(Lanes<T>(b), Lifted) * kSign;
  const Lifted low = ((exact > kMin) & exact) | ((exact <= kMin) & kMin);
  const Lifted clamped = ((low < kMax) & low) | ((low >= kMax) & kMax);
  return Pack(__builtin_convertvector(clamped, Vec<T>));
}
template <typename T, typename Wide>
constexpr V128 LaneAddSatS(V128 a, V128 b) {
  return LaneSaturating<T, Wide, 1>(a, b);
}
template <typename T, typename Wide>
constexpr V128 LaneSubSatS(V128 a, V128 b) {
  return LaneSaturating<T, Wide, -1>(a, b);
}

// (a + b + 1) / 2, where the sum may not fit.
template <typename T, typename Wide>
constexpr V128 LaneAvgr(V128 a, V128 b) {
  using Lifted = DoubleVec<Wide>;
  const Lifted sum = __builtin_convertvector(Lanes<T>(a), Lifted) +
                     __builtin_convertvector(Lanes<T>(b), Lifted) + Wide{1};
  return Pack(__builtin_convertvector(sum >> Wide{1}, Vec<T>));
}

// i8x16
constexpr V128 I8x16Abs(V128 a) { return LaneAbs<int8_t>(a); }
constexpr V128 I8x16Neg(V128 a) { return LaneNeg<uint8_t>(a); }
// The bits are counted in pairs, in fours, in eights.
constexpr V128 I8x16Popcnt(V128 a) {
  Vec<uint8_t> x = Lanes<uint8_t>(a);
  x = x - ((x >> uint8_t{1}) & uint8_t{0x55});
  x = (x & uint8_t{0x33}) + ((x >> uint8_t{2}) & uint8_t{0x33});
  return Pack((x + (x >> uint8_t{4})) & uint8_t{0x0f});
}
constexpr V128 I8x16Add(V128 a, V128 b) { return LaneAdd<uint8_t>(a, b); }
constexpr V128 I8x16Sub(V128 a, V128 b) { return LaneSub<uint8_t>(a, b); }
constexpr V128 I8x16AddSatS(V128 a, V128 b) { return LaneAddSatS<int8_t, int16_t>(a, b); }
constexpr V128 I8x16AddSatU(V128 a, V128 b) { return LaneAddSatU<uint8_t>(a, b); }
constexpr V128 I8x16SubSatS(V128 a, V128 b) { return LaneSubSatS<int8_t, int16_t>(a, b); }
constexpr V128 I8x16SubSatU(V128 a, V128 b) { return LaneSubSatU<uint8_t>(a, b); }
constexpr V128 I8x16AvgrU(V128 a, V128 b) { return LaneAvgr<uint8_t, uint16_t>(a, b); }
constexpr V128 I8x16MinS(V128 a, V128 b) { return LaneMin<int8_t>(a, b); }
constexpr V128 I8x16MinU(V128 a, V128 b) { return LaneMin<uint8_t>(a, b); }
constexpr V128 I8x16MaxS(V128 a, V128 b) { return LaneMax<int8_t>(a, b); }
constexpr V128 I8x16MaxU(V128 a, V128 b) { return LaneMax<uint8_t>(a, b); }
constexpr V128 I8x16Eq(V128 a, V128 b) { return LaneEq<uint8_t>(a, b); }
constexpr V128 I8x16Ne(V128 a, V128 b) { return LaneNe<uint8_t>(a, b); }
constexpr V128 I8x16LtS(V128 a, V128 b) { return LaneLt<int8_t>(a, b); }
constexpr V128 I8x16LtU(V128 a, V128 b) { return LaneLt<uint8_t>(a, b); }
constexpr V128 I8x16GtS(V128 a, V128 b) { return LaneGt<int8_t>(a, b); }
constexpr V128 I8x16GtU(V128 a, V128 b) { return LaneGt<uint8_t>(a, b); }
constexpr V128 I8x16LeS(V128 a, V128 b) { return LaneLe<int8_t>(a, b); }
constexpr V128 I8x16LeU(V128 a, V128 b) { return LaneLe<uint8_t>(a, b); }
constexpr V128 I8x16GeS(V128 a, V128 b) { return LaneGe<int8_t>(a, b); }
constexpr V128 I8x16GeU(V128 a, V128 b) { return LaneGe<uint8_t>(a, b); }

// i16x8
constexpr V128 I16x8Abs(V128 a) { return LaneAbs<int16_t>(a); }
constexpr V128 I16x8Neg(V128 a) { return LaneNeg<uint16_t>(a); }
constexpr V128 I16x8Add(V128 a, V128 b) { return LaneAdd<uint16_t>(a, b); }
constexpr V128 I16x8Sub(V128 a, V128 b) { return LaneSub<uint16_t>(a, b); }
constexpr V128 I16x8Mul(V128 a, V128 b) { return LaneMul<uint16_t>(a, b); }
constexpr V128 I16x8AddSatS(V128 a, V128 b) { return LaneAddSatS<int16_t, int32_t>(a, b); }
constexpr V128 I16x8AddSatU(V128 a, V128 b) { return LaneAddSatU<uint16_t>(a, b); }
constexpr V128 I16x8SubSatS(V128 a, V128 b) { return LaneSubSatS<int16_t, int32_t>(a, b); }
constexpr V128 I16x8SubSatU(V128 a, V128 b) { return LaneSubSatU<uint16_t>(a, b); }
constexpr V128 I16x8AvgrU(V128 a, V128 b) { return LaneAvgr<uint16_t, uint32_t>(a, b); }
constexpr V128 I16x8MinS(V128 a, V128 b) { return LaneMin<int16_t>(a, b); }
constexpr V128 I16x8MinU(V128 a, V128 b) { return LaneMin<uint16_t>(a, b); }
constexpr V128 I16x8MaxS(V128 a, V128 b) { return LaneMax<int16_t>(a, b); }
constexpr V128 I16x8MaxU(V128 a, V128 b) { return LaneMax<uint16_t>(a, b); }
constexpr V128 I16x8Eq(V128 a, V128 b) { return LaneEq<uint16_t>(a, b); }
constexpr V128 I16x8Ne(V128 a, V128 b) { return LaneNe<uint16_t>(a, b); }
constexpr V128 I16x8LtS(V128 a, V128 b) { return LaneLt<int16_t>(a, b); }
constexpr V128 I16x8LtU(V128 a, V128 b) { return LaneLt<uint16_t>(a, b); }
constexpr V128 I16x8GtS(V128 a, V128 b) { return LaneGt<int16_t>(a, b); }
constexpr V128 I16x8GtU(V128 a, V128 b) { return LaneGt<uint16_t>(a, b); }
constexpr V128 I16x8LeS(V128 a, V128 b) { return LaneLe<int16_t>(a, b); }
constexpr V128 I16x8LeU(V128 a, V128 b) { return LaneLe<uint16_t>(a, b); }
constexpr V128 I16x8GeS(V128 a, V128 b) { return LaneGe<int16_t>(a, b); }
constexpr V128 I16x8GeU(V128 a, V128 b) { return LaneGe<uint16_t>(a, b); }

// i32x4
constexpr V128 I32x4Abs(V128 a) { return LaneAbs<int32_t>(a); }
constexpr V128 I32x4Neg(V128 a) { return LaneNeg<uint32_t>(a); }
constexpr V128 I32x4Add(V128 a, V128 b) { return LaneAdd<uint32_t>(a, b); }
constexpr V128 I32x4Sub(V128 a, V128 b) { return LaneSub<uint32_t>(a, b); }
constexpr V128 I32x4Mul(V128 a, V128 b) { return LaneMul<uint32_t>(a, b); }
constexpr V128 I32x4MinS(V128 a, V128 b) { return LaneMin<int32_t>(a, b); }
constexpr V128 I32x4MinU(V128 a, V128 b) { return LaneMin<uint32_t>(a, b); }
constexpr V128 I32x4MaxS(V128 a, V128 b) { return LaneMax<int32_t>(a, b); }
constexpr V128 I32x4MaxU(V128 a, V128 b) { return LaneMax<uint32_t>(a, b); }
constexpr V128 I32x4Eq(V128 a, V128 b) { return LaneEq<uint32_t>(a, b); }
constexpr V128 I32x4Ne(V128 a, V128 b) { return LaneNe<uint32_t>(a, b); }
constexpr V128 I32x4LtS(V128 a, V128 b) { return LaneLt<int32_t>(a, b); }
constexpr V128 I32x4LtU(V128 a, V128 b) { return LaneLt<uint32_t>(a, b); }
constexpr V128 I32x4GtS(V128 a, V128 b) { return LaneGt<int32_t>(a, b); }
constexpr V128 I32x4GtU(V128 a, V128 b) { return LaneGt<uint32_t>(a, b); }
constexpr V128 I32x4LeS(V128 a, V128 b) { return LaneLe<int32_t>(a, b); }
constexpr V128 I32x4LeU(V128 a, V128 b) { return LaneLe<uint32_t>(a, b); }
constexpr V128 I32x4GeS(V128 a, V128 b) { return LaneGe<int32_t>(a, b); }
constexpr V128 I32x4GeU(V128 a, V128 b) { return LaneGe<uint32_t>(a, b); }

// i64x2
constexpr V128 I64x2Abs(V128 a) { return LaneAbs<int64_t>(a); }
constexpr V128 I64x2Neg(V128 a) { return LaneNeg<uint64_t>(a); }
constexpr V128 I64x2Add(V128 a, V128 b) { return LaneAdd<uint64_t>(a, b); }
constexpr V128 I64x2Sub(V128 a, V128 b) { return LaneSub<uint64_t>(a, b); }
constexpr V128 I64x2Mul(V128 a, V128 b) { return LaneMul<uint64_t>(a, b); }
constexpr V128 I64x2Eq(V128 a, V128 b) { return LaneEq<uint64_t>(a, b); }
constexpr V128 I64x2Ne(V128 a, V128 b) { return LaneNe<uint64_t>(a, b); }
constexpr V128 I64x2LtS(V128 a, V128 b) { return LaneLt<int64_t>(a, b); }
constexpr V128 I64x2GtS(V128 a, V128 b) { return LaneGt<int64_t>(a, b); }
constexpr V128 I64x2LeS(V128 a, V128 b) { return LaneLe<int64_t>(a, b); }
constexpr V128 I64x2GeS(V128 a, V128 b) { return LaneGe<int64_t>(a, b); }

}  // namespace tenon::vm::sem
