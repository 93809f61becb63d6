#include "wasi/os/sip_hash.h"

#include <gtest/gtest.h>

#include <vector>

#include "wasi/os/random.h"

namespace tenon::wasi {
namespace {

TEST(SipHashTest, GivesTheValuesOfThePaper) {
  const SipKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  std::vector<uint8_t> bytes;
  for (uint8_t i = 0; i < 15; ++i) bytes.push_back(i);

  EXPECT_EQ(SipHash(key, bytes), 0xa129ca6149be45e5u);
  EXPECT_EQ(SipHash(key, {}), 0x726fdb47dd0e0e31u);
}

TEST(RandomTest, FillsEveryByteAfresh) {
  std::vector<uint8_t> first(4096), second(4096);

  FillRandom(absl::MakeSpan(first));
  FillRandom(absl::MakeSpan(second));

  EXPECT_NE(first, second);
  EXPECT_NE(std::vector<uint8_t>(first.end() - 16, first.end()), std::vector<uint8_t>(16));
}

}  // namespace
}  // namespace tenon::wasi
