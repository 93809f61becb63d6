// The v128 value: sixteen bytes, lane 0 at the lowest address. core: #syntax-vec
// Lane indices are the caller's to check: validation bounds every lane immediate.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace tenon::vm {

struct V128 {
  uint8_t bytes[16] = {};

  bool operator==(const V128&) const = default;

  // Lane access by element type: v.Lane<int16_t>(3).
  template <typename T>
  constexpr T Lane(int index) const {
    if consteval {
      return std::bit_cast<std::array<T, 16 / sizeof(T)>>(*this)[index];
    }
    T value;
    std::memcpy(&value, bytes + index * sizeof(T), sizeof(T));
    return value;
  }
  template <typename T>
  constexpr void SetLane(int index, T value) {
    if consteval {
      auto lanes = std::bit_cast<std::array<T, 16 / sizeof(T)>>(*this);
      lanes[index] = value;
      *this = std::bit_cast<V128>(lanes);
    } else {
      std::memcpy(bytes + index * sizeof(T), &value, sizeof(T));
    }
  }
};

}  // namespace tenon::vm
