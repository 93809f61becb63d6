// Wide arithmetic: 128-bit integers as two i64, the low half first. One function an opcode.
// Specification: proposals/wide-arithmetic of WebAssembly/wide-arithmetic.
#pragma once

#include <cstdint>

namespace tenon::vm::sem {

struct Wide {
  uint64_t low = 0;
  uint64_t high = 0;
  constexpr bool operator==(const Wide&) const = default;
};

template <typename Double>
constexpr Wide WideProduct(Double a, Double b) {
  const auto product = static_cast<unsigned __int128>(a * b);
  return {static_cast<uint64_t>(product), static_cast<uint64_t>(product >> 64)};
}

constexpr Wide I64Add128(uint64_t a_low, uint64_t a_high, uint64_t b_low, uint64_t b_high) {
  const uint64_t low = a_low + b_low;
  return {low, a_high + b_high + (low < a_low)};
}
constexpr Wide I64Sub128(uint64_t a_low, uint64_t a_high, uint64_t b_low, uint64_t b_high) {
  return {a_low - b_low, a_high - b_high - (a_low < b_low)};
}
constexpr Wide I64MulWideS(uint64_t a, uint64_t b) {
  return WideProduct<__int128>(static_cast<int64_t>(a), static_cast<int64_t>(b));
}
constexpr Wide I64MulWideU(uint64_t a, uint64_t b) { return WideProduct<unsigned __int128>(a, b); }

}  // namespace tenon::vm::sem
