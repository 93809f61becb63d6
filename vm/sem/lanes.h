// The vocabulary the SIMD operations are written in: GNU vectors of lanes, and conversions between
// them and V128. Arithmetic on vectors of unsigned lanes wraps; comparisons give lanes of all ones
// or all zeros. No CPU intrinsics: clang and g++ select the instructions. core: #aux-lanes
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "vm/sem/v128.h"

namespace tenon::vm::sem {

template <typename T, int kBytes>
struct VecOf {
  typedef T Type __attribute__((vector_size(kBytes)));
};

template <typename T>
using Vec = typename VecOf<T, 16>::Type;
template <typename T>
using HalfVec = typename VecOf<T, 8>::Type;
// Twice a v128, so that an intermediate result of each lane fits. Lives in registers of a single
// function only: passing one by value has no stable ABI without AVX.
template <typename T>
using DoubleVec = typename VecOf<T, 32>::Type;

template <typename T>
inline constexpr int kLanes = 16 / sizeof(T);

template <typename T>
constexpr Vec<T> Lanes(V128 v) {
  return std::bit_cast<Vec<T>>(v);
}

template <typename T>
constexpr HalfVec<T> LowLanes(V128 v) {
  return std::bit_cast<std::array<HalfVec<T>, 2>>(v)[0];
}

template <typename T>
constexpr HalfVec<T> HighLanes(V128 v) {
  return std::bit_cast<std::array<HalfVec<T>, 2>>(v)[1];
}

template <typename V>
constexpr V128 Pack(V lanes) {
  static_assert(sizeof(V) == 16);
  return std::bit_cast<V128>(lanes);
}

// The half becomes the low lanes; the high lanes are zero.
template <typename H>
constexpr V128 PackLow(H low) {
  static_assert(sizeof(H) == 8);
  return std::bit_cast<V128>(std::array<uint64_t, 2>{std::bit_cast<uint64_t>(low), 0});
}

// Of integers only: the sum would lose the sign of a float zero and quiet a NaN.
template <typename T>
constexpr V128 Splat(T x) {
  static_assert(std::is_integral_v<T>);
  return Pack(Vec<T>{} + x);
}

// Where the mask holds a, elsewhere b: a truth value selects scalars, a lane mask single lanes.
// (clang does not evaluate ?: on vectors in constant expressions.)
template <typename Mask, typename V>
constexpr V Select(Mask mask, V a, V b) {
  if constexpr (std::is_arithmetic_v<Mask>) {
    return mask ? a : b;
  } else {
    const Mask a_bits = std::bit_cast<Mask>(a);
    const Mask b_bits = std::bit_cast<Mask>(b);
    return std::bit_cast<V>((mask & a_bits) | (~mask & b_bits));
  }
}

}  // namespace tenon::vm::sem
