#include "vm/base/byte_reader.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "vm/base/leb128.h"

namespace tenon {
namespace {

template <typename T, typename Read>
void ExpectReads(const std::vector<uint8_t>& bytes, T expected, Read read) {
  ByteReader reader(bytes);
  T value{};
  ASSERT_TRUE((reader.*read)(&value));
  EXPECT_EQ(value, expected);
  EXPECT_TRUE(reader.at_end());
}

template <typename T, typename Read>
void ExpectFails(const std::vector<uint8_t>& bytes, const char* message, Read read) {
  ByteReader reader(bytes);
  T value{};
  ASSERT_FALSE((reader.*read)(&value));
  EXPECT_EQ(reader.error().message(), message);
}

TEST(ByteReaderTest, ReadsUnsigned32AtItsBounds) {
  ExpectReads<uint32_t>({0x7f}, 127, &ByteReader::ReadVarU32);
  ExpectReads<uint32_t>({0xff, 0xff, 0xff, 0xff, 0x0f}, 0xffffffffu, &ByteReader::ReadVarU32);
  ExpectReads<uint32_t>({0x80, 0x80, 0x80, 0x80, 0x00}, 0, &ByteReader::ReadVarU32);
}

TEST(ByteReaderTest, RefusesOverlongAndOversizedUnsigned32) {
  ExpectFails<uint32_t>({0xff, 0xff, 0xff, 0xff, 0x1f}, "integer too large",
                        &ByteReader::ReadVarU32);
  ExpectFails<uint32_t>({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, "integer representation too long",
                        &ByteReader::ReadVarU32);
  ExpectFails<uint32_t>({0x80}, "unexpected end", &ByteReader::ReadVarU32);
}

TEST(ByteReaderTest, ReadsSigned32AtItsBounds) {
  ExpectReads<int32_t>({0x40}, -64, &ByteReader::ReadVarS32);
  ExpectReads<int32_t>({0x80, 0x80, 0x80, 0x80, 0x78}, std::numeric_limits<int32_t>::min(),
                       &ByteReader::ReadVarS32);
  ExpectReads<int32_t>({0xff, 0xff, 0xff, 0xff, 0x07}, std::numeric_limits<int32_t>::max(),
                       &ByteReader::ReadVarS32);
  ExpectFails<int32_t>({0xff, 0xff, 0xff, 0xff, 0x0f}, "integer too large",
                       &ByteReader::ReadVarS32);
}

TEST(ByteReaderTest, ReadsSigned33AndRefusesMore) {
  ExpectReads<int64_t>({0xff, 0xff, 0xff, 0xff, 0x0f}, 0xffffffffll, &ByteReader::ReadVarS33);
  ExpectReads<int64_t>({0x40}, -64, &ByteReader::ReadVarS33);
  ExpectFails<int64_t>({0x80, 0x80, 0x80, 0x80, 0x20}, "integer too large",
                       &ByteReader::ReadVarS33);
}

TEST(ByteReaderTest, RoundTripsSigned64) {
  for (int64_t value : {int64_t{0}, int64_t{-1}, int64_t{63}, int64_t{64}, int64_t{-65},
                        std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}) {
    std::vector<uint8_t> bytes;
    AppendVarS64(value, &bytes);
    ExpectReads<int64_t>(bytes, value, &ByteReader::ReadVarS64);
  }
}

TEST(ByteReaderTest, KeepsTheFirstFailureWithItsOffset) {
  const std::vector<uint8_t> bytes = {0x01};
  ByteReader reader(bytes, 100);
  absl::Span<const uint8_t> span;
  EXPECT_TRUE(reader.Skip(1));
  EXPECT_FALSE(reader.ReadBytes(1, &span));
  EXPECT_FALSE(reader.Fail("later"));
  EXPECT_EQ(reader.error().ToString(), "unexpected end (at offset 0x65)");
}

TEST(ByteReaderTest, ReservesNoMoreThanCanFollow) {
  const std::vector<uint8_t> bytes(10);
  ByteReader reader(bytes);
  EXPECT_EQ(reader.Reservable(0xffffffff, 4), 2u);
  EXPECT_EQ(reader.Reservable(1, 4), 1u);
}

}  // namespace
}  // namespace tenon
