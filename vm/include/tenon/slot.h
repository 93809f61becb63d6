// The unit of an interpreter frame, an argument list and a global: eight bytes, two for a v128.
// What is narrower is zero-extended, and every reader takes exactly its type's width. A function
// reference is a `const Func*`, null for ref.null; any other is 32 bits, 0 for ref.null
// (vm/runtime/gc/reference.h).
#pragma once

#include <cstdint>
#include <cstring>

namespace tenon::vm {

struct Slot {
  uint64_t bits;
};
static_assert(sizeof(Slot) == 8 && alignof(Slot) == 8 && sizeof(void*) <= sizeof(Slot));

template <typename T>
inline T ReadSlot(const Slot* slot) {
  T value;
  std::memcpy(&value, slot, sizeof(T));
  return value;
}

// Scalars narrower than a slot are zero-extended, so that a slot is never partly stale.
template <typename T>
inline void WriteSlot(Slot* slot, T value) {
  if constexpr (sizeof(T) == 4) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    slot->bits = bits;
  } else {
    std::memcpy(slot, &value, sizeof(T));
  }
}

}  // namespace tenon::vm
