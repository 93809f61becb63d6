#include "abi/types/small_map.h"

#include "gtest/gtest.h"

namespace tenon::abi {
namespace {

TEST(SmallMapTest, FindsFewAndMany) {
  SmallMap<int, int> map;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(map.Find(i), nullptr);
    EXPECT_TRUE(map.Insert(i, 2 * i));
    EXPECT_FALSE(map.Insert(i / 2, 0));
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(*map.Find(i), 2 * i);
}

TEST(SmallMapTest, SetReplaces) {
  SmallMap<int, int> map;
  for (int i = 0; i < 40; ++i) map.Set(i % 20, i);
  const SmallMap<int, int> copy = map;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(*copy.Find(i), i + 20);
}

TEST(SmallSetTest, HoldsEachOnce) {
  SmallSet<int> set;
  for (int i = 0; i < 40; ++i) EXPECT_EQ(set.Insert(i % 20), i < 20);
  EXPECT_TRUE(set.Contains(19));
  EXPECT_FALSE(set.Contains(20));
}

}  // namespace
}  // namespace tenon::abi
