#include "vm/text/number.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

namespace tenon::vm {
namespace {

constexpr uint64_t kFailed = 0xdead;

uint64_t Int(absl::string_view text, int bits) {
  uint64_t value;
  return ParseInt(text, bits, &value) == NumberStatus::kOk ? value : kFailed;
}
NumberStatus IntStatus(absl::string_view text, int bits) {
  uint64_t value;
  return ParseInt(text, bits, &value);
}
uint32_t F32(absl::string_view text) {
  uint32_t bits = 0;
  return ParseF32(text, &bits) == NumberStatus::kOk ? bits : kFailed;
}
uint64_t F64(absl::string_view text) {
  uint64_t bits = 0;
  return ParseF64(text, &bits) == NumberStatus::kOk ? bits : kFailed;
}
NumberStatus F32Status(absl::string_view text) {
  uint32_t bits;
  return ParseF32(text, &bits);
}
NumberStatus F64Status(absl::string_view text) {
  uint64_t bits;
  return ParseF64(text, &bits);
}

TEST(Number, IntegersCoverBothReadings) {
  EXPECT_EQ(Int("4294967295", 32), 0xffffffffu);
  EXPECT_EQ(Int("-0x8000_0000", 32), 0x80000000u);
  EXPECT_EQ(Int("+1_0", 32), 10u);
  EXPECT_EQ(Int("-1", 8), 0xffu);
  EXPECT_EQ(Int("-0x8000000000000000", 64), uint64_t{1} << 63);
  EXPECT_EQ(Int("18446744073709551615", 64), ~uint64_t{0});
}

TEST(Number, IntegersOutOfRange) {
  EXPECT_EQ(IntStatus("4294967296", 32), NumberStatus::kOutOfRange);
  EXPECT_EQ(IntStatus("-2147483649", 32), NumberStatus::kOutOfRange);
  EXPECT_EQ(IntStatus("256", 8), NumberStatus::kOutOfRange);
  EXPECT_EQ(IntStatus("-129", 8), NumberStatus::kOutOfRange);
  EXPECT_EQ(IntStatus("18446744073709551616", 64), NumberStatus::kOutOfRange);
}

TEST(Number, IntegersMalformed) {
  for (absl::string_view text : {"", "-", "0x", "1_", "_1", "1__0", "1.0", "0x1g", "- 1"}) {
    EXPECT_EQ(IntStatus(text, 32), NumberStatus::kSyntax) << text;
  }
}

TEST(Number, DecimalFloats) {
  EXPECT_EQ(F32("1.5"), std::bit_cast<uint32_t>(1.5f));
  EXPECT_EQ(F32("-0"), 0x80000000u);
  EXPECT_EQ(F32("1_0.2_5e-1_0"), std::bit_cast<uint32_t>(10.25e-10f));
  EXPECT_EQ(F64("1."), std::bit_cast<uint64_t>(1.0));
  EXPECT_EQ(F64("0.1"), std::bit_cast<uint64_t>(0.1));
  EXPECT_EQ(F64("1e+308"), std::bit_cast<uint64_t>(1e308));
  EXPECT_EQ(F64("0e9999999999999999999"), 0u);
}

TEST(Number, RoundsToNearestTiesToEven) {
  EXPECT_EQ(F32("0x1.000001p0"), 0x3f800000u);  // a tie
  EXPECT_EQ(F32("0x1.00000100000000001p0"), 0x3f800001u);
  EXPECT_EQ(F32("0x1.000003p0"), 0x3f800002u);
  EXPECT_EQ(F32("16777217"), std::bit_cast<uint32_t>(16777216.0f));
  EXPECT_EQ(F64("9007199254740993"), std::bit_cast<uint64_t>(9007199254740992.0));
  EXPECT_EQ(F64("0x1.00000000000008p0"), 0x3ff0000000000000u);
  EXPECT_EQ(F64("0x1.0000000000000801p0"), 0x3ff0000000000001u);
}

TEST(Number, SubnormalsAndUnderflow) {
  EXPECT_EQ(F32("0x1p-149"), 1u);
  EXPECT_EQ(F32("0x1p-150"), 0u);  // a tie with zero
  EXPECT_EQ(F32("0x1.000001p-150"), 1u);
  EXPECT_EQ(F32("1e-50"), 0u);
  EXPECT_EQ(F32("-1e-99999999999999999999"), 0x80000000u);
  EXPECT_EQ(F64("0x1p-1074"), 1u);
  EXPECT_EQ(F64("0x0.8p-1074"), 0u);
  EXPECT_EQ(F64("0x0.80000000001p-1074"), 1u);
  EXPECT_EQ(F64("4.9e-324"), 1u);
  EXPECT_EQ(F64("0x1.fffffffffffffp-1023"), 0x0010000000000000u);
}

TEST(Number, Overflow) {
  EXPECT_EQ(F32("0x1.fffffep127"), 0x7f7fffffu);
  EXPECT_EQ(F32("0x1.fffffefffffp127"), 0x7f7fffffu);
  EXPECT_EQ(F32Status("0x1.ffffffp127"), NumberStatus::kOutOfRange);
  EXPECT_EQ(F32Status("1e39"), NumberStatus::kOutOfRange);
  EXPECT_EQ(F32Status("1e99999999999999999999"), NumberStatus::kOutOfRange);
  EXPECT_EQ(F64Status("0x1p1024"), NumberStatus::kOutOfRange);
  EXPECT_EQ(F64Status("-1e309"), NumberStatus::kOutOfRange);
}

TEST(Number, InfinitiesAndNans) {
  EXPECT_EQ(F32("-inf"), 0xff800000u);
  EXPECT_EQ(F32("nan"), 0x7fc00000u);
  EXPECT_EQ(F32("+nan:0x7f_ffff"), 0x7fffffffu);
  EXPECT_EQ(F64("-nan"), 0xfff8000000000000u);
  EXPECT_EQ(F64("nan:0x1"), 0x7ff0000000000001u);
  EXPECT_EQ(F32Status("nan:0x0"), NumberStatus::kOutOfRange);
  EXPECT_EQ(F32Status("nan:0x80_0000"), NumberStatus::kOutOfRange);
  EXPECT_EQ(F64Status("nan:canonical"), NumberStatus::kSyntax);
}

TEST(Number, Classifies) {
  EXPECT_EQ(ClassifyNumber("12"), NumberForm::kNat);
  EXPECT_EQ(ClassifyNumber("+12"), NumberForm::kInt);
  EXPECT_EQ(ClassifyNumber("1e5"), NumberForm::kFloat);
  EXPECT_EQ(ClassifyNumber("0x1e5"), NumberForm::kNat);
  EXPECT_EQ(ClassifyNumber(".5"), NumberForm::kNone);
  EXPECT_EQ(ClassifyNumber("1e"), NumberForm::kNone);
  EXPECT_EQ(ClassifyNumber("0x1.p"), NumberForm::kNone);
  EXPECT_EQ(ClassifyNumber("nan:0x"), NumberForm::kNone);
}

}  // namespace
}  // namespace tenon::vm
