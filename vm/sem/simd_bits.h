// SIMD operations on bits: v128 logic, shifts, and the tests that reduce a vector to an i32.
// Shift counts are taken modulo the lane's width. core: #exec-vec, #aux-ibitselect
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "vm/sem/lanes.h"
#include "vm/sem/v128.h"

namespace tenon::vm::sem {

template <typename T>
constexpr V128 LaneShl(V128 a, uint32_t count) {
  return Pack(Lanes<T>(a) << static_cast<T>(count & (8 * sizeof(T) - 1)));
}

// Arithmetic for a signed T, logical for an unsigned one.
template <typename T>
constexpr V128 LaneShr(V128 a, uint32_t count) {
  return Pack(Lanes<T>(a) >> static_cast<T>(count & (8 * sizeof(T) - 1)));
}

constexpr bool AnyBit(V128 v) {
  const auto words = std::bit_cast<std::array<uint64_t, 2>>(v);
  return (words[0] | words[1]) != 0;
}

template <typename T>
constexpr uint32_t LaneAllTrue(V128 a) {
  return !AnyBit(Pack(Lanes<T>(a) == Vec<T>{}));
}

// The top bits of the lanes of type T in a 64-bit word, lane 0's lowest. The product moves each to
// its place at the upper end of the word; no two partial products share a bit, so nothing carries.
template <typename T>
constexpr uint32_t GatherTopBits(uint64_t word) {
  constexpr int kWidth = 8 * sizeof(T);
  constexpr int kCount = 64 / kWidth;
  uint64_t tops = 0;
  uint64_t moves = 0;
  for (int i = 0; i < kCount; ++i) {
    tops |= uint64_t{1} << (kWidth * i + kWidth - 1);
    moves |= uint64_t{1} << ((kWidth - 1) * i);
  }
  return static_cast<uint32_t>(((word & tops) * moves) >> (64 - kCount));
}

// Wide lanes are first narrowed to their upper halves, which fill one word.
template <typename T, typename Narrow>
constexpr uint32_t NarrowBitmask(V128 a) {
  const Vec<T> tops = Lanes<T>(a) >> static_cast<T>(4 * sizeof(T));
  const HalfVec<Narrow> narrow = __builtin_convertvector(tops, HalfVec<Narrow>);
  return GatherTopBits<Narrow>(std::bit_cast<uint64_t>(narrow));
}

constexpr V128 V128Not(V128 a) { return Pack(~Lanes<uint64_t>(a)); }
constexpr V128 V128And(V128 a, V128 b) { return Pack(Lanes<uint64_t>(a) & Lanes<uint64_t>(b)); }
constexpr V128 V128Or(V128 a, V128 b) { return Pack(Lanes<uint64_t>(a) | Lanes<uint64_t>(b)); }
constexpr V128 V128Xor(V128 a, V128 b) { return Pack(Lanes<uint64_t>(a) ^ Lanes<uint64_t>(b)); }
constexpr V128 V128Andnot(V128 a, V128 b) { return Pack(Lanes<uint64_t>(a) & ~Lanes<uint64_t>(b)); }
// The bits of a where the mask is set, elsewhere those of b.
constexpr V128 V128Bitselect(V128 a, V128 b, V128 mask) {
  return Pack(Select(Lanes<uint64_t>(mask), Lanes<uint64_t>(a), Lanes<uint64_t>(b)));
}
constexpr uint32_t V128AnyTrue(V128 a) { return AnyBit(a); }

constexpr uint32_t I8x16AllTrue(V128 a) { return LaneAllTrue<uint8_t>(a); }
constexpr uint32_t I16x8AllTrue(V128 a) { return LaneAllTrue<uint16_t>(a); }
constexpr uint32_t I32x4AllTrue(V128 a) { return LaneAllTrue<uint32_t>(a); }
constexpr uint32_t I64x2AllTrue(V128 a) { return LaneAllTrue<uint64_t>(a); }

constexpr uint32_t I8x16Bitmask(V128 a) {
  const auto words = std::bit_cast<std::array<uint64_t, 2>>(a);
  return GatherTopBits<uint8_t>(words[0]) | GatherTopBits<uint8_t>(words[1]) << 8;
}
constexpr uint32_t I16x8Bitmask(V128 a) { return NarrowBitmask<int16_t, int8_t>(a); }
constexpr uint32_t I32x4Bitmask(V128 a) { return NarrowBitmask<int32_t, int16_t>(a); }
constexpr uint32_t I64x2Bitmask(V128 a) { return NarrowBitmask<int64_t, int32_t>(a); }

constexpr V128 I8x16Shl(V128 a, uint32_t count) { return LaneShl<uint8_t>(a, count); }
constexpr V128 I8x16ShrS(V128 a, uint32_t count) { return LaneShr<int8_t>(a, count); }
constexpr V128 I8x16ShrU(V128 a, uint32_t count) { return LaneShr<uint8_t>(a, count); }

constexpr V128 I16x8Shl(V128 a, uint32_t count) { return LaneShl<uint16_t>(a, count); }
constexpr V128 I16x8ShrS(V128 a, uint32_t count) { return LaneShr<int16_t>(a, count); }
constexpr V128 I16x8ShrU(V128 a, uint32_t count) { return LaneShr<uint16_t>(a, count); }

constexpr V128 I32x4Shl(V128 a, uint32_t count) { return LaneShl<uint32_t>(a, count); }
constexpr V128 I32x4ShrS(V128 a, uint32_t count) { return LaneShr<int32_t>(a, count); }
constexpr V128 I32x4ShrU(V128 a, uint32_t count) { return LaneShr<uint32_t>(a, count); }

constexpr V128 I64x2Shl(V128 a, uint32_t count) { return LaneShl<uint64_t>(a, count); }
constexpr V128 I64x2ShrS(V128 a, uint32_t count) { return LaneShr<int64_t>(a, count); }
constexpr V128 I64x2ShrU(V128 a, uint32_t count) { return LaneShr<uint64_t>(a, count); }

}  // namespace tenon::vm::sem
