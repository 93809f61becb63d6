// Branches and jumps in the sense of step.h. core: #exec-br, #exec-br-table
// They change where the next instruction is, never a slot: merges find values in place already.
#pragma once

#include "vm/interp/handlers/step.h"

namespace tenon::vm::interp {

struct BrStep {
  static constexpr int kWords = 2;
  static const Word* Target(const Word* ip, const Slot*) { return ip + ip[1].distance(); }
};
// Its length varies, but nothing ever runs behind it.
struct BrTableStep {
  static constexpr int kWords = 2;
  static const Word* Target(const Word* ip, const Slot* fp) {
    const uint32_t count = ip[1].word(1);
    const uint32_t index = ReadSlot<uint32_t>(fp + ip[1].half(0));
    const uint32_t entry = index < count ? index : count;
    return ip + static_cast<int32_t>(ip[2 + entry / 2].word(entry % 2));
  }
};
struct BrIfStep {
  static constexpr int kWords = 2;
  static bool Taken(const Word* ip, const Slot* fp, uint64_t, FloatAcc) {
    return ReadSlot<uint32_t>(fp + ip[1].half(0)) != 0;
  }
};
struct BrIfNotStep {
  static constexpr int kWords = 2;
  static bool Taken(const Word* ip, const Slot* fp, uint64_t, FloatAcc) {
    return ReadSlot<uint32_t>(fp + ip[1].half(0)) == 0;
  }
};
struct BrIfAccStep {
  static constexpr int kWords = 2;
  static bool Taken(const Word*, const Slot*, uint64_t acc, FloatAcc) {
    return static_cast<uint32_t>(acc) != 0;
  }
};
struct BrIfNotAccStep {
  static constexpr int kWords = 2;
  static bool Taken(const Word*, const Slot*, uint64_t acc, FloatAcc) {
    return static_cast<uint32_t>(acc) == 0;
  }
};

// `value & mask`, both in slots or the mask a signed 16-bit immediate in half(1).
template <bool kImmediate, bool kSense>
struct BrIfAndStep {
  static constexpr int kWords = 2;
  static bool Taken(const Word* ip, const Slot* fp, uint64_t, FloatAcc) {
    const uint32_t mask = kImmediate ? static_cast<uint32_t>(static_cast<int16_t>(ip[1].half(1)))
                                     : ReadSlot<uint32_t>(fp + ip[1].half(1));
    return ((ReadSlot<uint32_t>(fp + ip[1].half(0)) & mask) != 0) == kSense;
  }
};

}  // namespace tenon::vm::interp
