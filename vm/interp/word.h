// Interpreter code: a sequence of eight-byte words. An instruction is its handler's address, then
// operand words. By convention the first operand word holds
//   half(0)  the destination slot, if the instruction has one
//   half(1), half(2), half(3)  source slots
//   word(1)  a 32-bit immediate, memory offset or branch distance, over half(2) and half(3)
// Slots are relative to the frame pointer; distances are in words from the instruction's start.
#pragma once

#include <cstdint>

#include "vm/interp/dispatch.h"

namespace tenon::vm {

struct Word {
  union {
    uint64_t bits;
    interp::Handler handler;
    const void* pointer;
    uint16_t halves[4];
    uint32_t words[2];
    double f64;
  };

  uint32_t half(int i) const { return halves[i]; }
  uint32_t word(int i) const { return words[i]; }
  int32_t distance() const { return static_cast<int32_t>(words[1]); }
};
static_assert(sizeof(Word) == 8);

}  // namespace tenon::vm
