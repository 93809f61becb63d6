#include "vm/sem/int.h"
#include "vm/sem/wide.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <type_traits>

namespace tenon::vm::sem {
namespace {

constexpr uint32_t kMin32 = 0x8000'0000;
constexpr uint64_t kMin64 = 0x8000'0000'0000'0000;
constexpr uint32_t kMinus1 = 0xffff'ffff;
constexpr uint64_t kMinus1L = 0xffff'ffff'ffff'ffff;

// Constant expressions, and the types that handlers deduce.
static_assert(I32Add(kMinus1, 1) == 0);
static_assert(*I32DivS(static_cast<uint32_t>(-7), 2) == static_cast<uint32_t>(-3));
static_assert(I64DivU(1, 0).error() == TrapKind::kIntegerDivideByZero);
static_assert(I64Rotl(kMin64, 65) == 1);
static_assert(I32Extend8S(0x180) == 0xffff'ff80);
static_assert(std::is_same_v<decltype(&I32Add), uint32_t (*)(uint32_t, uint32_t)>);
static_assert(std::is_same_v<decltype(&I64Eqz), uint32_t (*)(uint64_t)>);
static_assert(std::is_same_v<decltype(&I64RemU), OrTrap<uint64_t> (*)(uint64_t, uint64_t)>);

TEST(IntTest, ArithmeticWraps) {
  EXPECT_EQ(I32Sub(0, 1), kMinus1);
  EXPECT_EQ(I32Mul(kMin32, kMinus1), kMin32);
  EXPECT_EQ(I64Add(kMinus1L, 1), 0u);
  EXPECT_EQ(I64Mul(0x1'0000'0001, 0x1'0000'0001), 0x2'0000'0001u);
}

TEST(IntTest, DivisionByZeroTraps) {
  for (uint32_t a : {0u, 1u, kMin32, kMinus1}) {
    EXPECT_EQ(I32DivS(a, 0).error(), TrapKind::kIntegerDivideByZero);
    EXPECT_EQ(I32DivU(a, 0).error(), TrapKind::kIntegerDivideByZero);
    EXPECT_EQ(I32RemS(a, 0).error(), TrapKind::kIntegerDivideByZero);
    EXPECT_EQ(I32RemU(a, 0).error(), TrapKind::kIntegerDivideByZero);
    EXPECT_EQ(I64DivS(a, 0).error(), TrapKind::kIntegerDivideByZero);
    EXPECT_EQ(I64RemS(a, 0).error(), TrapKind::kIntegerDivideByZero);
    EXPECT_EQ(I64RemU(a, 0).error(), TrapKind::kIntegerDivideByZero);
  }
}

TEST(IntTest, MinimumByMinusOneOverflowsButHasARemainder) {
  EXPECT_EQ(I32DivS(kMin32, kMinus1).error(), TrapKind::kIntegerOverflow);
  EXPECT_EQ(I64DivS(kMin64, kMinus1L).error(), TrapKind::kIntegerOverflow);
  EXPECT_EQ(*I32RemS(kMin32, kMinus1), 0u);
  EXPECT_EQ(*I64RemS(kMin64, kMinus1L), 0u);
  EXPECT_EQ(*I32DivU(kMin32, kMinus1), 0u);
  EXPECT_EQ(*I64RemU(kMin64, kMinus1L), kMin64);
  EXPECT_EQ(*I64DivS(kMin32, kMinus1L), static_cast<uint64_t>(-int64_t{kMin32}));
}

TEST(IntTest, SignedDivisionTruncatesTowardsZero) {
  EXPECT_EQ(*I32DivS(7, static_cast<uint32_t>(-2)), static_cast<uint32_t>(-3));
  EXPECT_EQ(*I32RemS(static_cast<uint32_t>(-7), 2), kMinus1);
  EXPECT_EQ(*I32RemS(7, static_cast<uint32_t>(-2)), 1u);
  EXPECT_EQ(*I64DivS(kMinus1L, 2), 0u);
  EXPECT_EQ(*I64DivU(kMinus1L, 2), kMinus1L >> 1);
}

TEST(IntTest, ShiftCountsAreTakenModuloTheWidth) {
  EXPECT_EQ(I32Shl(1, 32), 1u);
  EXPECT_EQ(I32Shl(1, 33), 2u);
  EXPECT_EQ(I32Shl(1, kMinus1), kMin32);
  EXPECT_EQ(I32ShrS(kMin32, 31), kMinus1);
  EXPECT_EQ(I32ShrS(kMin32, 63), kMinus1);
  EXPECT_EQ(I32ShrU(kMin32, 63), 1u);
  EXPECT_EQ(I64Shl(1, 64), 1u);
  EXPECT_EQ(I64ShrS(kMin64, 127), kMinus1L);
  EXPECT_EQ(I64ShrU(kMin64, kMinus1L), 1u);
  EXPECT_EQ(I32Rotl(0x8000'0001, 1), 3u);
  EXPECT_EQ(I32Rotr(3, 33), 0x8000'0001u);
  EXPECT_EQ(I32Rotl(0xabcd'9876, 32), 0xabcd'9876u);
  EXPECT_EQ(I64Rotr(1, 1), kMin64);
  EXPECT_EQ(I64Rotl(0xabcd'0000'0000'9876, 0), 0xabcd'0000'0000'9876u);
}

TEST(IntTest, CountsBits) {
  EXPECT_EQ(I32Clz(0), 32u);
  EXPECT_EQ(I32Clz(1), 31u);
  EXPECT_EQ(I32Ctz(0), 32u);
  EXPECT_EQ(I32Ctz(kMin32), 31u);
  EXPECT_EQ(I32Popcnt(kMinus1), 32u);
  EXPECT_EQ(I64Clz(0), 64u);
  EXPECT_EQ(I64Ctz(0), 64u);
  EXPECT_EQ(I64Ctz(kMin64), 63u);
  EXPECT_EQ(I64Popcnt(kMinus1L), 64u);
}

TEST(IntTest, ExtendsSigns) {
  EXPECT_EQ(I32Extend8S(0x7f), 0x7fu);
  EXPECT_EQ(I32Extend8S(0xffff'ff7f), 0x7fu);
  EXPECT_EQ(I32Extend16S(0x8000), 0xffff'8000u);
  EXPECT_EQ(I64Extend8S(0x80), 0xffff'ffff'ffff'ff80u);
  EXPECT_EQ(I64Extend16S(0xffff'7fff), 0x7fffu);
  EXPECT_EQ(I64Extend32S(kMin32), 0xffff'ffff'8000'0000u);
  EXPECT_EQ(I64Extend32S(0x1'7fff'ffff), 0x7fff'ffffu);
}

TEST(IntTest, ComparesSignedAndUnsigned) {
  EXPECT_EQ(I32LtS(kMin32, 0), 1u);
  EXPECT_EQ(I32LtU(kMin32, 0), 0u);
  EXPECT_EQ(I32GtS(kMinus1, 1), 0u);
  EXPECT_EQ(I32GtU(kMinus1, 1), 1u);
  EXPECT_EQ(I64LeS(kMin64, kMinus1L), 1u);
  EXPECT_EQ(I64GeU(kMin64, kMinus1L), 0u);
  EXPECT_EQ(I32Eqz(0), 1u);
  EXPECT_EQ(I64Eqz(0x1'0000'0000), 0u);
  for (uint32_t x : {0u, 1u, kMin32, kMinus1}) {  // The same operand twice.
    EXPECT_EQ(I32Eq(x, x) + I32LeS(x, x) + I32LeU(x, x) + I32GeS(x, x) + I32GeU(x, x), 5u);
    EXPECT_EQ(I32Ne(x, x) + I32LtS(x, x) + I32LtU(x, x) + I32GtS(x, x) + I32GtU(x, x), 0u);
  }
}

TEST(WideTest, CarriesAndBorrowsIntoTheUpperHalf) {
  constexpr uint64_t kAll = ~uint64_t{0};
  EXPECT_EQ(I64Add128(kAll, 1, 1, 2), (Wide{0, 4}));
  EXPECT_EQ(I64Add128(kAll, kAll, 1, 0), (Wide{0, 0}));
  EXPECT_EQ(I64Sub128(0, 4, 1, 2), (Wide{kAll, 1}));
  EXPECT_EQ(I64Sub128(0, 0, 0, 1), (Wide{0, kAll}));
}

TEST(WideTest, ProductsHaveBothHalves) {
  constexpr uint64_t kAll = ~uint64_t{0};
  constexpr uint64_t kMinimum = uint64_t{1} << 63;
  EXPECT_EQ(I64MulWideU(kAll, kAll), (Wide{1, kAll - 1}));
  EXPECT_EQ(I64MulWideS(kAll, kAll), (Wide{1, 0}));
  EXPECT_EQ(I64MulWideS(kMinimum, kMinimum), (Wide{0, uint64_t{1} << 62}));
  EXPECT_EQ(I64MulWideS(kAll, 2), (Wide{kAll - 1, kAll}));
}

}  // namespace
}  // namespace tenon::vm::sem
