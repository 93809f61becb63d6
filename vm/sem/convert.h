// Conversions between the scalar types. core: #exec-cvtop, #aux-wrap and following
// C++ leaves a float-to-integer cast undefined outside the target's range, so every cast stands
// behind InTruncRange. Integer-to-float casts and demotion round once, to nearest, ties to even.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "vm/sem/trap.h"

namespace tenon::vm::sem {

template <typename I, typename F>
struct TruncBounds {
  static constexpr F kMin = static_cast<F>(std::numeric_limits<I>::min());
  // One above the maximum, a power of two.
  static constexpr F kEnd = static_cast<F>(std::numeric_limits<I>::max() / 2 + 1) * 2;
  // Values between the minimum and one below it truncate to the minimum, if F has such values.
  static constexpr bool kFractionBelowMin = kMin - 1 != kMin;
};

// Whether x, truncated, is a value of I. False for NaN.
template <typename I, typename F>
constexpr bool InTruncRange(F x) {
  using Bounds = TruncBounds<I, F>;
  if constexpr (Bounds::kFractionBelowMin) {
    return x > Bounds::kMin - 1 && x < Bounds::kEnd;
  } else {
    return x >= Bounds::kMin && x < Bounds::kEnd;
  }
}

template <typename I, typename F>
constexpr OrTrap<std::make_unsigned_t<I>> Trunc(F x) {
  if (InTruncRange<I>(x)) [[likely]] {
    return static_cast<std::make_unsigned_t<I>>(static_cast<I>(x));
  }
  return std::unexpected(x != x ? TrapKind::kInvalidConversionToInteger
                                : TrapKind::kIntegerOverflow);
}

template <typename I, typename F>
constexpr std::make_unsigned_t<I> TruncSat(F x) {
  using U = std::make_unsigned_t<I>;
  if (InTruncRange<I>(x)) [[likely]]
    return static_cast<U>(static_cast<I>(x));
  if (x != x) return 0;
  return static_cast<U>(x < 0 ? std::numeric_limits<I>::min() : std::numeric_limits<I>::max());
}

constexpr uint32_t I32WrapI64(uint64_t a) { return static_cast<uint32_t>(a); }
constexpr uint64_t I64ExtendI32S(uint32_t a) {
  return static_cast<uint64_t>(static_cast<int32_t>(a));
}
constexpr uint64_t I64ExtendI32U(uint32_t a) { return a; }

constexpr OrTrap<uint32_t> I32TruncF32S(float a) { return Trunc<int32_t>(a); }
constexpr OrTrap<uint32_t> I32TruncF32U(float a) { return Trunc<uint32_t>(a); }
constexpr OrTrap<uint32_t> I32TruncF64S(double a) { return Trunc<int32_t>(a); }
constexpr OrTrap<uint32_t> I32TruncF64U(double a) { return Trunc<uint32_t>(a); }
constexpr OrTrap<uint64_t> I64TruncF32S(float a) { return Trunc<int64_t>(a); }
constexpr OrTrap<uint64_t> I64TruncF32U(float a) { return Trunc<uint64_t>(a); }
constexpr OrTrap<uint64_t> I64TruncF64S(double a) { return Trunc<int64_t>(a); }
constexpr OrTrap<uint64_t> I64TruncF64U(double a) { return Trunc<uint64_t>(a); }

constexpr uint32_t I32TruncSatF32S(float a) { return TruncSat<int32_t>(a); }
constexpr uint32_t I32TruncSatF32U(float a) { return TruncSat<uint32_t>(a); }
constexpr uint32_t I32TruncSatF64S(double a) { return TruncSat<int32_t>(a); }
constexpr uint32_t I32TruncSatF64U(double a) { return TruncSat<uint32_t>(a); }
constexpr uint64_t I64TruncSatF32S(float a) { return TruncSat<int64_t>(a); }
constexpr uint64_t I64TruncSatF32U(float a) { return TruncSat<uint64_t>(a); }
constexpr uint64_t I64TruncSatF64S(double a) { return TruncSat<int64_t>(a); }
constexpr uint64_t I64TruncSatF64U(double a) { return TruncSat<uint64_t>(a); }

constexpr float F32ConvertI32S(uint32_t a) { return static_cast<float>(static_cast<int32_t>(a)); }
constexpr float F32ConvertI32U(uint32_t a) { return static_cast<float>(a); }
constexpr float F32ConvertI64S(uint64_t a) { return static_cast<float>(static_cast<int64_t>(a)); }
constexpr float F32ConvertI64U(uint64_t a) { return static_cast<float>(a); }

constexpr double F64ConvertI32S(uint32_t a) { return static_cast<double>(static_cast<int32_t>(a)); }
constexpr double F64ConvertI32U(uint32_t a) { return static_cast<double>(a); }
constexpr double F64ConvertI64S(uint64_t a) { return static_cast<double>(static_cast<int64_t>(a)); }
constexpr double F64ConvertI64U(uint64_t a) { return static_cast<double>(a); }

// A signalling NaN comes out quiet, with as much of its payload as fits.
constexpr float F32DemoteF64(double a) { return static_cast<float>(a); }
constexpr double F64PromoteF32(float a) { return a; }

constexpr uint32_t I32ReinterpretF32(float a) { return std::bit_cast<uint32_t>(a); }
constexpr uint64_t I64ReinterpretF64(double a) { return std::bit_cast<uint64_t>(a); }
constexpr float F32ReinterpretI32(uint32_t a) { return std::bit_cast<float>(a); }
constexpr double F64ReinterpretI64(uint64_t a) { return std::bit_cast<double>(a); }

}  // namespace tenon::vm::sem
