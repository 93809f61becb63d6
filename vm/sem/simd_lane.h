// Operations that make v128 values from scalars and move lanes: splat, extract and replace,
// shuffle, swizzle, and the conversions of the loads that extend, splat or pad. core: #exec-vec
// Lane indices are masked, so that none reaches outside the vector even unvalidated.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "vm/sem/lanes.h"
#include "vm/sem/v128.h"

namespace tenon::vm::sem {

// 0, 1, 2 ...
template <typename T>
constexpr Vec<T> LaneNumbers() {
  std::array<T, kLanes<T>> numbers{};
  for (int i = 0; i < kLanes<T>; ++i) numbers[i] = static_cast<T>(i);
  return std::bit_cast<Vec<T>>(numbers);
}

// Vector operations rather than V128::Lane: an array on the stack would bring a stack protector.
template <typename T>
constexpr T ExtractLane(V128 v, uint8_t lane) {
  return Lanes<T>(v)[lane & (kLanes<T> - 1)];
}

template <typename T>
constexpr V128 ReplaceLane(V128 v, T x, uint8_t lane) {
  const auto chosen = LaneNumbers<T>() == static_cast<T>(lane & (kLanes<T> - 1));
  return Pack(Select(chosen, Lanes<T>(Splat(x)), Lanes<T>(v)));
}

// The eight bytes as lanes of type T, each extended to the type of twice the width.
template <typename T, typename Wide>
constexpr V128 LoadExtend(uint64_t raw) {
  return Pack(__builtin_convertvector(std::bit_cast<HalfVec<T>>(raw), Vec<Wide>));
}

constexpr V128 I8x16Splat(uint32_t x) { return Splat(static_cast<uint8_t>(x)); }
constexpr V128 I16x8Splat(uint32_t x) { return Splat(static_cast<uint16_t>(x)); }
constexpr V128 I32x4Splat(uint32_t x) { return Splat(x); }
constexpr V128 I64x2Splat(uint64_t x) { return Splat(x); }
constexpr V128 F32x4Splat(float x) { return Splat(std::bit_cast<uint32_t>(x)); }
constexpr V128 F64x2Splat(double x) { return Splat(std::bit_cast<uint64_t>(x)); }

constexpr uint32_t I8x16ExtractLaneS(V128 a, uint8_t lane) {
  return static_cast<uint32_t>(int32_t{ExtractLane<int8_t>(a, lane)});
}
constexpr uint32_t I8x16ExtractLaneU(V128 a, uint8_t lane) { return ExtractLane<uint8_t>(a, lane); }
constexpr uint32_t I16x8ExtractLaneS(V128 a, uint8_t lane) {
  return static_cast<uint32_t>(int32_t{ExtractLane<int16_t>(a, lane)});
}
constexpr uint32_t I16x8ExtractLaneU(V128 a, uint8_t lane) {
  return ExtractLane<uint16_t>(a, lane);
}
constexpr uint32_t I32x4ExtractLane(V128 a, uint8_t lane) { return ExtractLane<uint32_t>(a, lane); }
constexpr uint64_t I64x2ExtractLane(V128 a, uint8_t lane) { return ExtractLane<uint64_t>(a, lane); }
constexpr float F32x4ExtractLane(V128 a, uint8_t lane) { return ExtractLane<float>(a, lane); }
constexpr double F64x2ExtractLane(V128 a, uint8_t lane) { return ExtractLane<double>(a, lane); }

constexpr V128 I8x16ReplaceLane(V128 a, uint32_t x, uint8_t lane) {
  return ReplaceLane(a, static_cast<uint8_t>(x), lane);
}
constexpr V128 I16x8ReplaceLane(V128 a, uint32_t x, uint8_t lane) {
  return ReplaceLane(a, static_cast<uint16_t>(x), lane);
}
constexpr V128 I32x4ReplaceLane(V128 a, uint32_t x, uint8_t lane) {
  return ReplaceLane(a, x, lane);
}
constexpr V128 I64x2ReplaceLane(V128 a, uint64_t x, uint8_t lane) {
  return ReplaceLane(a, x, lane);
}
constexpr V128 F32x4ReplaceLane(V128 a, float x, uint8_t lane) {
  return ReplaceLane(a, std::bit_cast<uint32_t>(x), lane);
}
constexpr V128 F64x2ReplaceLane(V128 a, double x, uint8_t lane) {
  return ReplaceLane(a, std::bit_cast<uint64_t>(x), lane);
}

// Each byte of `lanes` selects one of the 32 bytes of a and b. The baseline has no instruction for
// this; inlined always, since a handler must not spill its registers around a call.
[[gnu::always_inline]] constexpr V128 I8x16Shuffle(V128 a, V128 b, V128 lanes) {
  const auto table = std::bit_cast<std::array<uint8_t, 32>>(std::array<V128, 2>{a, b});
  V128 result;
  for (int i = 0; i < 16; ++i) result.bytes[i] = table[lanes.bytes[i] & 31];
  return result;
}

// Each byte of `lanes` selects one of the 16 bytes of a; out of range gives zero, read above a.
[[gnu::always_inline]] constexpr V128 I8x16Swizzle(V128 a, V128 lanes) {
  const auto table = std::bit_cast<std::array<uint8_t, 32>>(std::array<V128, 2>{a, V128{}});
  const Vec<uint8_t> chosen = Lanes<uint8_t>(lanes);
  const Vec<uint8_t> zeros = Vec<uint8_t>{} + uint8_t{16};
  const V128 indices = Pack(Select(chosen < zeros, chosen, zeros));
  V128 result;
  for (int i = 0; i < 16; ++i) result.bytes[i] = table[indices.bytes[i]];
  return result;
}

constexpr V128 V128Load8x8S(uint64_t raw) { return LoadExtend<int8_t, int16_t>(raw); }
constexpr V128 V128Load8x8U(uint64_t raw) { return LoadExtend<uint8_t, uint16_t>(raw); }
constexpr V128 V128Load16x4S(uint64_t raw) { return LoadExtend<int16_t, int32_t>(raw); }
constexpr V128 V128Load16x4U(uint64_t raw) { return LoadExtend<uint16_t, uint32_t>(raw); }
constexpr V128 V128Load32x2S(uint64_t raw) { return LoadExtend<int32_t, int64_t>(raw); }
constexpr V128 V128Load32x2U(uint64_t raw) { return LoadExtend<uint32_t, uint64_t>(raw); }

constexpr V128 V128Load8Splat(uint8_t raw) { return Splat(raw); }
constexpr V128 V128Load16Splat(uint16_t raw) { return Splat(raw); }
constexpr V128 V128Load32Splat(uint32_t raw) { return Splat(raw); }
constexpr V128 V128Load64Splat(uint64_t raw) { return Splat(raw); }
constexpr V128 V128Load32Zero(uint32_t raw) { return PackLow(uint64_t{raw}); }
constexpr V128 V128Load64Zero(uint64_t raw) { return PackLow(raw); }

}  // namespace tenon::vm::sem
