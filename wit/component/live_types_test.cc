#include "wit/component/live_types.h"

#include <gtest/gtest.h>

namespace tenon::wit {
namespace {

TEST(LiveTypesTest, WhatATypeIsMadeOfStandsBeforeIt) {
  Packages packages;
  packages.types.resize(4);
  packages.types[0].what = Resource{};
  packages.types[1].what = Handle{.resource = TypeIdx(0)};
  packages.types[3].what = Tuple{{Primitive::kU8, TypeIdx(1)}};

  LiveTypes live(packages);
  live.Add(TypeIdx(3));

  EXPECT_EQ(live.order(), (std::set{TypeIdx(0), TypeIdx(1), TypeIdx(3)}));
}

TEST(LiveTypesTest, NamesOfNamesMayMakeALongChain) {
  Packages packages;
  packages.types.resize(100'000);
  for (uint32_t i = 1; i < packages.types.size(); ++i) {
    packages.types[i].what = Alias{TypeIdx(i - 1)};
  }
  packages.types[0].what = Alias{Primitive::kU8};

  LiveTypes live(packages);
  live.Add(TypeIdx(99'999));

  EXPECT_EQ(live.order().size(), 100'000u);
}

}  // namespace
}  // namespace tenon::wit
