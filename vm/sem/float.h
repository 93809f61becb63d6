// The operations of f32 and f64, and their lane-wise templates, written once for scalars and GNU
// vectors (F is float, double, Vec<float> or Vec<double>). core: #exec-numeric, #aux-fadd ...
// The host rounds to nearest, ties to even; nothing may be contracted or reassociated. A NaN result
// is one the spec allows: arithmetic quiets a NaN operand. abs, neg, copysign, pmin and pmax move
// bits and quiet nothing.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "vm/sem/lanes.h"

namespace tenon::vm::sem {

// What the templates need to know of a float lane.
template <typename F>
struct FloatFormat;

template <>
struct FloatFormat<float> {
  using Bits = uint32_t;
  static constexpr uint32_t kSign = 0x8000'0000;
  static constexpr uint32_t kQuiet = 0x0040'0000;
  // From here on every value is an integer.
  static constexpr float kIntegral = 0x1p23f;
};

template <>
struct FloatFormat<double> {
  using Bits = uint64_t;
  static constexpr uint64_t kSign = 0x8000'0000'0000'0000;
  static constexpr uint64_t kQuiet = 0x0008'0000'0000'0000;
  static constexpr double kIntegral = 0x1p52;
};

template <>
struct FloatFormat<Vec<float>> : FloatFormat<float> {
  using Bits = Vec<uint32_t>;
};

template <>
struct FloatFormat<Vec<double>> : FloatFormat<double> {
  using Bits = Vec<uint64_t>;
};

template <typename F>
using FloatBits = typename FloatFormat<F>::Bits;

template <typename F>
constexpr FloatBits<F> ToBits(F x) {
  return std::bit_cast<FloatBits<F>>(x);
}

template <typename F>
constexpr F FloatAbs(F x) {
  return std::bit_cast<F>(ToBits(x) & ~FloatFormat<F>::kSign);
}

template <typename F>
constexpr F FloatNeg(F x) {
  return std::bit_cast<F>(ToBits(x) ^ FloatFormat<F>::kSign);
}

template <typename F>
constexpr F FloatCopysign(F x, F sign) {
  constexpr auto kSign = FloatFormat<F>::kSign;
  return std::bit_cast<F>((ToBits(x) & ~kSign) | (ToBits(sign) & kSign));
}

// Not `x + 0` or `x * 1`: compilers may treat those as the identity and let a signalling NaN pass.
template <typename F>
constexpr F QuietNaN(F x) {
  return Select(x != x, std::bit_cast<F>(ToBits(x) | FloatFormat<F>::kQuiet), x);
}

// The nearest integer of a magnitude below kIntegral, ties to even: the sum has no fraction bits.
template <typename F>
constexpr F RoundMagnitude(F magnitude) {
  constexpr auto kIntegral = FloatFormat<F>::kIntegral;
  return (magnitude + kIntegral) - kIntegral;
}

// The rounded value where x may have a fraction, elsewhere x. Its sign is that of x, zero or not.
template <typename F>
constexpr F FinishRounding(F x, F rounded) {
  if constexpr (std::is_floating_point_v<F>) {  // Rarely large, and a branch is cheaper.
    if (FloatAbs(x) < FloatFormat<F>::kIntegral) [[likely]]
      return FloatCopysign(rounded, x);
    return QuietNaN(x);
  }
  return Select(FloatAbs(x) < FloatFormat<F>::kIntegral, FloatCopysign(rounded, x), QuietNaN(x));
}

template <typename F>
constexpr F FloatNearest(F x) {
  return FinishRounding(x, RoundMagnitude(FloatAbs(x)));
}

template <typename F>
constexpr F FloatTrunc(F x) {
  const F magnitude = FloatAbs(x);
  const F nearest = RoundMagnitude(magnitude);
  return FinishRounding(x, nearest - Select(nearest > magnitude, F{} + 1, F{}));
}

template <typename F>
constexpr F FloatFloor(F x) {
  const F nearest = FloatCopysign(RoundMagnitude(FloatAbs(x)), x);
  return FinishRounding(x, nearest - Select(nearest > x, F{} + 1, F{}));
}

template <typename F>
constexpr F FloatCeil(F x) {
  const F nearest = FloatCopysign(RoundMagnitude(FloatAbs(x)), x);
  return FinishRounding(x, nearest + Select(nearest < x, F{} + 1, F{}));
}

// The two selections differ for zeros of different sign, where the bits decide, and for NaN, where
// the sum is a quiet NaN.
template <typename F>
constexpr F FloatMin(F a, F b) {
  const F low = std::bit_cast<F>(ToBits(Select(a < b, a, b)) | ToBits(Select(b < a, b, a)));
  return Select((a != a) | (b != b), a + b, low);
}

template <typename F>
constexpr F FloatMax(F a, F b) {
  const F high = std::bit_cast<F>(ToBits(Select(b < a, a, b)) & ToBits(Select(a < b, b, a)));
  return Select((a != a) | (b != b), a + b, high);
}

// One instruction, given -fno-math-errno. Not constexpr: clang does not fold it.
inline float FloatSqrt(float x) { return __builtin_sqrtf(x); }
inline double FloatSqrt(double x) { return __builtin_sqrt(x); }

// f32
constexpr float F32Abs(float a) { return FloatAbs(a); }
constexpr float F32Neg(float a) { return FloatNeg(a); }
constexpr float F32Ceil(float a) { return FloatCeil(a); }
constexpr float F32Floor(float a) { return FloatFloor(a); }
constexpr float F32Trunc(float a) { return FloatTrunc(a); }
constexpr float F32Nearest(float a) { return FloatNearest(a); }
inline float F32Sqrt(float a) { return FloatSqrt(a); }

constexpr float F32Add(float a, float b) { return a + b; }
constexpr float F32Sub(float a, float b) { return a - b; }
constexpr float F32Mul(float a, float b) { return a * b; }
constexpr float F32Div(float a, float b) { return a / b; }
constexpr float F32Min(float a, float b) { return FloatMin(a, b); }
constexpr float F32Max(float a, float b) { return FloatMax(a, b); }
constexpr float F32Copysign(float a, float b) { return FloatCopysign(a, b); }

constexpr uint32_t F32Eq(float a, float b) { return a == b; }
constexpr uint32_t F32Ne(float a, float b) { return a != b; }
constexpr uint32_t F32Lt(float a, float b) { return a < b; }
constexpr uint32_t F32Gt(float a, float b) { return a > b; }
constexpr uint32_t F32Le(float a, float b) { return a <= b; }
constexpr uint32_t F32Ge(float a, float b) { return a >= b; }

// f64
constexpr double F64Abs(double a) { return FloatAbs(a); }
constexpr double F64Neg(double a) { return FloatNeg(a); }
constexpr double F64Ceil(double a) { return FloatCeil(a); }
constexpr double F64Floor(double a) { return FloatFloor(a); }
constexpr double F64Trunc(double a) { return FloatTrunc(a); }
constexpr double F64Nearest(double a) { return FloatNearest(a); }
inline double F64Sqrt(double a) { return FloatSqrt(a); }

constexpr double F64Add(double a, double b) { return a + b; }
constexpr double F64Sub(double a, double b) { return a - b; }
constexpr double F64Mul(double a, double b) { return a * b; }
constexpr double F64Div(double a, double b) { return a / b; }
constexpr double F64Min(double a, double b) { return FloatMin(a, b); }
constexpr double F64Max(double a, double b) { return FloatMax(a, b); }
constexpr double F64Copysign(double a, double b) { return FloatCopysign(a, b); }

constexpr uint32_t F64Eq(double a, double b) { return a == b; }
constexpr uint32_t F64Ne(double a, double b) { return a != b; }
constexpr uint32_t F64Lt(double a, double b) { return a < b; }
constexpr uint32_t F64Gt(double a, double b) { return a > b; }
constexpr uint32_t F64Le(double a, double b) { return a <= b; }
constexpr uint32_t F64Ge(double a, double b) { return a >= b; }

}  // namespace tenon::vm::sem
