#include "vm/interp/catch_table.h"

#include "gtest/gtest.h"

namespace tenon::vm::interp {
namespace {

constexpr uint32_t kNone = CatchTable::kNone;

// The tag of the first clause in force at `word` with that tag or any; -1 without one.
int64_t Find(const CatchTable& table, uint32_t word, uint32_t tag) {
  const auto* clause = table.Find(word, [&](const CatchTable::Clause& candidate) {
    return candidate.tag == tag || candidate.tag == CatchTable::kAnyTag;
  });
  return clause == nullptr ? -1 : int64_t{clause->target};
}

TEST(CatchTableTest, FindsTheInnermostRegionAndGoesOutwards) {
  CatchTable table;
  const uint32_t outer = table.Open(10, kNone);
  table.Add(outer, {.tag = 1, .target = 100});
  const uint32_t inner = table.Open(20, outer);
  table.Add(inner, {.tag = 1, .target = 101});
  table.Add(inner, {.tag = 2, .target = 102});
  table.Close(30, outer);
  table.Close(40, kNone);

  EXPECT_EQ(Find(table, 9, 1), -1);
  EXPECT_EQ(Find(table, 10, 1), 100);
  EXPECT_EQ(Find(table, 10, 2), -1);
  EXPECT_EQ(Find(table, 29, 1), 101);
  EXPECT_EQ(Find(table, 29, 2), 102);
  EXPECT_EQ(Find(table, 30, 2), -1);
  EXPECT_EQ(Find(table, 39, 1), 100);
  EXPECT_EQ(Find(table, 40, 1), -1);
}

TEST(CatchTableTest, TakesTheFirstOfTwoClausesThatFit) {
  CatchTable table;
  const uint32_t region = table.Open(0, kNone);
  table.Add(region, {.tag = CatchTable::kAnyTag, .target = 1});
  table.Add(region, {.tag = 7, .target = 2});
  table.Close(10, kNone);

  EXPECT_EQ(Find(table, 5, 7), 1);
}

TEST(CatchTableTest, ARegionWithoutCodeIsNeverInForce) {
  CatchTable table;
  const uint32_t empty = table.Open(10, kNone);
  table.Add(empty, {.target = 1});
  table.Close(10, kNone);
  const uint32_t next = table.Open(10, kNone);
  table.Add(next, {.target = 2});
  table.Close(12, kNone);

  EXPECT_EQ(Find(table, 10, 0), 2);
  EXPECT_EQ(Find(table, 9, 0), -1);
}

// What a `delegate` does.
TEST(CatchTableTest, ARegionMayGoOnElsewhereThanWhereItStands) {
  CatchTable table;
  const uint32_t outer = table.Open(0, kNone);
  table.Add(outer, {.tag = 1, .target = 1});
  const uint32_t skipped = table.Open(0, outer);
  table.Add(skipped, {.tag = 1, .target = 2});
  const uint32_t delegating = table.Open(5, skipped);
  table.SetOuter(delegating, outer);
  table.Close(10, skipped);
  table.Close(15, kNone);

  EXPECT_EQ(Find(table, 7, 1), 1);
  EXPECT_EQ(Find(table, 12, 1), 2);
}

}  // namespace
}  // namespace tenon::vm::interp
