#include "cli/wast/matching.h"

#include <bit>

#include "gtest/gtest.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/engine.h"

namespace tenon::cli {
namespace {

using vm::Slot;
using vm::ValType;

ResultPattern Number(ValType type, uint8_t lane_bytes, std::vector<LanePattern> lanes) {
  ResultPattern pattern;
  pattern.type = type;
  pattern.lane_bytes = lane_bytes;
  pattern.lanes = std::move(lanes);
  return pattern;
}

ResultPattern Reference(ResultPattern::Kind kind, ValType type = {}) {
  ResultPattern pattern;
  pattern.kind = kind;
  pattern.type = type;
  return pattern;
}

constexpr LanePattern kCanonical = {LanePattern::Kind::kCanonicalNan};
constexpr LanePattern kArithmetic = {LanePattern::Kind::kArithmeticNan};

class MatchingTest : public testing::Test {
 protected:
  bool Fits(const ResultPattern& pattern, ValType type, uint64_t low, uint64_t high = 0) {
    const Slot slots[2] = {{low}, {high}};
    return Matches(pattern, type, slots, store_);
  }

  vm::Engine engine_{vm::InterpreterTier()};
  vm::Store store_{&engine_};
};

TEST_F(MatchingTest, ComparesExactlyTheBitsOfTheType) {
  const ResultPattern seven = Number(ValType::kI32, 4, {{.bits = 7}});
  EXPECT_TRUE(Fits(seven, ValType::kI32, 7));
  EXPECT_TRUE(Fits(seven, ValType::kI32, 0xdead'0000'0000'0007));
  EXPECT_FALSE(Fits(seven, ValType::kI32, 8));
  EXPECT_FALSE(Fits(seven, ValType::kF32, 7));
  const ResultPattern wide = Number(ValType::kI64, 8, {{.bits = 7}});
  EXPECT_FALSE(Fits(wide, ValType::kI64, 0xdead'0000'0000'0007));
}

TEST_F(MatchingTest, TellsMinusZeroFromZero) {
  const ResultPattern zero = Number(ValType::kF32, 4, {{.bits = 0}});
  EXPECT_TRUE(Fits(zero, ValType::kF32, 0));
  EXPECT_FALSE(Fits(zero, ValType::kF32, 0x8000'0000));
}

TEST_F(MatchingTest, TellsKindsOfNan) {
  const ResultPattern canonical = Number(ValType::kF32, 4, {kCanonical});
  const ResultPattern arithmetic = Number(ValType::kF32, 4, {kArithmetic});
  for (const uint64_t bits : {0x7fc0'0000u, 0xffc0'0000u}) {
    EXPECT_TRUE(Fits(canonical, ValType::kF32, bits));
    EXPECT_TRUE(Fits(arithmetic, ValType::kF32, bits));
  }
  EXPECT_FALSE(Fits(canonical, ValType::kF32, 0x7fc0'0001));
  EXPECT_TRUE(Fits(arithmetic, ValType::kF32, 0x7fc0'0001));
  EXPECT_FALSE(Fits(arithmetic, ValType::kF32, 0x7fa0'0000));
  EXPECT_FALSE(Fits(arithmetic, ValType::kF32, 0x7f80'0000));
  const ResultPattern wide = Number(ValType::kF64, 8, {kCanonical});
  EXPECT_TRUE(Fits(wide, ValType::kF64, 0xfff8'0000'0000'0000));
  EXPECT_FALSE(Fits(wide, ValType::kF64, 0x7ff8'0000'0000'0001));
}

TEST_F(MatchingTest, ComparesVectorsByLane) {
  const ResultPattern pattern =
      Number(ValType::kV128, 4, {{.bits = 1}, kCanonical, {.bits = 3}, kArithmetic});
  EXPECT_TRUE(Fits(pattern, ValType::kV128, 0x7fc0'0000'0000'0001, 0x7fc0'1234'0000'0003));
  EXPECT_FALSE(Fits(pattern, ValType::kV128, 0x7fc0'0001'0000'0001, 0x7fc0'1234'0000'0003));
  EXPECT_FALSE(Fits(pattern, ValType::kV128, 0x7fc0'0000'0000'0001, 0x7fc0'1234'0000'0004));
}

TEST_F(MatchingTest, ComparesReferences) {
  ResultPattern third = Reference(ResultPattern::Kind::kHost, ValType::kExternRef);
  third.host_value = 3;
  const uint64_t id = store_.NewExternRef(3);
  EXPECT_TRUE(Fits(third, ValType::kExternRef, id));
  EXPECT_FALSE(Fits(third, ValType::kExternRef, store_.NewExternRef(4)));
  EXPECT_FALSE(Fits(third, ValType::kExternRef, 0));

  const ResultPattern any_null = Reference(ResultPattern::Kind::kNull);
  const ResultPattern null_func = Reference(ResultPattern::Kind::kNull, ValType::kFuncRef);
  EXPECT_TRUE(Fits(any_null, ValType::kExternRef, 0));
  EXPECT_TRUE(Fits(null_func, ValType::kFuncRef, 0));
  EXPECT_FALSE(Fits(null_func, ValType::kExternRef, 0));
  EXPECT_FALSE(Fits(any_null, ValType::kExternRef, id));

  const ResultPattern func = Reference(ResultPattern::Kind::kKind, ValType::kFuncRef);
  EXPECT_TRUE(Fits(func, ValType::kFuncRef, 0x1000));
  EXPECT_FALSE(Fits(func, ValType::kFuncRef, 0));
  EXPECT_FALSE(Fits(func, ValType::kExternRef, id));
}

TEST_F(MatchingTest, TakesAnyAlternative) {
  ResultPattern either = Reference(ResultPattern::Kind::kEither);
  either.alternatives = {Number(ValType::kI32, 4, {{.bits = 1}}),
                         Number(ValType::kI32, 4, {{.bits = 2}})};
  EXPECT_TRUE(Fits(either, ValType::kI32, 2));
  EXPECT_FALSE(Fits(either, ValType::kI32, 3));
}

}  // namespace
}  // namespace tenon::cli
