#include "vm/syntax/features.h"

#include "gtest/gtest.h"

namespace tenon::vm {
namespace {

TEST(Features, AreSwitchedByTheirFlags) {
  Features features;
  EXPECT_TRUE(features.Has(Feature::kSimd));
  EXPECT_FALSE(features.Has(Feature::kThreads));

  ASSERT_TRUE(features.Apply("-simd,threads"));

  EXPECT_FALSE(features.Has(Feature::kSimd));
  EXPECT_TRUE(features.Has(Feature::kThreads));
  EXPECT_TRUE(features.Has(Feature::kMultiMemory));
}

TEST(Features, AListMakesOneSetOfAnother) {
  Features features, made;
  ASSERT_TRUE(features.Apply("threads,-simd"));

  ASSERT_TRUE(made.Apply(features.ListFrom(made)));

  EXPECT_EQ(made.bits(), features.bits());
  EXPECT_EQ(features.ListFrom(made), "");
}

TEST(Features, UnknownFlagsAreTold) {
  Features features;
  const Status near = features.Apply("-simd,multi-memori");
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(near.error().message(), "unknown feature 'multi-memori'; did you mean 'multi-memory'?");
  const Status far = features.Apply("");
  ASSERT_FALSE(far);
  EXPECT_EQ(far.error().message().substr(0, 55),
            "unknown feature ''; expected some of sign-extension, sa");
}

}  // namespace
}  // namespace tenon::vm
