// Moves and fills of bytes that other threads may access meanwhile. To C++ a race between memmove
// and any other access is undefined behaviour. These are volatile accesses of at most eight bytes:
// each is one access of the processor's (what clang and GCC make of volatile, whether a race
// or not), and the specification lets the bytes of a wider one be seen in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tenon::vm {

namespace shared_bytes_internal {

typedef uint64_t Word __attribute__((aligned(1), may_alias));

// One step of a move: kBytes of them.
template <typename T>
inline void MoveOne(uint8_t* to, const uint8_t* from) {
  *reinterpret_cast<volatile T*>(to) = *reinterpret_cast<const volatile T*>(from);
}

}  // namespace shared_bytes_internal

// The ranges may overlap: what is read last must not be written first.
inline void SharedMove(uint8_t* to, const uint8_t* from, size_t size) {
  using shared_bytes_internal::MoveOne, shared_bytes_internal::Word;
  constexpr size_t kWord = sizeof(Word);
  if (to <= from) {
    size_t i = 0;
    for (; size - i >= kWord; i += kWord) MoveOne<Word>(to + i, from + i);
    for (; i < size; ++i) MoveOne<uint8_t>(to + i, from + i);
  } else {
    size_t left = size;
    for (; left >= kWord; left -= kWord) MoveOne<Word>(to + left - kWord, from + left - kWord);
    for (; left > 0; --left) MoveOne<uint8_t>(to + left - 1, from + left - 1);
  }
}

inline void SharedFill(uint8_t* to, uint8_t value, size_t size) {
  using shared_bytes_internal::Word;
  const Word word = value * uint64_t{0x0101010101010101};
  size_t i = 0;
  for (; size - i >= sizeof word; i += sizeof word) {
    *reinterpret_cast<volatile Word*>(to + i) = word;
  }
  for (; i < size; ++i) *const_cast<volatile uint8_t*>(to + i) = value;
}

}  // namespace tenon::vm
