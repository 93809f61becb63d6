#include "cli/feature_advice.h"

#include "gtest/gtest.h"

namespace tenon::cli {
namespace {

TEST(FeatureAdvice, NamesTheFlagThatIsOff) {
  EXPECT_EQ(FlagThatIsOff("shared memory: threads is off"), "threads");
  EXPECT_EQ(FlagThatIsOff("illegal opcode fe: atomic.fence needs threads"), "threads");
  EXPECT_EQ(FeatureAdvice("function 0: atomic.fence needs threads (at offset 0x2)"),
            "; '--features threads' switches it on");
}

TEST(FeatureAdvice, IsSilentElsewhere) {
  EXPECT_EQ(FlagThatIsOff("the light is off"), "");
  EXPECT_EQ(FlagThatIsOff("threads"), "");
  EXPECT_EQ(FlagThatIsOff("needs threads"), "");
  EXPECT_EQ(FeatureAdvice(""), "");
}

}  // namespace
}  // namespace tenon::cli
