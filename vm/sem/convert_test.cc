#include "vm/sem/convert.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace tenon::vm::sem {
namespace {

constexpr TrapKind kNaNTrap = TrapKind::kInvalidConversionToInteger;
constexpr TrapKind kRangeTrap = TrapKind::kIntegerOverflow;
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr float kNaN32 = std::numeric_limits<float>::quiet_NaN();

static_assert(*I32TruncF64S(-2147483648.9) == 0x8000'0000);
static_assert(I32TruncF64S(-2147483649.0).error() == kRangeTrap);
static_assert(I64TruncSatF32U(-5.0f) == 0);
static_assert(F32ConvertI32U(0xffff'ffff) == 0x1p32f);
static_assert(I64ExtendI32S(0x8000'0000) == 0xffff'ffff'8000'0000);
static_assert(I32ReinterpretF32(-0.0f) == 0x8000'0000);

TEST(ConvertTest, WrapsAndExtends) {
  EXPECT_EQ(I32WrapI64(0x1234'5678'9abc'def0), 0x9abc'def0u);
  EXPECT_EQ(I64ExtendI32S(0x7fff'ffff), 0x7fff'ffffu);
  EXPECT_EQ(I64ExtendI32U(0x8000'0000), 0x8000'0000u);
}

TEST(ConvertTest, TruncTrapsOnNaNAndOutOfRange) {
  for (double x : {kInf, -kInf, 1e300, -1e300}) {
    EXPECT_EQ(I32TruncF64S(x).error(), kRangeTrap);
    EXPECT_EQ(I32TruncF64U(x).error(), kRangeTrap);
    EXPECT_EQ(I64TruncF64S(x).error(), kRangeTrap);
    EXPECT_EQ(I64TruncF64U(x).error(), kRangeTrap);
    EXPECT_EQ(I64TruncF32S(static_cast<float>(x)).error(), kRangeTrap);
  }
  EXPECT_EQ(I32TruncF32S(kNaN32).error(), kNaNTrap);
  EXPECT_EQ(I32TruncF32U(-kNaN32).error(), kNaNTrap);
  EXPECT_EQ(I64TruncF64S(kNaN).error(), kNaNTrap);
  EXPECT_EQ(I64TruncF64U(-kNaN).error(), kNaNTrap);
}

TEST(ConvertTest, TruncToI32AtItsBounds) {
  EXPECT_EQ(*I32TruncF64S(2147483647.9), 0x7fff'ffffu);
  EXPECT_EQ(I32TruncF64S(2147483648.0).error(), kRangeTrap);
  EXPECT_EQ(*I32TruncF64U(4294967295.9), 0xffff'ffffu);
  EXPECT_EQ(I32TruncF64U(4294967296.0).error(), kRangeTrap);
  EXPECT_EQ(*I32TruncF64U(-0.99999), 0u);
  EXPECT_EQ(I32TruncF64U(-1.0).error(), kRangeTrap);
  EXPECT_EQ(*I32TruncF32S(-0x1p31f), 0x8000'0000u);
  EXPECT_EQ(I32TruncF32S(-0x1.000002p31f).error(), kRangeTrap);
  EXPECT_EQ(*I32TruncF32S(0x1.fffffep30f), 0x7fff'ff80u);
  EXPECT_EQ(I32TruncF32S(0x1p31f).error(), kRangeTrap);
  EXPECT_EQ(*I32TruncF32U(0x1.fffffep31f), 0xffff'ff00u);
  EXPECT_EQ(I32TruncF32U(0x1p32f).error(), kRangeTrap);
}

TEST(ConvertTest, TruncToI64AtItsBounds) {
  EXPECT_EQ(*I64TruncF64S(-0x1p63), 0x8000'0000'0000'0000u);
  EXPECT_EQ(I64TruncF64S(-0x1.0000000000001p63).error(), kRangeTrap);
  EXPECT_EQ(*I64TruncF64S(0x1.fffffffffffffp62), 0x7fff'ffff'ffff'fc00u);
  EXPECT_EQ(I64TruncF64S(0x1p63).error(), kRangeTrap);
  EXPECT_EQ(*I64TruncF64U(0x1p63), 0x8000'0000'0000'0000u);
  EXPECT_EQ(*I64TruncF64U(0x1.fffffffffffffp63), 0xffff'ffff'ffff'f800u);
  EXPECT_EQ(I64TruncF64U(0x1p64).error(), kRangeTrap);
  EXPECT_EQ(*I64TruncF32U(-0.5f), 0u);
  EXPECT_EQ(I64TruncF32U(-1.0f).error(), kRangeTrap);
}

TEST(ConvertTest, TruncSatClamps) {
  EXPECT_EQ(I32TruncSatF32S(kNaN32), 0u);
  EXPECT_EQ(I32TruncSatF64U(kNaN), 0u);
  EXPECT_EQ(I32TruncSatF64S(kInf), 0x7fff'ffffu);
  EXPECT_EQ(I32TruncSatF64S(-2147483649.0), 0x8000'0000u);
  EXPECT_EQ(I32TruncSatF32U(-kInf), 0u);
  EXPECT_EQ(I32TruncSatF32U(0x1p32f), 0xffff'ffffu);
  EXPECT_EQ(I32TruncSatF64S(-1.9), 0xffff'ffffu);
  EXPECT_EQ(I64TruncSatF32S(0x1p63f), 0x7fff'ffff'ffff'ffffu);
  EXPECT_EQ(I64TruncSatF64S(-1e300), 0x8000'0000'0000'0000u);
  EXPECT_EQ(I64TruncSatF64U(1e300), 0xffff'ffff'ffff'ffffu);
  EXPECT_EQ(I64TruncSatF64U(0x1.8p63), 0xc000'0000'0000'0000u);
  EXPECT_EQ(I64TruncSatF64U(-1e300), 0u);
}

// long double has 64 bits of precision here, so it holds every i64 and rounds once.
TEST(ConvertTest, IntegersRoundOnce) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200'000; ++i) {
    const uint64_t halfway = uint64_t{1} << (random() % 40) | uint64_t{1} << 63;
    const uint64_t x = (i % 2 ? random() : halfway + random() % 3 - 1) >> (random() % 64);
    const auto exact = static_cast<long double>(x);
    const auto exact_s = static_cast<long double>(static_cast<int64_t>(x));
    ASSERT_EQ(F32ConvertI64U(x), static_cast<float>(exact)) << x;
    ASSERT_EQ(F64ConvertI64U(x), static_cast<double>(exact)) << x;
    ASSERT_EQ(F32ConvertI64S(x), static_cast<float>(exact_s)) << x;
    ASSERT_EQ(F64ConvertI64S(x), static_cast<double>(exact_s)) << x;
  }
}

TEST(ConvertTest, IntegersAtTheirBounds) {
  EXPECT_EQ(F32ConvertI64U(0xffff'ffff'ffff'ffff), 0x1p64f);
  EXPECT_EQ(F64ConvertI64U(0xffff'ffff'ffff'fbff), 0x1.fffffffffffffp63);
  EXPECT_EQ(F32ConvertI64U(0x8000'0080'0000'0001), 0x1.000002p63f);
  EXPECT_EQ(F32ConvertI64U(0x8000'0080'0000'0000), 0x1p63f);
  EXPECT_EQ(F32ConvertI32S(0x8000'0000), -0x1p31f);
  EXPECT_EQ(F32ConvertI32S(16777217), 16777216.0f);
  EXPECT_EQ(F64ConvertI32U(0xffff'ffff), 4294967295.0);
  EXPECT_EQ(F64ConvertI32S(0xffff'ffff), -1.0);
}

TEST(ConvertTest, DemotesAndPromotes) {
  EXPECT_EQ(F32DemoteF64(0x1.000001p0), 1.0f);
  EXPECT_EQ(F32DemoteF64(0x1.000003p0), 0x1.000004p0f);
  EXPECT_TRUE(std::isinf(F32DemoteF64(0x1.ffffffp127)));
  EXPECT_EQ(F32DemoteF64(0x1.fffffefffffffp127), 0x1.fffffep127f);
  EXPECT_EQ(I32ReinterpretF32(F32DemoteF64(-1e-300)), 0x8000'0000u);
  EXPECT_EQ(F64PromoteF32(0x1p-149f), 0x1p-149);
  const float signalling = F32ReinterpretI32(0x7f80'0001);
  EXPECT_EQ(I64ReinterpretF64(F64PromoteF32(signalling)), 0x7ff8'0000'2000'0000u);
  const double signalling_d = F64ReinterpretI64(0xfff0'0000'0000'0001);
  EXPECT_EQ(I32ReinterpretF32(F32DemoteF64(signalling_d)), 0xffc0'0000u);
}

TEST(ConvertTest, ReinterpretKeepsBits) {
  EXPECT_EQ(I32ReinterpretF32(F32ReinterpretI32(0x7fa0'0001)), 0x7fa0'0001u);
  EXPECT_EQ(I64ReinterpretF64(F64ReinterpretI64(0xfff4'0000'0000'0001)), 0xfff4'0000'0000'0001u);
}

}  // namespace
}  // namespace tenon::vm::sem
