// The v128 value: sixteen bytes, lane 0 at the lowest address. core: #syntax-vec
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace tenon::vm {

struct V128 {
  uint8_t bytes[16] = {};

  bool operator==(const V128&) const = default;

  // Lane access by element type: v.Lane<int16_t>(3).
  template <typename T>
  T Lane(int index) const {
    T value;
    std::memcpy(&value, bytes + index * sizeof(T), sizeof(T));
    return value;
  }
  template <typename T>
  void SetLane(int index, T value) {
    std::memcpy(bytes + index * sizeof(T), &value, sizeof(T));
  }
};

}  // namespace tenon::vm
