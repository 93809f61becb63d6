#include "abi/syntax/name_map.h"

#include <gtest/gtest.h>

#include <deque>

#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

// Enough names to leave the linear search of either class behind.
std::deque<std::string> ManyNames() {
  std::deque<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back(absl::StrCat("name-", i));
  return names;
}

TEST(NameMapTest, FindsAllNamesAndRefusesSecondOnes) {
  const std::deque<std::string> names = ManyNames();
  NameMap<int> map;
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(map.Find(names[i]), nullptr);
    EXPECT_TRUE(map.Insert(names[i], static_cast<int>(i)));
    EXPECT_FALSE(map.Insert(names[0], -1));
  }
  for (size_t i = 0; i < names.size(); ++i) EXPECT_EQ(map.At(names[i]), static_cast<int>(i));
}

TEST(UniqueNamesTest, IgnoresCase) {
  const std::deque<std::string> names = ManyNames();
  UniqueNames unique;
  for (const std::string& name : names) {
    EXPECT_TRUE(unique.Insert(name));
    EXPECT_FALSE(unique.Insert(name));
    EXPECT_FALSE(unique.Insert("NAME-0"));
  }
}

}  // namespace
}  // namespace tenon::abi
