#include "vm/sem/float.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace tenon::vm::sem {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr double kInfD = std::numeric_limits<double>::infinity();

float F32(uint32_t bits) { return std::bit_cast<float>(bits); }
double F64(uint64_t bits) { return std::bit_cast<double>(bits); }
uint32_t Bits(float x) { return std::bit_cast<uint32_t>(x); }
uint64_t Bits(double x) { return std::bit_cast<uint64_t>(x); }

bool IsQuietNaN(float x) { return x != x && (Bits(x) & 0x0040'0000) != 0; }
bool IsQuietNaN(double x) { return x != x && (Bits(x) & 0x0008'0000'0000'0000) != 0; }
bool IsCanonicalNaN(float x) { return (Bits(x) & 0x7fff'ffff) == 0x7fc0'0000; }
bool IsCanonicalNaN(double x) { return (Bits(x) << 1) >> 1 == 0x7ff8'0000'0000'0000; }

static_assert(F32Floor(-0.5f) == -1.0f && F64Ceil(2.25) == 3.0);
static_assert(std::bit_cast<uint32_t>(F32Ceil(-0.5f)) == 0x8000'0000);
static_assert(F64Nearest(2.5) == 2.0 && F64Nearest(3.5) == 4.0 && F32Trunc(-1.9f) == -1.0f);
static_assert(std::bit_cast<uint64_t>(F64Min(0.0, -0.0)) == 0x8000'0000'0000'0000);
static_assert(F32Copysign(1.0f, -0.0f) == -1.0f);

TEST(FloatTest, SignOperationsKeepTheirPayload) {
  EXPECT_EQ(Bits(F32Neg(F32(0x7fa1'2345))), 0xffa1'2345u);
  EXPECT_EQ(Bits(F32Abs(F32(0xffa1'2345))), 0x7fa1'2345u);
  EXPECT_EQ(Bits(F32Copysign(F32(0x7fa1'2345), -1.0f)), 0xffa1'2345u);
  EXPECT_EQ(Bits(F64Neg(F64(0x7ff4'0000'0000'0001))), 0xfff4'0000'0000'0001u);
  EXPECT_EQ(Bits(F64Abs(-0.0)), 0u);
  EXPECT_EQ(Bits(F64Copysign(1.0, F64(0xfff4'0000'0000'0001))), Bits(-1.0));
}

TEST(FloatTest, MinAndMaxOrderZeros) {
  EXPECT_EQ(Bits(F32Min(0.0f, -0.0f)), 0x8000'0000u);
  EXPECT_EQ(Bits(F32Min(-0.0f, 0.0f)), 0x8000'0000u);
  EXPECT_EQ(Bits(F32Max(-0.0f, 0.0f)), 0u);
  EXPECT_EQ(Bits(F32Max(-0.0f, -0.0f)), 0x8000'0000u);
  EXPECT_EQ(Bits(F64Max(0.0, -0.0)), 0u);
  EXPECT_EQ(F64Min(-kInfD, 1.0), -kInfD);
  EXPECT_EQ(F64Max(kInfD, -kInfD), kInfD);
  EXPECT_EQ(F32Min(kInf, -kInf), -kInf);
  EXPECT_EQ(F32Min(1.5f, 1.5f), 1.5f);
}

TEST(FloatTest, MinAndMaxPropagateQuietedNaN) {
  const float signalling = F32(0x7f80'0001);
  for (float other : {1.0f, -0.0f, kInf, -kInf}) {
    EXPECT_TRUE(IsQuietNaN(F32Min(signalling, other)));
    EXPECT_TRUE(IsQuietNaN(F32Min(other, signalling)));
    EXPECT_TRUE(IsQuietNaN(F32Max(signalling, other)));
    EXPECT_TRUE(IsQuietNaN(F32Max(other, signalling)));
    EXPECT_TRUE(IsCanonicalNaN(F32Min(other, F32(0xffc0'0000))));
    EXPECT_TRUE(IsCanonicalNaN(F32Max(F32(0x7fc0'0000), other)));
  }
  EXPECT_TRUE(IsQuietNaN(F64Min(F64(0x7ff0'0000'0000'0001), 1.0)));
  EXPECT_TRUE(IsCanonicalNaN(F64Max(1.0, F64(0x7ff8'0000'0000'0000))));
}

TEST(FloatTest, ArithmeticNaNIsCanonicalOrQuieted) {
  volatile double zero = 0.0;  // So that the machine computes, not the compiler.
  volatile float infinity = kInf;
  EXPECT_TRUE(IsCanonicalNaN(F64Div(zero, zero)));
  EXPECT_TRUE(IsCanonicalNaN(F32Sub(infinity, infinity)));
  EXPECT_TRUE(IsCanonicalNaN(F64Sqrt(zero - 1)));
  EXPECT_TRUE(IsQuietNaN(F32Add(F32(0x7f80'0001), infinity)));
  EXPECT_TRUE(IsQuietNaN(F64Mul(F64(0x7ff0'0000'0000'0001), zero)));
  EXPECT_TRUE(IsQuietNaN(F32Sqrt(F32(0x7f80'0001))));
  EXPECT_EQ(Bits(F64Sqrt(zero * -1)), Bits(-0.0));
  EXPECT_EQ(F64Div(1.0, zero), kInfD);
}

TEST(FloatTest, ComparisonsWithNaN) {
  const double nan = F64(0x7ff8'0000'0000'0000);
  EXPECT_EQ(F64Ne(nan, nan), 1u);
  EXPECT_EQ(F64Eq(nan, nan) + F64Lt(nan, 1) + F64Gt(nan, 1) + F64Le(nan, nan) + F64Ge(1, nan), 0u);
  EXPECT_EQ(F32Eq(0.0f, -0.0f), 1u);
  EXPECT_EQ(F32Lt(-0.0f, 0.0f), 0u);
  EXPECT_EQ(F32Le(-kInf, kInf), 1u);
}

TEST(FloatTest, RoundsTiesToEven) {
  EXPECT_EQ(F32Nearest(0.5f), 0.0f);
  EXPECT_EQ(F32Nearest(1.5f), 2.0f);
  EXPECT_EQ(F32Nearest(-2.5f), -2.0f);
  EXPECT_EQ(Bits(F32Nearest(-0.25f)), 0x8000'0000u);
  EXPECT_EQ(F32Nearest(8388607.5f), 8388608.0f);
  EXPECT_EQ(F64Nearest(4503599627370495.5), 4503599627370496.0);
  EXPECT_EQ(F64Nearest(0.49999999999999994), 0.0);
}

// Every rounding operation against the C library, on the bits; NaN must come out quiet.
template <typename F, typename U>
void ExpectRoundsLikeTheLibrary(U bits, F (*ours)(F), F (*theirs)(F)) {
  const F x = std::bit_cast<F>(bits);
  const F result = ours(x);
  const bool good = x != x ? IsQuietNaN(result) : Bits(result) == Bits(theirs(x));
  if (!good) ADD_FAILURE() << std::hex << "of " << bits << ": " << Bits(result);
}

void ExpectAllRound32(uint32_t bits) {
  ExpectRoundsLikeTheLibrary<float>(bits, F32Floor, std::floor);
  ExpectRoundsLikeTheLibrary<float>(bits, F32Ceil, std::ceil);
  ExpectRoundsLikeTheLibrary<float>(bits, F32Trunc, std::trunc);
  ExpectRoundsLikeTheLibrary<float>(bits, F32Nearest, std::nearbyint);
}

void ExpectAllRound64(uint64_t bits) {
  ExpectRoundsLikeTheLibrary<double>(bits, F64Floor, std::floor);
  ExpectRoundsLikeTheLibrary<double>(bits, F64Ceil, std::ceil);
  ExpectRoundsLikeTheLibrary<double>(bits, F64Trunc, std::trunc);
  ExpectRoundsLikeTheLibrary<double>(bits, F64Nearest, std::nearbyint);
}

TEST(FloatTest, RoundsLikeTheLibraryOnBoundaries) {
  for (uint32_t exponent = 0; exponent < 256; ++exponent) {
    for (uint32_t mantissa : {0u, 1u, 0x3f'ffffu, 0x40'0000u, 0x40'0001u, 0x7f'fffeu, 0x7f'ffffu}) {
      ExpectAllRound32(exponent << 23 | mantissa);
      ExpectAllRound32(0x8000'0000 | exponent << 23 | mantissa);
    }
  }
  for (uint64_t exponent = 0; exponent < 2048; ++exponent) {
    for (uint64_t mantissa : {0x0ull, 0x1ull, 0x8'0000'0000'0000ull, 0xf'ffff'ffff'ffffull}) {
      ExpectAllRound64(exponent << 52 | mantissa);
      ExpectAllRound64(uint64_t{1} << 63 | exponent << 52 | mantissa);
    }
  }
}

TEST(FloatTest, RoundsLikeTheLibraryOnRandomBits) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 1'000'000; ++i) {
    const uint64_t bits = random();
    ExpectAllRound32(static_cast<uint32_t>(bits));
    ExpectAllRound64(bits);
    // Most random doubles are far from 1: draw exponents around the integers too.
    const uint64_t near = (bits & ~(uint64_t{0x7c0} << 52)) | uint64_t{0x3c0} << 52;
    ExpectAllRound64(near ^ (bits & 1 ? uint64_t{0x7c0} << 52 : 0));
  }
}

}  // namespace
}  // namespace tenon::vm::sem
