// Lane-wise float arithmetic, rounding and comparisons, by the templates of float.h; comparisons
// give lanes of all ones or all zeros. core: #exec-vec, #aux-fpmin
#pragma once

#include "vm/sem/float.h"
#include "vm/sem/lanes.h"
#include "vm/sem/simd_int.h"
#include "vm/sem/v128.h"

namespace tenon::vm::sem {

template <typename T>
constexpr V128 LaneDiv(V128 a, V128 b) {
  return Pack(Lanes<T>(a) / Lanes<T>(b));
}

// A loop, since only clang has a square root of vectors; both compilers vectorise it.
template <typename T>
inline V128 LaneSqrt(V128 a) {
  Vec<T> lanes = Lanes<T>(a);
  for (int i = 0; i < kLanes<T>; ++i) lanes[i] = FloatSqrt(lanes[i]);
  return Pack(lanes);
}

// Pseudo-minimum and -maximum: b < a ? b : a and a < b ? b : a, to the bit.
template <typename T>
constexpr V128 LanePmin(V128 a, V128 b) {
  return Pack(Select(Lanes<T>(b) < Lanes<T>(a), Lanes<T>(b), Lanes<T>(a)));
}
template <typename T>
constexpr V128 LanePmax(V128 a, V128 b) {
  return Pack(Select(Lanes<T>(a) < Lanes<T>(b), Lanes<T>(b), Lanes<T>(a)));
}

// f32x4
constexpr V128 F32x4Abs(V128 a) { return Pack(FloatAbs(Lanes<float>(a))); }
constexpr V128 F32x4Neg(V128 a) { return Pack(FloatNeg(Lanes<float>(a))); }
inline V128 F32x4Sqrt(V128 a) { return LaneSqrt<float>(a); }
constexpr V128 F32x4Ceil(V128 a) { return Pack(FloatCeil(Lanes<float>(a))); }
constexpr V128 F32x4Floor(V128 a) { return Pack(FloatFloor(Lanes<float>(a))); }
constexpr V128 F32x4Trunc(V128 a) { return Pack(FloatTrunc(Lanes<float>(a))); }
constexpr V128 F32x4Nearest(V128 a) { return Pack(FloatNearest(Lanes<float>(a))); }
constexpr V128 F32x4Add(V128 a, V128 b) { return LaneAdd<float>(a, b); }
constexpr V128 F32x4Sub(V128 a, V128 b) { return LaneSub<float>(a, b); }
constexpr V128 F32x4Mul(V128 a, V128 b) { return LaneMul<float>(a, b); }
constexpr V128 F32x4Div(V128 a, V128 b) { return LaneDiv<float>(a, b); }
constexpr V128 F32x4Min(V128 a, V128 b) { return Pack(FloatMin(Lanes<float>(a), Lanes<float>(b))); }
constexpr V128 F32x4Max(V128 a, V128 b) { return Pack(FloatMax(Lanes<float>(a), Lanes<float>(b))); }
constexpr V128 F32x4Pmin(V128 a, V128 b) { return LanePmin<float>(a, b); }
constexpr V128 F32x4Pmax(V128 a, V128 b) { return LanePmax<float>(a, b); }
constexpr V128 F32x4Eq(V128 a, V128 b) { return LaneEq<float>(a, b); }
constexpr V128 F32x4Ne(V128 a, V128 b) { return LaneNe<float>(a, b); }
constexpr V128 F32x4Lt(V128 a, V128 b) { return LaneLt<float>(a, b); }
constexpr V128 F32x4Gt(V128 a, V128 b) { return LaneGt<float>(a, b); }
constexpr V128 F32x4Le(V128 a, V128 b) { return LaneLe<float>(a, b); }
constexpr V128 F32x4Ge(V128 a, V128 b) { return LaneGe<float>(a, b); }

// f64x2
constexpr V128 F64x2Abs(V128 a) { return Pack(FloatAbs(Lanes<double>(a))); }
constexpr V128 F64x2Neg(V128 a) { return Pack(FloatNeg(Lanes<double>(a))); }
inline V128 F64x2Sqrt(V128 a) { return LaneSqrt<double>(a); }
constexpr V128 F64x2Ceil(V128 a) { return Pack(FloatCeil(Lanes<double>(a))); }
constexpr V128 F64x2Floor(V128 a) { return Pack(FloatFloor(Lanes<double>(a))); }
constexpr V128 F64x2Trunc(V128 a) { return Pack(FloatTrunc(Lanes<double>(a))); }
constexpr V128 F64x2Nearest(V128 a) { return Pack(FloatNearest(Lanes<double>(a))); }
constexpr V128 F64x2Add(V128 a, V128 b) { return LaneAdd<double>(a, b); }
constexpr V128 F64x2Sub(V128 a, V128 b) { return LaneSub<double>(a, b); }
constexpr V128 F64x2Mul(V128 a, V128 b) { return LaneMul<double>(a, b); }
constexpr V128 F64x2Div(V128 a, V128 b) { return LaneDiv<double>(a, b); }
constexpr V128 F64x2Min(V128 a, V128 b) {
  return Pack(FloatMin(Lanes<double>(a), Lanes<double>(b)));
}
constexpr V128 F64x2Max(V128 a, V128 b) {
  return Pack(FloatMax(Lanes<double>(a), Lanes<double>(b)));
}
constexpr V128 F64x2Pmin(V128 a, V128 b) { return LanePmin<double>(a, b); }
constexpr V128 F64x2Pmax(V128 a, V128 b) { return LanePmax<double>(a, b); }
constexpr V128 F64x2Eq(V128 a, V128 b) { return LaneEq<double>(a, b); }
constexpr V128 F64x2Ne(V128 a, V128 b) { return LaneNe<double>(a, b); }
constexpr V128 F64x2Lt(V128 a, V128 b) { return LaneLt<double>(a, b); }
constexpr V128 F64x2Gt(V128 a, V128 b) { return LaneGt<double>(a, b); }
constexpr V128 F64x2Le(V128 a, V128 b) { return LaneLe<double>(a, b); }
constexpr V128 F64x2Ge(V128 a, V128 b) { return LaneGe<double>(a, b); }

}  // namespace tenon::vm::sem
