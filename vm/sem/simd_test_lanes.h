// Vectors from lanes, for tests: Of<int16_t>(1, -2) has zeros in its other lanes.
// Lane 0 is the least significant, as in the binary format. core: #syntax-vec
#pragma once

#include <array>
#include <bit>
#include <ostream>

#include "vm/sem/v128.h"

namespace tenon::vm {

template <typename T, typename... X>
constexpr V128 Of(X... lanes) {
  return std::bit_cast<V128>(std::array<T, 16 / sizeof(T)>{static_cast<T>(lanes)...});
}

template <typename T>
constexpr V128 All(T lane) {
  std::array<T, 16 / sizeof(T)> lanes{};
  lanes.fill(lane);
  return std::bit_cast<V128>(lanes);
}

// GoogleTest's printer.
inline void PrintTo(const V128& v, std::ostream* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (uint8_t byte : v.bytes) *out << kDigits[byte >> 4] << kDigits[byte & 15] << ' ';
}

}  // namespace tenon::vm
