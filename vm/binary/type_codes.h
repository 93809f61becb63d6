// Codes of types that decoder and encoder share; those of values are in vm/syntax.
// core: #binary-rectype, #binary-subtype, #binary-comptype, #binary-limits
#pragma once

#include <cstdint>

namespace tenon::vm {

inline constexpr int kRecCode = 0x4e;
inline constexpr int kSubFinalCode = 0x4f;
inline constexpr int kSubCode = 0x50;
inline constexpr int kArrayCode = 0x5e;
inline constexpr int kStructCode = 0x5f;
inline constexpr int kFuncCode = 0x60;
inline constexpr int kI8Code = 0x78;
inline constexpr int kI16Code = 0x77;

// Flags before the limits of a memory or table.
inline constexpr uint8_t kLimitsHaveMax = 1;
inline constexpr uint8_t kLimitsAreShared = 2;
inline constexpr uint8_t kLimitsAre64 = 4;
inline constexpr uint8_t kLimitsHavePageSize = 8;

// Before the type of a table that has an initializer; a zero byte follows.
inline constexpr int kTableWithInitializer = 0x40;

}  // namespace tenon::vm
