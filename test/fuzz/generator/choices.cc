#include "test/fuzz/generator/choices.h"

namespace tenon::vm {

std::vector<uint8_t> BytesOfSeed(uint64_t seed, size_t count) {
  // splitmix64
  std::vector<uint8_t> bytes(count);
  for (uint8_t& byte : bytes) {
    seed += 0x9e37'79b9'7f4a'7c15;
    uint64_t mixed = (seed ^ seed >> 30) * 0xbf58'476d'1ce4'e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d0'49bb'1331'11eb;
    byte = static_cast<uint8_t>(mixed ^ mixed >> 31);
  }
  return bytes;
}

}  // namespace tenon::vm
