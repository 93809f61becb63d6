#include "cli/quantity.h"

#include "gtest/gtest.h"

namespace tenon::cli {
namespace {

constexpr uint64_t kGiB = uint64_t{1} << 30;

uint64_t Size(absl::string_view text) { return ParseSize(text, 0, 4 * kGiB).value_or(UINT64_MAX); }
uint64_t Duration(absl::string_view text) { return ParseDuration(text).value_or(UINT64_MAX); }

TEST(QuantityTest, SizesHaveUnits) {
  EXPECT_EQ(Size("0"), 0u);
  EXPECT_EQ(Size("65536"), 65'536u);
  EXPECT_EQ(Size("512k"), 512u * 1'024);
  EXPECT_EQ(Size("64M"), 64u << 20);
  EXPECT_EQ(Size("4G"), 4 * kGiB);
}

TEST(QuantityTest, WhatIsNoSizeIsRefused) {
  for (const char* text : {"", "k", "-1", "+1", "1.5M", "1 M", "1KB", "0x10", "5G",
                           "18446744073709551616", "99999999999999999G"}) {
    EXPECT_EQ(Size(text), UINT64_MAX) << text;
  }
}

TEST(QuantityTest, AnErrorNamesTheRange) {
  const Result<uint64_t> size = ParseSize("1k", 16 << 10, kGiB);

  ASSERT_FALSE(size.has_value());
  EXPECT_EQ(size.error().ToString(),
            "expected a size from 16K to 1G such as 65536, 512K, 64M or 1G, got '1k'");
}

TEST(QuantityTest, TimesHaveUnits) {
  EXPECT_EQ(Duration("500ms"), 500'000'000u);
  EXPECT_EQ(Duration("2s"), 2'000'000'000u);
  EXPECT_EQ(Duration("1m"), 60'000'000'000u);
  EXPECT_EQ(Duration("8760h"), 8'760u * 3'600'000'000'000);
}

TEST(QuantityTest, WhatIsNoTimeIsRefused) {
  for (const char* text :
       {"", "s", "5", "0s", "-1s", "1.5s", "1 s", "1d", "8761h", "99999999999999999999s"}) {
    EXPECT_EQ(Duration(text), UINT64_MAX) << text;
  }
}

}  // namespace
}  // namespace tenon::cli
