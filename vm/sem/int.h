// The integer operations of i32 and i64. Values are unsigned, so arithmetic wraps; operations on
// signed values reinterpret. Comparisons give 0 or 1. core: #exec-numeric, #aux-iadd and following
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "vm/sem/trap.h"

namespace tenon::vm::sem {

template <typename U>
constexpr std::make_signed_t<U> AsSigned(U x) {
  return static_cast<std::make_signed_t<U>>(x);
}

template <typename U>
inline constexpr int kBits = std::numeric_limits<U>::digits;

// Shift and rotate counts are taken modulo the width.
template <typename U>
constexpr int ShiftCount(U count) {
  return static_cast<int>(count & (kBits<U> - 1));
}

template <typename U>
constexpr U IntShrS(U a, U count) {
  return static_cast<U>(AsSigned(a) >> ShiftCount(count));
}

template <typename U>
constexpr OrTrap<U> IntDivS(U a, U b) {
  if (b == 0) return std::unexpected(TrapKind::kIntegerDivideByZero);
  constexpr auto kMin = std::numeric_limits<std::make_signed_t<U>>::min();
  if (AsSigned(a) == kMin && AsSigned(b) == -1) {
    return std::unexpected(TrapKind::kIntegerOverflow);
  }
  return static_cast<U>(AsSigned(a) / AsSigned(b));
}

template <typename U>
constexpr OrTrap<U> IntDivU(U a, U b) {
  if (b == 0) return std::unexpected(TrapKind::kIntegerDivideByZero);
  return a / b;
}

template <typename U>
constexpr OrTrap<U> IntRemS(U a, U b) {
  if (b == 0) return std::unexpected(TrapKind::kIntegerDivideByZero);
  if (AsSigned(b) == -1) return U{0};  // The machine's division would overflow for the minimum.
  return static_cast<U>(AsSigned(a) % AsSigned(b));
}

template <typename U>
constexpr OrTrap<U> IntRemU(U a, U b) {
  if (b == 0) return std::unexpected(TrapKind::kIntegerDivideByZero);
  return a % b;
}

// The low bits of x, those of the signed type Narrow, with their sign extended.
template <typename Narrow, typename U>
constexpr U SignExtend(U x) {
  return static_cast<U>(static_cast<Narrow>(x));
}

// i32
constexpr uint32_t I32Clz(uint32_t a) { return static_cast<uint32_t>(std::countl_zero(a)); }
constexpr uint32_t I32Ctz(uint32_t a) { return static_cast<uint32_t>(std::countr_zero(a)); }
constexpr uint32_t I32Popcnt(uint32_t a) { return static_cast<uint32_t>(std::popcount(a)); }
constexpr uint32_t I32Extend8S(uint32_t a) { return SignExtend<int8_t>(a); }
constexpr uint32_t I32Extend16S(uint32_t a) { return SignExtend<int16_t>(a); }

constexpr uint32_t I32Add(uint32_t a, uint32_t b) { return a + b; }
constexpr uint32_t I32Sub(uint32_t a, uint32_t b) { return a - b; }
constexpr uint32_t I32Mul(uint32_t a, uint32_t b) { return a * b; }
constexpr OrTrap<uint32_t> I32DivS(uint32_t a, uint32_t b) { return IntDivS(a, b); }
constexpr OrTrap<uint32_t> I32DivU(uint32_t a, uint32_t b) { return IntDivU(a, b); }
constexpr OrTrap<uint32_t> I32RemS(uint32_t a, uint32_t b) { return IntRemS(a, b); }
constexpr OrTrap<uint32_t> I32RemU(uint32_t a, uint32_t b) { return IntRemU(a, b); }
constexpr uint32_t I32And(uint32_t a, uint32_t b) { return a & b; }
constexpr uint32_t I32Or(uint32_t a, uint32_t b) { return a | b; }
constexpr uint32_t I32Xor(uint32_t a, uint32_t b) { return a ^ b; }
constexpr uint32_t I32Shl(uint32_t a, uint32_t b) { return a << ShiftCount(b); }
constexpr uint32_t I32ShrS(uint32_t a, uint32_t b) { return IntShrS(a, b); }
constexpr uint32_t I32ShrU(uint32_t a, uint32_t b) { return a >> ShiftCount(b); }
constexpr uint32_t I32Rotl(uint32_t a, uint32_t b) { return std::rotl(a, ShiftCount(b)); }
constexpr uint32_t I32Rotr(uint32_t a, uint32_t b) { return std::rotr(a, ShiftCount(b)); }

constexpr uint32_t I32Eqz(uint32_t a) { return a == 0; }
constexpr uint32_t I32Eq(uint32_t a, uint32_t b) { return a == b; }
constexpr uint32_t I32Ne(uint32_t a, uint32_t b) { return a != b; }
constexpr uint32_t I32LtS(uint32_t a, uint32_t b) { return AsSigned(a) < AsSigned(b); }
constexpr uint32_t I32LtU(uint32_t a, uint32_t b) { return a < b; }
constexpr uint32_t I32GtS(uint32_t a, uint32_t b) { return AsSigned(a) > AsSigned(b); }
constexpr uint32_t I32GtU(uint32_t a, uint32_t b) { return a > b; }
constexpr uint32_t I32LeS(uint32_t a, uint32_t b) { return AsSigned(a) <= AsSigned(b); }
constexpr uint32_t I32LeU(uint32_t a, uint32_t b) { return a <= b; }
constexpr uint32_t I32GeS(uint32_t a, uint32_t b) { return AsSigned(a) >= AsSigned(b); }
constexpr uint32_t I32GeU(uint32_t a, uint32_t b) { return a >= b; }

// i64
constexpr uint64_t I64Clz(uint64_t a) { return static_cast<uint64_t>(std::countl_zero(a)); }
constexpr uint64_t I64Ctz(uint64_t a) { return static_cast<uint64_t>(std::countr_zero(a)); }
constexpr uint64_t I64Popcnt(uint64_t a) { return static_cast<uint64_t>(std::popcount(a)); }
constexpr uint64_t I64Extend8S(uint64_t a) { return SignExtend<int8_t>(a); }
constexpr uint64_t I64Extend16S(uint64_t a) { return SignExtend<int16_t>(a); }
constexpr uint64_t I64Extend32S(uint64_t a) { return SignExtend<int32_t>(a); }

constexpr uint64_t I64Add(uint64_t a, uint64_t b) { return a + b; }
constexpr uint64_t I64Sub(uint64_t a, uint64_t b) { return a - b; }
constexpr uint64_t I64Mul(uint64_t a, uint64_t b) { return a * b; }
constexpr OrTrap<uint64_t> I64DivS(uint64_t a, uint64_t b) { return IntDivS(a, b); }
constexpr OrTrap<uint64_t> I64DivU(uint64_t a, uint64_t b) { return IntDivU(a, b); }
constexpr OrTrap<uint64_t> I64RemS(uint64_t a, uint64_t b) { return IntRemS(a, b); }
constexpr OrTrap<uint64_t> I64RemU(uint64_t a, uint64_t b) { return IntRemU(a, b); }
constexpr uint64_t I64And(uint64_t a, uint64_t b) { return a & b; }
constexpr uint64_t I64Or(uint64_t a, uint64_t b) { return a | b; }
constexpr uint64_t I64Xor(uint64_t a, uint64_t b) { return a ^ b; }
constexpr uint64_t I64Shl(uint64_t a, uint64_t b) { return a << ShiftCount(b); }
constexpr uint64_t I64ShrS(uint64_t a, uint64_t b) { return IntShrS(a, b); }
constexpr uint64_t I64ShrU(uint64_t a, uint64_t b) { return a >> ShiftCount(b); }
constexpr uint64_t I64Rotl(uint64_t a, uint64_t b) { return std::rotl(a, ShiftCount(b)); }
constexpr uint64_t I64Rotr(uint64_t a, uint64_t b) { return std::rotr(a, ShiftCount(b)); }

constexpr uint32_t I64Eqz(uint64_t a) { return a == 0; }
constexpr uint32_t I64Eq(uint64_t a, uint64_t b) { return a == b; }
constexpr uint32_t I64Ne(uint64_t a, uint64_t b) { return a != b; }
constexpr uint32_t I64LtS(uint64_t a, uint64_t b) { return AsSigned(a) < AsSigned(b); }
constexpr uint32_t I64LtU(uint64_t a, uint64_t b) { return a < b; }
constexpr uint32_t I64GtS(uint64_t a, uint64_t b) { return AsSigned(a) > AsSigned(b); }
constexpr uint32_t I64GtU(uint64_t a, uint64_t b) { return a > b; }
constexpr uint32_t I64LeS(uint64_t a, uint64_t b) { return AsSigned(a) <= AsSigned(b); }
constexpr uint32_t I64LeU(uint64_t a, uint64_t b) { return a <= b; }
constexpr uint32_t I64GeS(uint64_t a, uint64_t b) { return AsSigned(a) >= AsSigned(b); }
constexpr uint32_t I64GeU(uint64_t a, uint64_t b) { return a >= b; }

}  // namespace tenon::vm::sem
