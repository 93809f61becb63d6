// SIMD conversions between integer and float lanes, and between the float widths. Where lanes
// become narrower the upper half of the result is zero. core: #exec-vec, #aux-trunc_sat_u
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

#include "vm/sem/convert.h"
#include "vm/sem/lanes.h"
#include "vm/sem/v128.h"

namespace tenon::vm::sem {

// Lanes out of range are converted as zero, then set to the limit they passed; NaN passed neither.
template <typename I>
constexpr V128 TruncSatFloatLanes(V128 a) {
  using Bounds = TruncBounds<I, float>;
  const Vec<float> x = Lanes<float>(a);
  const auto below = x < Bounds::kMin;
  const auto above = x >= Bounds::kEnd;
  const Vec<float> convertible = Select((x >= Bounds::kMin) & (x < Bounds::kEnd), x, Vec<float>{});
  const Vec<I> truncated = __builtin_convertvector(convertible, Vec<I>);
  return Pack(truncated | (std::bit_cast<Vec<I>>(below) & std::numeric_limits<I>::min()) |
              (std::bit_cast<Vec<I>>(above) & std::numeric_limits<I>::max()));
}

template <typename I>
constexpr V128 TruncSatDoubleLanes(V128 a) {
  const uint32_t low = TruncSat<I>(a.Lane<double>(0));
  const uint32_t high = TruncSat<I>(a.Lane<double>(1));
  return PackLow(std::array<uint32_t, 2>{low, high});
}

// To: the type of the result's lanes.
template <typename From, typename To>
constexpr V128 ConvertLanes(V128 a) {
  return Pack(__builtin_convertvector(Lanes<From>(a), Vec<To>));
}
template <typename From, typename To>
constexpr V128 ConvertLowLanes(V128 a) {
  return Pack(__builtin_convertvector(LowLanes<From>(a), Vec<To>));
}

constexpr V128 I32x4TruncSatF32x4S(V128 a) { return TruncSatFloatLanes<int32_t>(a); }
constexpr V128 I32x4TruncSatF32x4U(V128 a) { return TruncSatFloatLanes<uint32_t>(a); }
constexpr V128 I32x4TruncSatF64x2SZero(V128 a) { return TruncSatDoubleLanes<int32_t>(a); }
constexpr V128 I32x4TruncSatF64x2UZero(V128 a) { return TruncSatDoubleLanes<uint32_t>(a); }

constexpr V128 F32x4ConvertI32x4S(V128 a) { return ConvertLanes<int32_t, float>(a); }
constexpr V128 F32x4ConvertI32x4U(V128 a) { return ConvertLanes<uint32_t, float>(a); }
constexpr V128 F64x2ConvertLowI32x4S(V128 a) { return ConvertLowLanes<int32_t, double>(a); }
constexpr V128 F64x2ConvertLowI32x4U(V128 a) { return ConvertLowLanes<uint32_t, double>(a); }

constexpr V128 F64x2PromoteLowF32x4(V128 a) { return ConvertLowLanes<float, double>(a); }
constexpr V128 F32x4DemoteF64x2Zero(V128 a) {
  return PackLow(__builtin_convertvector(Lanes<double>(a), HalfVec<float>));
}

}  // namespace tenon::vm::sem
