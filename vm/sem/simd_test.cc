#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>

#include "vm/sem/sem.h"
#include "vm/sem/simd_test_lanes.h"

namespace tenon::vm::sem {
namespace {

using i8 = int8_t;
using u8 = uint8_t;
using i16 = int16_t;
using u16 = uint16_t;
using i32 = int32_t;
using u32 = uint32_t;
using i64 = int64_t;
using u64 = uint64_t;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr u32 kSignalling = 0x7f80'0001;

static_assert(I8x16Add(All<u8>(200), All<u8>(100)) == All<u8>(44));
static_assert(I16x8Q15mulrSatS(All<i16>(-32768), All<i16>(-32768)) == All<i16>(32767));
static_assert(I8x16NarrowI16x8U(All<i16>(-1), All<i16>(300)).Lane<u64>(1) == ~u64{0});
static_assert(I8x16AddSatS(All<i8>(100), All<i8>(100)) == All<i8>(127));
static_assert(I32x4ReplaceLane(V128{}, 7, 3) == Of<i32>(0, 0, 0, 7));
static_assert(I8x16Bitmask(All<i8>(-1)) == 0xffff);
static_assert(F32x4Floor(All(-0.5f)) == All(-1.0f));
static_assert(V128Load8x8S(0x80).Lane<i16>(0) == -128);

TEST(SimdTest, SplatExtractReplace) {
  EXPECT_EQ(I8x16Splat(0x1ff), All<u8>(0xff));
  EXPECT_EQ(I16x8Splat(0x12345), All<u16>(0x2345));
  EXPECT_EQ(F32x4Splat(std::bit_cast<float>(kSignalling)), All<u32>(kSignalling));
  EXPECT_EQ(F64x2Splat(-0.0), All<u64>(u64{1} << 63));
  EXPECT_EQ(I8x16ExtractLaneS(Of<i8>(0, -2), 1), static_cast<u32>(-2));
  EXPECT_EQ(I8x16ExtractLaneU(Of<i8>(0, -2), 1), 0xfeu);
  EXPECT_EQ(I16x8ExtractLaneS(Of<i16>(0, 0, -2), 2), static_cast<u32>(-2));
  EXPECT_EQ(I16x8ExtractLaneU(Of<i16>(0, 0, -2), 2), 0xfffeu);
  EXPECT_EQ(I32x4ExtractLane(Of<i32>(1, 2, 3, 4), 3), 4u);
  EXPECT_EQ(I64x2ExtractLane(Of<u64>(1, 2), 1), 2u);
  EXPECT_EQ(std::bit_cast<u32>(F32x4ExtractLane(All<u32>(kSignalling), 2)), kSignalling);
  EXPECT_EQ(F64x2ExtractLane(Of<double>(1.5, 2.5), 1), 2.5);
  EXPECT_EQ(I8x16ReplaceLane(V128{}, 0x1ff, 2), Of<u8>(0, 0, 0xff));
  EXPECT_EQ(I16x8ReplaceLane(Of<u16>(1, 2, 3), 9, 1), Of<u16>(1, 9, 3));
  EXPECT_EQ(I64x2ReplaceLane(Of<u64>(1, 2), 9, 0), Of<u64>(9, 2));
  EXPECT_EQ(F32x4ReplaceLane(V128{}, std::bit_cast<float>(kSignalling), 1),
            Of<u32>(0, kSignalling));
  EXPECT_EQ(F64x2ReplaceLane(Of<double>(1, 2), -0.0, 1), Of<double>(1, -0.0));
}

TEST(SimdTest, ShuffleAndSwizzle) {
  const V128 a = Of<u8>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const V128 b = I8x16Add(a, All<u8>(16));
  const V128 mixed = Of<u8>(31, 0, 16, 15, 1, 30);
  EXPECT_EQ(I8x16Shuffle(a, b, mixed), mixed);
  EXPECT_EQ(I8x16Swizzle(b, Of<u8>(15, 16, 255, 1, 128)),
            Of<u8>(31, 0, 0, 17, 0, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16));
  EXPECT_EQ(I8x16Swizzle(a, a), a);
}

TEST(SimdTest, Loads) {
  EXPECT_EQ(V128Load8x8S(0x8001), Of<i16>(1, -128));
  EXPECT_EQ(V128Load8x8U(0x8001), Of<u16>(1, 128));
  EXPECT_EQ(V128Load16x4S(0x8000'0001), Of<i32>(1, -32768));
  EXPECT_EQ(V128Load16x4U(0x8000'0001), Of<u32>(1, 32768));
  EXPECT_EQ(V128Load32x2S(0x8000'0000'0000'0001), Of<i64>(1, i64{-0x8000'0000ll}));
  EXPECT_EQ(V128Load32x2U(0x8000'0000'0000'0001), Of<u64>(1, 0x8000'0000u));
  EXPECT_EQ(V128Load8Splat(7), All<u8>(7));
  EXPECT_EQ(V128Load64Splat(7), All<u64>(7));
  EXPECT_EQ(V128Load32Zero(0xffff'ffff), Of<u32>(0xffff'ffff));
  EXPECT_EQ(V128Load64Zero(~u64{0}), Of<u64>(~u64{0}));
}

TEST(SimdTest, Logic) {
  const V128 a = All<u8>(0b1100);
  const V128 b = All<u8>(0b1010);
  EXPECT_EQ(V128Andnot(a, b), All<u8>(0b0100));
  EXPECT_EQ(V128Bitselect(a, b, All<u8>(0b0110)), All<u8>(0b1100));
  EXPECT_EQ(V128Xor(a, a), V128{});
  EXPECT_EQ(V128Not(V128{}), All<u8>(0xff));
}

TEST(SimdTest, Tests) {
  EXPECT_EQ(V128AnyTrue(V128{}), 0u);
  EXPECT_EQ(V128AnyTrue(Of<u64>(0, 1)), 1u);
  EXPECT_EQ(I8x16AllTrue(All<u16>(0x100)), 0u);
  EXPECT_EQ(I16x8AllTrue(All<u16>(0x100)), 1u);
  EXPECT_EQ(I32x4AllTrue(Of<u32>(1, 2, 3, 0)), 0u);
  EXPECT_EQ(I64x2AllTrue(All<u64>(u64{1} << 40)), 1u);
  EXPECT_EQ(I8x16Bitmask(Of<i8>(-1, 1, -1, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0, 0, 0, -128)), 0x8185u);
  EXPECT_EQ(I16x8Bitmask(Of<i16>(-1, 0x7fff, -32768, 0, 0, 0, 0, -1)), 0x85u);
  EXPECT_EQ(I32x4Bitmask(Of<i32>(0, -1, 0x7fff'ffff, -1)), 0b1010u);
  EXPECT_EQ(I64x2Bitmask(Of<i64>(1, -1)), 0b10u);
}

TEST(SimdTest, ShiftCountsAreTakenModuloTheLaneWidth) {
  EXPECT_EQ(I8x16Shl(All<u8>(0x81), 9), All<u8>(2));
  EXPECT_EQ(I8x16ShrS(All<i8>(-128), 0xffff'ffff), All<i8>(-1));
  EXPECT_EQ(I8x16ShrU(All<u8>(0x81), 8), All<u8>(0x81));
  EXPECT_EQ(I16x8ShrS(All<i16>(-32768), 31), All<i16>(-1));
  EXPECT_EQ(I16x8ShrU(All<u16>(0x8000), 31), All<u16>(1));
  EXPECT_EQ(I32x4Shl(All<u32>(3), 63), All<u32>(0x8000'0000));
  EXPECT_EQ(I64x2ShrS(Of<i64>(-8, 8), 65), Of<i64>(-4, 4));
  EXPECT_EQ(I64x2ShrU(Of<i64>(-1, 8), 127), Of<i64>(1, 0));
}

TEST(SimdTest, IntegerBoundaries) {
  EXPECT_EQ(I8x16Abs(All<i8>(-128)), All<u8>(128));
  EXPECT_EQ(I32x4Neg(All<i32>(std::numeric_limits<i32>::min())), All<u32>(0x8000'0000));
  EXPECT_EQ(I64x2Abs(Of<i64>(-5, std::numeric_limits<i64>::min())), Of<u64>(5, u64{1} << 63));
  EXPECT_EQ(I8x16Popcnt(Of<u8>(0, 1, 3, 0xff, 0x80, 0xaa)), Of<u8>(0, 1, 2, 8, 1, 4));
  EXPECT_EQ(I8x16AvgrU(All<u8>(255), All<u8>(254)), All<u8>(255));
  EXPECT_EQ(I16x8AvgrU(All<u16>(0), All<u16>(1)), All<u16>(1));
  EXPECT_EQ(I16x8AvgrU(All<u16>(65535), All<u16>(65535)), All<u16>(65535));
  EXPECT_EQ(I64x2Mul(All<u64>(0x1'0000'0001), All<u64>(0x1'0000'0001)), All<u64>(0x2'0000'0001));
}

TEST(SimdTest, Saturates) {
  EXPECT_EQ(I8x16AddSatS(All<i8>(-100), All<i8>(-100)), All<i8>(-128));
  EXPECT_EQ(I8x16AddSatU(All<u8>(200), All<u8>(56)), All<u8>(255));
  EXPECT_EQ(I8x16AddSatU(All<u8>(200), All<u8>(55)), All<u8>(255));
  EXPECT_EQ(I8x16SubSatS(All<i8>(127), All<i8>(-1)), All<i8>(127));
  EXPECT_EQ(I8x16SubSatS(All<i8>(0), All<i8>(-128)), All<i8>(127));
  EXPECT_EQ(I8x16SubSatU(All<u8>(1), All<u8>(2)), V128{});
  EXPECT_EQ(I16x8AddSatS(All<i16>(32767), All<i16>(1)), All<i16>(32767));
  EXPECT_EQ(I16x8SubSatS(All<i16>(-32768), All<i16>(1)), All<i16>(-32768));
  EXPECT_EQ(I16x8SubSatU(All<u16>(9), All<u16>(9)), V128{});
}

TEST(SimdTest, NarrowSaturates) {
  const V128 words = Of<i16>(-129, -128, 127, 128, -1, 255, 256, 32767);
  EXPECT_EQ(I8x16NarrowI16x8S(words, V128{}), Of<i8>(-128, -128, 127, 127, -1, 127, 127, 127));
  EXPECT_EQ(I8x16NarrowI16x8U(words, V128{}), Of<u8>(0, 0, 127, 128, 0, 255, 255, 255));
  const V128 longs = Of<i32>(-32769, 32768, -1, 65536);
  EXPECT_EQ(I16x8NarrowI32x4S(V128{}, longs), Of<i16>(0, 0, 0, 0, -32768, 32767, -1, 32767));
  EXPECT_EQ(I16x8NarrowI32x4U(longs, longs), Of<u16>(0, 32768, 0, 65535, 0, 32768, 0, 65535));
}

TEST(SimdTest, Widens) {
  const V128 a = Of<i8>(-1, 2, -128, -128, 0, 0, 0, 0, 3, -4);
  EXPECT_EQ(I16x8ExtendLowI8x16S(a), Of<i16>(-1, 2, -128, -128));
  EXPECT_EQ(I16x8ExtendHighI8x16U(a), Of<u16>(3, 252));
  EXPECT_EQ(I64x2ExtendHighI32x4S(Of<i32>(0, 0, -1, 1)), Of<i64>(-1, 1));
  EXPECT_EQ(I16x8ExtmulLowI8x16S(a, a), Of<i16>(1, 4, 16384, 16384));
  EXPECT_EQ(I16x8ExtmulLowI8x16U(a, a), Of<u16>(65025, 4, 16384, 16384));
  EXPECT_EQ(I32x4ExtmulHighI16x8U(All<u16>(65535), All<u16>(65535)), All<u32>(0xfffe'0001));
  EXPECT_EQ(I64x2ExtmulLowI32x4S(All<i32>(-1), All<i32>(7)), All<i64>(-7));
  EXPECT_EQ(I16x8ExtaddPairwiseI8x16S(a), Of<i16>(1, -256, 0, 0, -1));
  EXPECT_EQ(I16x8ExtaddPairwiseI8x16U(a), Of<u16>(257, 256, 0, 0, 255));
  EXPECT_EQ(I32x4ExtaddPairwiseI16x8U(All<u16>(65535)), All<u32>(131070));
}

TEST(SimdTest, DotAndQ15) {
  EXPECT_EQ(I32x4DotI16x8S(Of<i16>(1, 2, 3, -4), Of<i16>(5, 6, 7, 8)), Of<i32>(17, -11));
  EXPECT_EQ(I32x4DotI16x8S(All<i16>(-32768), All<i16>(-32768)), All<u32>(0x8000'0000));
  EXPECT_EQ(I16x8Q15mulrSatS(Of<i16>(16384, -32768, 1, 1), Of<i16>(16384, 32767, 16383, 16384)),
            Of<i16>(8192, -32767, 0, 1));
}

TEST(SimdTest, FloatMinimaAndMaxima) {
  const V128 a = Of<float>(0.0f, -0.0f, 1.0f, -kInf);
  const V128 b = Of<float>(-0.0f, 0.0f, -1.0f, kInf);
  EXPECT_EQ(F32x4Min(a, b), Of<float>(-0.0f, -0.0f, -1.0f, -kInf));
  EXPECT_EQ(F32x4Max(a, b), Of<float>(0.0f, 0.0f, 1.0f, kInf));
  EXPECT_EQ(F32x4Pmin(a, b), Of<float>(0.0f, -0.0f, -1.0f, -kInf));
  EXPECT_EQ(F32x4Pmax(a, b), Of<float>(0.0f, -0.0f, 1.0f, kInf));
  const V128 nan = Of<u32>(kSignalling, 0, 0xffa0'0001);
  EXPECT_EQ(F32x4Pmin(nan, All(1.0f)).Lane<u32>(0), kSignalling);
  EXPECT_EQ(F32x4Pmax(All(1.0f), nan).Lane<float>(2), 1.0f);
  EXPECT_EQ(F32x4Min(nan, All(1.0f)).Lane<u32>(0) & 0x7fc0'0000, 0x7fc0'0000u);
  EXPECT_EQ(F32x4Max(All(1.0f), nan).Lane<u32>(2) & 0x7fc0'0000, 0x7fc0'0000u);
  const V128 canonical = All<u32>(0xffc0'0000);
  EXPECT_EQ(F32x4Min(canonical, All(kInf)).Lane<u32>(1) << 1 >> 1, 0x7fc0'0000u);
}

TEST(SimdTest, FloatLanes) {
  EXPECT_EQ(F32x4Neg(All<u32>(kSignalling)), All<u32>(0xff80'0001));
  EXPECT_EQ(F64x2Abs(Of<double>(-0.0, -1.0)), Of<double>(0.0, 1.0));
  EXPECT_EQ(F64x2Sqrt(Of<double>(4.0, -0.0)), Of<double>(2.0, -0.0));
  EXPECT_EQ(F32x4Sqrt(Of<float>(4, 9, 16, 2)), Of<float>(2, 3, 4, 0x1.6a09e6p0f));
  EXPECT_EQ(F32x4Nearest(Of<float>(0.5f, -1.5f, 2.5f, -0.5f)), Of<float>(0, -2, 2, -0.0f));
  EXPECT_EQ(F32x4Trunc(Of<float>(-0.9f, 1e30f, -kInf, 7.9f)), Of<float>(-0.0f, 1e30f, -kInf, 7));
  EXPECT_EQ(F64x2Ceil(Of<double>(-0.5, 1e-300)), Of<double>(-0.0, 1));
  EXPECT_EQ(F32x4Floor(All<u32>(kSignalling)), All<u32>(0x7fc0'0001));
  EXPECT_EQ(F32x4Ne(Of<u32>(0x7fc0'0000), V128{}), Of<i32>(-1));
  EXPECT_EQ(F64x2Ge(Of<double>(1, 2), Of<double>(1, 3)), Of<i64>(-1, 0));
  EXPECT_EQ(F64x2Div(Of<double>(1, -1), V128{}), Of<double>(kInf, -kInf));
}

TEST(SimdTest, Conversions) {
  const V128 x = Of<float>(-1.9f, 0x1p31f, -0x1p40f, 0x1.fffffep30f);
  EXPECT_EQ(I32x4TruncSatF32x4S(x), Of<u32>(-1, 0x7fff'ffff, 0x8000'0000, 0x7fff'ff80));
  EXPECT_EQ(I32x4TruncSatF32x4U(x), Of<u32>(0, 0x8000'0000, 0, 0x7fff'ff80));
  EXPECT_EQ(I32x4TruncSatF32x4U(Of<float>(0x1p32f, 0x1.fffffep31f, kInf, -0.9f)),
            Of<u32>(0xffff'ffff, 0xffff'ff00, 0xffff'ffff, 0));
  EXPECT_EQ(I32x4TruncSatF32x4S(Of<u32>(0x7fc0'0000, kSignalling, 0xffff'ffff)), V128{});
  EXPECT_EQ(I32x4TruncSatF64x2SZero(Of<double>(-2147483649.0, 2147483647.9)),
            Of<u32>(0x8000'0000, 0x7fff'ffff));
  EXPECT_EQ(I32x4TruncSatF64x2UZero(Of<double>(-0.9, 1e10)), Of<u32>(0, 0xffff'ffff));
  EXPECT_EQ(F32x4ConvertI32x4S(Of<i32>(-1, 16777217)), Of<float>(-1, 16777216));
  EXPECT_EQ(F32x4ConvertI32x4U(Of<u32>(0xffff'ffff, 0x8000'0080, 0x8000'0081, 0x8000'0180)),
            Of<float>(0x1p32f, 0x1p31f, 0x1.000002p31f, 0x1.000004p31f));
  EXPECT_EQ(F64x2ConvertLowI32x4S(Of<i32>(-1, 5, 9, 9)), Of<double>(-1, 5));
  EXPECT_EQ(F64x2ConvertLowI32x4U(Of<i32>(-1, 5, 9, 9)), Of<double>(4294967295.0, 5));
  EXPECT_EQ(F64x2PromoteLowF32x4(Of<u32>(kSignalling, 0x3f80'0000, 9)),
            Of<u64>(0x7ff8'0000'2000'0000, 0x3ff0'0000'0000'0000));
  EXPECT_EQ(F32x4DemoteF64x2Zero(Of<double>(0x1.000001p0, 1e300)), Of<float>(1, kInf));
}

}  // namespace
}  // namespace tenon::vm::sem
