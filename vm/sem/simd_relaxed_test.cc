// Where the deterministic profile and x86-64 differ, and where they must not. The native results
// are those of the instruction named.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "vm/sem/sem.h"
#include "vm/sem/simd_test_lanes.h"

namespace tenon::vm::sem {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr int32_t kMin32 = std::numeric_limits<int32_t>::min();
constexpr int32_t kMax32 = std::numeric_limits<int32_t>::max();

TEST(SimdRelaxedTest, SwizzleLikePshufb) {
  const V128 a = Of<uint8_t>(10, 11, 12);
  const V128 lanes = Of<uint8_t>(1, 16, 0x7f, 0x80, 0xff, 18);
  EXPECT_EQ(I8x16RelaxedSwizzle(a, lanes),
            Of<uint8_t>(11, 0, 0, 0, 0, 0, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10));
  EXPECT_EQ(native::I8x16RelaxedSwizzle(a, lanes),
            Of<uint8_t>(11, 10, 0, 0, 0, 12, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10));
}

TEST(SimdRelaxedTest, SignedTruncationLikeCvttps2dq) {
  const V128 a = Of<float>(-1.9f, 3e9f, -3e9f, kNaN);
  EXPECT_EQ(I32x4RelaxedTruncF32x4S(a), Of<int32_t>(-1, kMax32, kMin32, 0));
  EXPECT_EQ(native::I32x4RelaxedTruncF32x4S(a), Of<int32_t>(-1, kMin32, kMin32, kMin32));
  const V128 b = Of<double>(-2147483648.5, 2147483648.0);
  EXPECT_EQ(I32x4RelaxedTruncF64x2SZero(b), Of<int32_t>(kMin32, kMax32));
  EXPECT_EQ(native::I32x4RelaxedTruncF64x2SZero(b), Of<int32_t>(kMin32, kMin32));
}

TEST(SimdRelaxedTest, UnsignedTruncationSaturates) {
  const V128 a = Of<float>(-1.0f, 5e9f, 7.9f, kNaN);
  EXPECT_EQ(I32x4RelaxedTruncF32x4U(a), Of<uint32_t>(0, ~0u, 7, 0));
  EXPECT_EQ(native::I32x4RelaxedTruncF32x4U(a), Of<uint32_t>(0, ~0u, 7, 0));
  EXPECT_EQ(native::I32x4RelaxedTruncF64x2UZero(All(5e9)), Of<uint32_t>(~0u, ~0u));
}

TEST(SimdRelaxedTest, MultiplyAddRoundsOnceWhereFused) {
  const double x = 0x1.00000004p+0, y = 0x1.000002p+0, z = -0x1.00000204p+0;
  EXPECT_EQ(F64x2RelaxedMadd(All(x), All(y), All(z)), All(0.0));
  EXPECT_EQ(native::F64x2RelaxedMadd(All(x), All(y), All(z)), All(0x1p-53));
  EXPECT_EQ(F64x2RelaxedNmadd(All(-x), All(y), All(z)), All(0.0));
  EXPECT_EQ(native::F64x2RelaxedNmadd(All(-x), All(y), All(z)), All(0x1p-53));
  EXPECT_EQ(native::F32x4RelaxedMadd(All(3.0f), All(2.0f), Of<float>(1, 2, 3, 4)),
            Of<float>(7, 8, 9, 10));
  EXPECT_EQ(native::F32x4RelaxedNmadd(All(3.0f), All(2.0f), Of<float>(1, 2, 3, 4)),
            Of<float>(-5, -4, -3, -2));
}

TEST(SimdRelaxedTest, LaneselectLikePblendvb) {
  const V128 mask = All<uint32_t>(0x8000'0001);
  const V128 ones = All<uint8_t>(0xff);
  EXPECT_EQ(I32x4RelaxedLaneselect(ones, V128{}, mask), mask);
  EXPECT_EQ(native::I8x16RelaxedLaneselect(ones, V128{}, mask), All<uint32_t>(0xff00'0000));
  EXPECT_EQ(native::I16x8RelaxedLaneselect(ones, V128{}, mask), All<uint32_t>(0xffff'0000));
  EXPECT_EQ(native::I32x4RelaxedLaneselect(ones, V128{}, mask), ones);
  EXPECT_EQ(native::I64x2RelaxedLaneselect(ones, V128{}, mask), ones);
}

TEST(SimdRelaxedTest, ExtremaLikeMinpsAndMaxps) {
  const V128 a = Of<float>(0.0f, kNaN, 1.0f, 2.0f);
  const V128 b = Of<float>(-0.0f, 1.0f, kNaN, 3.0f);
  EXPECT_EQ(F32x4RelaxedMin(a, b).Lane<uint32_t>(0), 0x8000'0000);
  EXPECT_EQ(F32x4RelaxedMax(a, b).Lane<uint32_t>(0), 0);
  EXPECT_TRUE(std::isnan(F32x4RelaxedMin(a, b).Lane<float>(1)));
  EXPECT_EQ(native::F32x4RelaxedMin(a, b),
            Of<uint32_t>(0x8000'0000, std::bit_cast<uint32_t>(1.0f), std::bit_cast<uint32_t>(kNaN),
                         std::bit_cast<uint32_t>(2.0f)));
  EXPECT_EQ(native::F32x4RelaxedMax(b, a).Lane<uint32_t>(0), 0);
  EXPECT_EQ(native::F64x2RelaxedMax(All(1.0), Of<double>(-1, 5)), Of<double>(1, 5));
  EXPECT_EQ(native::F64x2RelaxedMin(All(1.0), Of<double>(-1, 5)), Of<double>(-1, 1));
}

TEST(SimdRelaxedTest, RoundingProductLikePmulhrsw) {
  const V128 minimum = All<int16_t>(-32768);
  EXPECT_EQ(I16x8RelaxedQ15mulrS(minimum, minimum), All<int16_t>(32767));
  EXPECT_EQ(native::I16x8RelaxedQ15mulrS(minimum, minimum), minimum);
  EXPECT_EQ(native::I16x8RelaxedQ15mulrS(minimum, All<int16_t>(16384)), All<int16_t>(-16384));
}

TEST(SimdRelaxedTest, DotLikePmaddubsw) {
  const V128 a = All<int8_t>(-128);
  EXPECT_EQ(I16x8RelaxedDotI8x16I7x16S(a, All<int8_t>(-127)), All<int16_t>(32512));
  EXPECT_EQ(I16x8RelaxedDotI8x16I7x16S(a, a), All<int16_t>(32767));
  EXPECT_EQ(native::I16x8RelaxedDotI8x16I7x16S(a, All<int8_t>(-127)), All<int16_t>(-32768));
  EXPECT_EQ(I32x4RelaxedDotI8x16I7x16AddS(a, All<int8_t>(-127), All<int32_t>(1)),
            All<int32_t>(65025));
  EXPECT_EQ(native::I32x4RelaxedDotI8x16I7x16AddS(a, All<int8_t>(-127), All<int32_t>(1)),
            All<int32_t>(-65535));
  const V128 small = Of<int8_t>(1, 2, 3, 4);
  EXPECT_EQ(native::I16x8RelaxedDotI8x16I7x16S(a, small), Of<int16_t>(-384, -896));
  EXPECT_EQ(I16x8RelaxedDotI8x16I7x16S(a, small), Of<int16_t>(-384, -896));
}

}  // namespace
}  // namespace tenon::vm::sem
