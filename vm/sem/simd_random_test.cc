// Every lane-wise SIMD operation against a scalar expression of one lane, over random vectors in
// which boundary lanes are frequent. Float operations are held to the scalar functions.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <random>

#include "vm/sem/sem.h"
#include "vm/sem/simd_test_lanes.h"

namespace tenon::vm::sem {
namespace {

constexpr int kRounds = 2'000;

V128 RandomVector(std::mt19937_64& random) {
  static constexpr uint8_t kEdges[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe, 0x81, 0x40};
  V128 v = Of<uint64_t>(random(), random());
  for (uint8_t& byte : v.bytes) {
    const uint64_t choice = random();
    if (choice % 2 == 0) byte = kEdges[choice / 2 % 8];
  }
  if (random() % 8 == 0) v.SetLane(1, v.Lane<uint64_t>(0));
  return v;
}

// A signalling NaN may keep or change its payload: NaN lanes are equal if both are quiet.
template <typename T>
bool SameLane(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (a != a && b != b) {
      const auto both = std::bit_cast<FloatBits<T>>(a) & std::bit_cast<FloatBits<T>>(b);
      return (both & FloatFormat<T>::kQuiet) != 0;
    }
    return std::bit_cast<FloatBits<T>>(a) == std::bit_cast<FloatBits<T>>(b);
  } else {
    return a == b;
  }
}

// T: lanes of the operands. R: lanes of the result, of the same width.
template <typename T, typename R = T, typename Lane>
void ExpectUnary(const char* name, V128 (*op)(V128), Lane lane) {
  std::mt19937_64 random(3);
  for (int round = 0; round < kRounds; ++round) {
    const V128 a = RandomVector(random);
    const V128 result = op(a);
    for (int i = 0; i < kLanes<T>; ++i) {
      const R expected = static_cast<R>(lane(a.Lane<T>(i)));
      ASSERT_TRUE(SameLane(result.Lane<R>(i), expected))
          << name << " of " << testing::PrintToString(a);
    }
  }
}

template <typename T, typename R = T, typename Lane>
void ExpectBinary(const char* name, V128 (*op)(V128, V128), Lane lane) {
  std::mt19937_64 random(4);
  for (int round = 0; round < kRounds; ++round) {
    const V128 a = RandomVector(random);
    const V128 b = round % 16 == 0 ? a : RandomVector(random);
    const V128 result = op(a, b);
    for (int i = 0; i < kLanes<T>; ++i) {
      const R expected = static_cast<R>(lane(a.Lane<T>(i), b.Lane<T>(i)));
      ASSERT_TRUE(SameLane(result.Lane<R>(i), expected))
          << name << " of " << testing::PrintToString(a) << testing::PrintToString(b);
    }
  }
}

template <typename T>
T Clamp(int64_t x) {
  return static_cast<T>(
      std::clamp<int64_t>(x, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

#define BINARY(T, Op, expression) \
  ExpectBinary<T>(#Op, Op, [](auto a, auto b) { return expression; })
#define COMPARE(T, Op, op) ExpectBinary<T, R>(#Op, Op, [](T a, T b) { return -(a op b); })

#define EQUALITY(T, Shape)   \
  COMPARE(T, Shape##Eq, ==); \
  COMPARE(T, Shape##Ne, !=)
#define ORDER(T, Shape, Sign)      \
  COMPARE(T, Shape##Lt##Sign, <);  \
  COMPARE(T, Shape##Gt##Sign, >);  \
  COMPARE(T, Shape##Le##Sign, <=); \
  COMPARE(T, Shape##Ge##Sign, >=)
#define EXTREMA(T, Shape, Sign)                   \
  BINARY(T, Shape##Min##Sign, std::min<T>(a, b)); \
  BINARY(T, Shape##Max##Sign, std::max<T>(a, b))
#define SATURATION(T, Shape, Sign)                          \
  BINARY(T, Shape##AddSat##Sign, Clamp<T>(int64_t{a} + b)); \
  BINARY(T, Shape##SubSat##Sign, Clamp<T>(int64_t{a} - b))
#define RING(T, Shape)                                                    \
  BINARY(T, Shape##Add, static_cast<T>(a + b));                           \
  BINARY(T, Shape##Sub, static_cast<T>(a - b));                           \
  ExpectUnary<T>(#Shape "Neg", Shape##Neg, [](T a) { return T{0} - a; }); \
  ExpectUnary<T>(#Shape "Abs", Shape##Abs,                                \
                 [](T a) { return std::make_signed_t<T>(a) < 0 ? T{0} - a : a; })

TEST(SimdRandomTest, I8x16) {
  using R = int8_t;
  RING(uint8_t, I8x16);
  EQUALITY(uint8_t, I8x16);
  ORDER(int8_t, I8x16, S);
  ORDER(uint8_t, I8x16, U);
  EXTREMA(int8_t, I8x16, S);
  EXTREMA(uint8_t, I8x16, U);
  SATURATION(int8_t, I8x16, S);
  SATURATION(uint8_t, I8x16, U);
  BINARY(uint8_t, I8x16AvgrU, (a + b + 1) / 2);
  ExpectUnary<uint8_t>("popcnt", I8x16Popcnt, [](uint8_t a) { return std::popcount(a); });
}

TEST(SimdRandomTest, I16x8) {
  using R = int16_t;
  RING(uint16_t, I16x8);
  EQUALITY(uint16_t, I16x8);
  ORDER(int16_t, I16x8, S);
  ORDER(uint16_t, I16x8, U);
  EXTREMA(int16_t, I16x8, S);
  EXTREMA(uint16_t, I16x8, U);
  SATURATION(int16_t, I16x8, S);
  SATURATION(uint16_t, I16x8, U);
  BINARY(uint16_t, I16x8AvgrU, (a + b + 1) / 2);
  BINARY(uint16_t, I16x8Mul, uint32_t{a} * b);
  BINARY(int16_t, I16x8Q15mulrSatS, Clamp<int16_t>((a * b + 0x4000) >> 15));
}

TEST(SimdRandomTest, I32x4) {
  using R = int32_t;
  RING(uint32_t, I32x4);
  EQUALITY(uint32_t, I32x4);
  ORDER(int32_t, I32x4, S);
  ORDER(uint32_t, I32x4, U);
  EXTREMA(int32_t, I32x4, S);
  EXTREMA(uint32_t, I32x4, U);
  BINARY(uint32_t, I32x4Mul, a* b);
}

TEST(SimdRandomTest, I64x2) {
  using R = int64_t;
  RING(uint64_t, I64x2);
  EQUALITY(uint64_t, I64x2);
  ORDER(int64_t, I64x2, S);
  BINARY(uint64_t, I64x2Mul, a* b);
}

#define FLOAT_UNARY(T, Shape, Scalar, Name) ExpectUnary<T>(#Name, Shape##Name, Scalar##Name)
#define FLOAT_BINARY(T, Shape, Scalar, Name) ExpectBinary<T>(#Name, Shape##Name, Scalar##Name)
#define FLOAT(T, Shape, Scalar)           \
  FLOAT_UNARY(T, Shape, Scalar, Ceil);    \
  FLOAT_UNARY(T, Shape, Scalar, Floor);   \
  FLOAT_UNARY(T, Shape, Scalar, Trunc);   \
  FLOAT_UNARY(T, Shape, Scalar, Nearest); \
  FLOAT_UNARY(T, Shape, Scalar, Sqrt);    \
  FLOAT_BINARY(T, Shape, Scalar, Add);    \
  FLOAT_BINARY(T, Shape, Scalar, Sub);    \
  FLOAT_BINARY(T, Shape, Scalar, Mul);    \
  FLOAT_BINARY(T, Shape, Scalar, Div);    \
  FLOAT_BINARY(T, Shape, Scalar, Min);    \
  FLOAT_BINARY(T, Shape, Scalar, Max);    \
  EQUALITY(T, Shape);                     \
  ORDER(T, Shape, )

TEST(SimdRandomTest, F32x4) {
  using R = int32_t;
  FLOAT(float, F32x4, F32);
  ExpectUnary<float, uint32_t>("trunc_sat_s", I32x4TruncSatF32x4S, I32TruncSatF32S);
  ExpectUnary<float, uint32_t>("trunc_sat_u", I32x4TruncSatF32x4U, I32TruncSatF32U);
  ExpectUnary<uint32_t, float>("convert_s", F32x4ConvertI32x4S, F32ConvertI32S);
  ExpectUnary<uint32_t, float>("convert_u", F32x4ConvertI32x4U, F32ConvertI32U);
}

TEST(SimdRandomTest, F64x2) {
  using R = int64_t;
  FLOAT(double, F64x2, F64);
}

// Result lane i of a widening operation of T is what `lane` makes of operand lanes first + i.
template <typename T, typename Wide>
void ExpectWidening(int first, V128 (*extend)(V128), V128 (*multiply)(V128, V128)) {
  std::mt19937_64 random(5);
  for (int round = 0; round < kRounds; ++round) {
    const V128 a = RandomVector(random);
    const V128 b = RandomVector(random);
    const V128 extended = extend(a);
    const V128 product = multiply(a, b);
    for (int i = 0; i < kLanes<Wide>; ++i) {
      const Wide x = a.Lane<T>(first + i);
      const Wide y = b.Lane<T>(first + i);
      ASSERT_EQ(extended.Lane<Wide>(i), x);
      ASSERT_EQ(product.Lane<Wide>(i), static_cast<Wide>(x * y));
    }
  }
}

TEST(SimdRandomTest, ExtendAndExtmul) {
  ExpectWidening<int8_t, int16_t>(0, I16x8ExtendLowI8x16S, I16x8ExtmulLowI8x16S);
  ExpectWidening<int8_t, int16_t>(8, I16x8ExtendHighI8x16S, I16x8ExtmulHighI8x16S);
  ExpectWidening<uint8_t, uint16_t>(0, I16x8ExtendLowI8x16U, I16x8ExtmulLowI8x16U);
  ExpectWidening<uint8_t, uint16_t>(8, I16x8ExtendHighI8x16U, I16x8ExtmulHighI8x16U);
  ExpectWidening<int16_t, int32_t>(0, I32x4ExtendLowI16x8S, I32x4ExtmulLowI16x8S);
  ExpectWidening<int16_t, int32_t>(4, I32x4ExtendHighI16x8S, I32x4ExtmulHighI16x8S);
  ExpectWidening<uint16_t, uint32_t>(0, I32x4ExtendLowI16x8U, I32x4ExtmulLowI16x8U);
  ExpectWidening<uint16_t, uint32_t>(4, I32x4ExtendHighI16x8U, I32x4ExtmulHighI16x8U);
  ExpectWidening<int32_t, int64_t>(0, I64x2ExtendLowI32x4S, I64x2ExtmulLowI32x4S);
  ExpectWidening<int32_t, int64_t>(2, I64x2ExtendHighI32x4S, I64x2ExtmulHighI32x4S);
  ExpectWidening<uint32_t, uint64_t>(0, I64x2ExtendLowI32x4U, I64x2ExtmulLowI32x4U);
  ExpectWidening<uint32_t, uint64_t>(2, I64x2ExtendHighI32x4U, I64x2ExtmulHighI32x4U);
}

template <typename T>
void ExpectShiftsAndTests(V128 (*shl)(V128, uint32_t), V128 (*shr_s)(V128, uint32_t),
                          V128 (*shr_u)(V128, uint32_t), uint32_t (*bitmask)(V128),
                          uint32_t (*all_true)(V128)) {
  using U = std::make_unsigned_t<T>;
  std::mt19937_64 random(6);
  for (int round = 0; round < kRounds; ++round) {
    const V128 a = RandomVector(random);
    const auto count = static_cast<uint32_t>(random());
    const int shift = count % (8 * sizeof(T));
    uint32_t expected_mask = 0;
    uint32_t expected_all = 1;
    for (int i = 0; i < kLanes<T>; ++i) {
      const T lane = a.Lane<T>(i);
      ASSERT_EQ(shl(a, count).Lane<U>(i), static_cast<U>(static_cast<uint64_t>(lane) << shift));
      ASSERT_EQ(shr_s(a, count).Lane<T>(i), static_cast<T>(lane >> shift));
      ASSERT_EQ(shr_u(a, count).Lane<U>(i), static_cast<U>(static_cast<U>(lane) >> shift));
      if (lane < 0) expected_mask |= uint32_t{1} << i;
      if (lane == 0) expected_all = 0;
    }
    ASSERT_EQ(bitmask(a), expected_mask);
    ASSERT_EQ(all_true(a), expected_all);
  }
}

TEST(SimdRandomTest, ShiftsAndTests) {
  ExpectShiftsAndTests<int8_t>(I8x16Shl, I8x16ShrS, I8x16ShrU, I8x16Bitmask, I8x16AllTrue);
  ExpectShiftsAndTests<int16_t>(I16x8Shl, I16x8ShrS, I16x8ShrU, I16x8Bitmask, I16x8AllTrue);
  ExpectShiftsAndTests<int32_t>(I32x4Shl, I32x4ShrS, I32x4ShrU, I32x4Bitmask, I32x4AllTrue);
  ExpectShiftsAndTests<int64_t>(I64x2Shl, I64x2ShrS, I64x2ShrU, I64x2Bitmask, I64x2AllTrue);
}

}  // namespace
}  // namespace tenon::vm::sem
