#include "vm/runtime/shared_bytes.h"

#include <cstring>
#include <vector>

#include "gtest/gtest.h"

namespace tenon::vm {
namespace {

constexpr size_t kSize = 64;

std::vector<uint8_t> Counting() {
  std::vector<uint8_t> bytes(kSize);
  for (size_t i = 0; i < kSize; ++i) bytes[i] = static_cast<uint8_t>(i);
  return bytes;
}

TEST(SharedBytesTest, MovesLikeMemmoveHoweverTheRangesOverlap) {
  for (size_t from = 0; from < 24; ++from) {
    for (size_t to = 0; to < 24; ++to) {
      for (size_t size : {0, 1, 7, 8, 9, 16, 31, 40}) {
        std::vector<uint8_t> expected = Counting();
        std::memmove(expected.data() + to, expected.data() + from, size);
        std::vector<uint8_t> moved = Counting();
        SharedMove(moved.data() + to, moved.data() + from, size);
        ASSERT_EQ(moved, expected) << from << " to " << to << ", " << size << " bytes";
      }
    }
  }
}

TEST(SharedBytesTest, FillsExactlyTheRange) {
  for (size_t size : {0, 1, 7, 8, 9, 40}) {
    std::vector<uint8_t> expected = Counting();
    std::memset(expected.data() + 3, 0xa5, size);
    std::vector<uint8_t> filled = Counting();
    SharedFill(filled.data() + 3, 0xa5, size);
    ASSERT_EQ(filled, expected) << size;
  }
}

}  // namespace
}  // namespace tenon::vm
