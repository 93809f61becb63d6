// Integer operations between lane widths: extension, widening products and sums, the dot product,
// the rounding Q15 product, and saturating narrowing. core: #exec-vec
// T is the narrow lane type, Wide the type of twice its width and the same signedness.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "vm/sem/lanes.h"
#include "vm/sem/simd_int.h"
#include "vm/sem/v128.h"

namespace tenon::vm::sem {

template <typename T, typename Wide>
constexpr V128 ExtendLow(V128 a) {
  return Pack(__builtin_convertvector(LowLanes<T>(a), Vec<Wide>));
}
template <typename T, typename Wide>
constexpr V128 ExtendHigh(V128 a) {
  return Pack(__builtin_convertvector(HighLanes<T>(a), Vec<Wide>));
}

// The products fit; that the type is signed is of no matter to the bits.
template <typename T, typename Wide>
constexpr V128 ExtmulLow(V128 a, V128 b) {
  return LaneMul<std::make_unsigned_t<Wide>>(ExtendLow<T, Wide>(a), ExtendLow<T, Wide>(b));
}
template <typename T, typename Wide>
constexpr V128 ExtmulHigh(V128 a, V128 b) {
  return LaneMul<std::make_unsigned_t<Wide>>(ExtendHigh<T, Wide>(a), ExtendHigh<T, Wide>(b));
}

// The lower and the upper of the two narrow lanes in each wide one, extended in place.
template <typename Wide>
constexpr Vec<Wide> EvenLanes(V128 a) {
  constexpr int kNarrow = 4 * sizeof(Wide);
  using U = std::make_unsigned_t<Wide>;
  const Vec<U> moved_up = Lanes<U>(a) << U{kNarrow};
  return std::bit_cast<Vec<Wide>>(moved_up) >> Wide{kNarrow};
}
template <typename Wide>
constexpr Vec<Wide> OddLanes(V128 a) {
  return Lanes<Wide>(a) >> Wide{4 * sizeof(Wide)};
}

template <typename Wide>
constexpr V128 ExtaddPairwise(V128 a) {
  return Pack(EvenLanes<Wide>(a) + OddLanes<Wide>(a));
}

// Signed lanes of twice the width of T, clamped to its limits.
template <typename T, typename Wide>
constexpr HalfVec<T> ClampLanes(V128 a) {
  constexpr Wide kMin = std::numeric_limits<T>::min();
  constexpr Wide kMax = std::numeric_limits<T>::max();
  const Vec<Wide> low = Select(Lanes<Wide>(a) > kMin, Lanes<Wide>(a), Vec<Wide>{} + kMin);
  const Vec<Wide> clamped = Select(low < kMax, low, Vec<Wide>{} + kMax);
  return __builtin_convertvector(clamped, HalfVec<T>);
}

// The clamped lanes of a, then those of b.
template <typename T, typename Wide>
constexpr V128 Narrow(V128 a, V128 b) {
  const std::array<HalfVec<T>, 2> halves{ClampLanes<T, Wide>(a), ClampLanes<T, Wide>(b)};
  return std::bit_cast<V128>(halves);
}

constexpr V128 I16x8ExtendLowI8x16S(V128 a) { return ExtendLow<int8_t, int16_t>(a); }
constexpr V128 I16x8ExtendLowI8x16U(V128 a) { return ExtendLow<uint8_t, uint16_t>(a); }
constexpr V128 I16x8ExtendHighI8x16S(V128 a) { return ExtendHigh<int8_t, int16_t>(a); }
constexpr V128 I16x8ExtendHighI8x16U(V128 a) { return ExtendHigh<uint8_t, uint16_t>(a); }
constexpr V128 I16x8ExtmulLowI8x16S(V128 a, V128 b) { return ExtmulLow<int8_t, int16_t>(a, b); }
constexpr V128 I16x8ExtmulLowI8x16U(V128 a, V128 b) { return ExtmulLow<uint8_t, uint16_t>(a, b); }
constexpr V128 I16x8ExtmulHighI8x16S(V128 a, V128 b) { return ExtmulHigh<int8_t, int16_t>(a, b); }
constexpr V128 I16x8ExtmulHighI8x16U(V128 a, V128 b) { return ExtmulHigh<uint8_t, uint16_t>(a, b); }
constexpr V128 I16x8ExtaddPairwiseI8x16S(V128 a) { return ExtaddPairwise<int16_t>(a); }
constexpr V128 I16x8ExtaddPairwiseI8x16U(V128 a) { return ExtaddPairwise<uint16_t>(a); }

constexpr V128 I32x4ExtendLowI16x8S(V128 a) { return ExtendLow<int16_t, int32_t>(a); }
constexpr V128 I32x4ExtendLowI16x8U(V128 a) { return ExtendLow<uint16_t, uint32_t>(a); }
constexpr V128 I32x4ExtendHighI16x8S(V128 a) { return ExtendHigh<int16_t, int32_t>(a); }
constexpr V128 I32x4ExtendHighI16x8U(V128 a) { return ExtendHigh<uint16_t, uint32_t>(a); }
constexpr V128 I32x4ExtmulLowI16x8S(V128 a, V128 b) { return ExtmulLow<int16_t, int32_t>(a, b); }
constexpr V128 I32x4ExtmulLowI16x8U(V128 a, V128 b) { return ExtmulLow<uint16_t, uint32_t>(a, b); }
constexpr V128 I32x4ExtmulHighI16x8S(V128 a, V128 b) { return ExtmulHigh<int16_t, int32_t>(a, b); }
constexpr V128 I32x4ExtmulHighI16x8U(V128 a, V128 b) {
  return ExtmulHigh<uint16_t, uint32_t>(a, b);
}
constexpr V128 I32x4ExtaddPairwiseI16x8S(V128 a) { return ExtaddPairwise<int32_t>(a); }
constexpr V128 I32x4ExtaddPairwiseI16x8U(V128 a) { return ExtaddPairwise<uint32_t>(a); }

constexpr V128 I64x2ExtendLowI32x4S(V128 a) { return ExtendLow<int32_t, int64_t>(a); }
constexpr V128 I64x2ExtendLowI32x4U(V128 a) { return ExtendLow<uint32_t, uint64_t>(a); }
constexpr V128 I64x2ExtendHighI32x4S(V128 a) { return ExtendHigh<int32_t, int64_t>(a); }
constexpr V128 I64x2ExtendHighI32x4U(V128 a) { return ExtendHigh<uint32_t, uint64_t>(a); }
constexpr V128 I64x2ExtmulLowI32x4S(V128 a, V128 b) { return ExtmulLow<int32_t, int64_t>(a, b); }
constexpr V128 I64x2ExtmulLowI32x4U(V128 a, V128 b) { return ExtmulLow<uint32_t, uint64_t>(a, b); }
constexpr V128 I64x2ExtmulHighI32x4S(V128 a, V128 b) { return ExtmulHigh<int32_t, int64_t>(a, b); }
constexpr V128 I64x2ExtmulHighI32x4U(V128 a, V128 b) {
  return ExtmulHigh<uint32_t, uint64_t>(a, b);
}

constexpr V128 I8x16NarrowI16x8S(V128 a, V128 b) { return Narrow<int8_t, int16_t>(a, b); }
constexpr V128 I8x16NarrowI16x8U(V128 a, V128 b) { return Narrow<uint8_t, int16_t>(a, b); }
constexpr V128 I16x8NarrowI32x4S(V128 a, V128 b) { return Narrow<int16_t, int32_t>(a, b); }
constexpr V128 I16x8NarrowI32x4U(V128 a, V128 b) { return Narrow<uint16_t, int32_t>(a, b); }

// The sum wraps in one case, when all four operand lanes are the minimum.
constexpr V128 I32x4DotI16x8S(V128 a, V128 b) {
  using Lifted = DoubleVec<int32_t>;
  const Lifted product = __builtin_convertvector(Lanes<int16_t>(a), Lifted) *
                         __builtin_convertvector(Lanes<int16_t>(b), Lifted);
  const Vec<int32_t> even = __builtin_shufflevector(product, product, 0, 2, 4, 6);
  const Vec<int32_t> odd = __builtin_shufflevector(product, product, 1, 3, 5, 7);
  return LaneAdd<uint32_t>(Pack(even), Pack(odd));
}

// (a * b + 0x4000) >> 15, saturated. Only the square of the minimum exceeds the range; it wraps to
// the minimum, which no other product gives, and inverting its bits makes it the maximum.
constexpr V128 I16x8Q15mulrSatS(V128 a, V128 b) {
  using Lifted = DoubleVec<int32_t>;
  const Lifted product = __builtin_convertvector(Lanes<int16_t>(a), Lifted) *
                         __builtin_convertvector(Lanes<int16_t>(b), Lifted);
  const Vec<int16_t> scaled = __builtin_convertvector((product + 0x4000) >> 15, Vec<int16_t>);
  return Pack(scaled ^ (scaled == std::numeric_limits<int16_t>::min()));
}

}  // namespace tenon::vm::sem
