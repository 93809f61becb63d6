// The decisions of a generator, read from bytes: a fuzzer's input, or a seed's. When there are no
// more bytes every decision is the first alternative, which is therefore the one that ends things.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace tenon::vm {

class Choices {
 public:
  explicit Choices(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }

  uint64_t Bits(int bytes) {
    uint64_t bits = 0;
    for (int i = 0; i < bytes; ++i) bits = bits << 8 | Byte();
    return bits;
  }
  // A number below `count`, which is not zero.
  uint32_t Below(uint64_t count) {
    return static_cast<uint32_t>(Bits(count <= 256 ? 1 : 2) % count);
  }
  // True one time in `count`; never once the bytes are used up.
  bool OneIn(uint32_t count) { return Below(count) == count - 1; }
  template <typename List>
  auto& Of(List& list) {
    return list[Below(std::size(list))];
  }

 private:
  uint8_t Byte() {
    if (bytes_.empty()) return 0;
    const uint8_t byte = bytes_.front();
    bytes_.remove_prefix(1);
    return byte;
  }

  absl::Span<const uint8_t> bytes_;
};

// As many bytes as are wanted, the same for a seed everywhere.
std::vector<uint8_t> BytesOfSeed(uint64_t seed, size_t count);

}  // namespace tenon::vm
