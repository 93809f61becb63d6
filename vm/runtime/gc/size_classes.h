// The sizes that small objects are rounded up to: steps of eight bytes to 128, then four a doubling
// to 8 KiB, then a third and a half of a block. What is larger gets blocks of its own.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace tenon::vm {

inline constexpr uint32_t kHeapBlockBytes = 32 * 1024;
inline constexpr uint32_t kMaxSmallBytes = kHeapBlockBytes / 2;

inline constexpr uint32_t kLinearClasses = 15;  // 16, 24, .. 128
inline constexpr uint32_t kMaxGeometricBytes = 8192;
inline constexpr uint32_t kSizeClasses = kLinearClasses + 4 * 6 + 2;

inline constexpr std::array<uint16_t, kSizeClasses> kClassBytes = [] {
  std::array<uint16_t, kSizeClasses> sizes{};
  uint32_t next = 0;
  for (uint32_t size = 16; size <= 128; size += 8) sizes[next++] = static_cast<uint16_t>(size);
  for (uint32_t octave = 128; octave < kMaxGeometricBytes; octave *= 2) {
    for (uint32_t quarter = 5; quarter <= 8; ++quarter) {
      sizes[next++] = static_cast<uint16_t>(octave / 4 * quarter);
    }
  }
  sizes[next++] = kHeapBlockBytes / 3 / 8 * 8;
  sizes[next++] = kHeapBlockBytes / 2;
  return sizes;
}();

// The smallest class that holds `bytes`, which are at most kMaxSmallBytes.
constexpr uint32_t SizeClassOf(uint32_t bytes) {
  if (bytes <= 16) return 0;
  if (bytes <= 128) return (bytes + 7) / 8 - 2;
  if (bytes > kMaxGeometricBytes)
    return bytes <= kClassBytes[kSizeClasses - 2] ? kSizeClasses - 2 : kSizeClasses - 1;
  const uint32_t width = static_cast<uint32_t>(std::bit_width(bytes - 1));
  return kLinearClasses + (width - 8) * 4 + ((bytes - 1) >> (width - 3)) - 4;
}

}  // namespace tenon::vm
