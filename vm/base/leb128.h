// LEB128 writing. Reading is ByteReader's, since it must check bounds. core: #binary-int
// The shortest form is written, always.
#pragma once

#include <cstdint>
#include <vector>

namespace tenon {

inline void AppendVarU64(uint64_t value, std::vector<uint8_t>* out) {
  do {
    const uint8_t low = value & 0x7f;
    value >>= 7;
    out->push_back(value != 0 ? low | 0x80 : low);
  } while (value != 0);
}

inline void AppendVarU32(uint32_t value, std::vector<uint8_t>* out) { AppendVarU64(value, out); }

inline void AppendVarS64(int64_t value, std::vector<uint8_t>* out) {
  while (true) {
    const uint8_t low = value & 0x7f;
    value >>= 7;  // arithmetic
    const bool done = (value == 0 && !(low & 0x40)) || (value == -1 && (low & 0x40));
    out->push_back(done ? low : low | 0x80);
    if (done) return;
  }
}

inline void AppendVarS32(int32_t value, std::vector<uint8_t>* out) { AppendVarS64(value, out); }

}  // namespace tenon
