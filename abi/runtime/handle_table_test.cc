#include "abi/runtime/handle_table.h"

#include <gtest/gtest.h>

#include "abi/runtime/component_instance.h"

namespace tenon::abi {
namespace {

const ResourceType kOne, kTwo;

vm::Allowance* Plenty() {
  static vm::Allowance plenty(1'000'000);
  return &plenty;
}

Handle OwnHandle(const ResourceType* type, uint32_t rep) {
  Handle handle;
  handle.kind = Handle::Kind::kResource;
  handle.own = true;
  handle.rep = rep;
  handle.type = type;
  return handle;
}

TEST(HandleTableTest, IndicesBeginAtOneAndAreReusedLastFreedFirst) {
  HandleTable table(100, Plenty());
  for (uint32_t i = 1; i <= 4; ++i) EXPECT_EQ(*table.Add(OwnHandle(&kOne, 0)), i);

  ASSERT_TRUE(table.Remove(2, &kOne).has_value());
  ASSERT_TRUE(table.Remove(3, &kOne).has_value());

  EXPECT_EQ(*table.Add(OwnHandle(&kOne, 0)), 3u);
  EXPECT_EQ(*table.Add(OwnHandle(&kOne, 0)), 2u);
  EXPECT_EQ(*table.Add(OwnHandle(&kOne, 0)), 5u);
}

TEST(HandleTableTest, TheLimitIsExact) {
  HandleTable table(2, Plenty());

  EXPECT_TRUE(table.Add(OwnHandle(&kOne, 0)).has_value());
  EXPECT_TRUE(table.Add(OwnHandle(&kOne, 0)).has_value());
  EXPECT_EQ(table.Add(OwnHandle(&kOne, 0)).error(), "handle table is full (2 handles)");
  ASSERT_TRUE(table.Remove(1, &kOne).has_value());
  EXPECT_TRUE(table.Add(OwnHandle(&kOne, 0)).has_value());
}

// What guests may count on: the four high bits of an index are theirs.
TEST(HandleTableTest, NoIndexReachesTwoToThe28) {
  static_assert(HandleTable::kMaxLength == (1u << 28) - 1);
  EXPECT_EQ(HandleTable(0xffffffff, Plenty()).limit(), HandleTable::kMaxLength);
  EXPECT_EQ(HandleTable(2, Plenty()).limit(), 2u);
}

TEST(HandleTableTest, TablesShareATotal) {
  vm::Allowance total(3);
  HandleTable one(2, &total), two(2, &total);

  EXPECT_TRUE(one.Add(OwnHandle(&kOne, 0)).has_value());
  EXPECT_TRUE(one.Add(OwnHandle(&kOne, 0)).has_value());
  EXPECT_TRUE(two.Add(OwnHandle(&kOne, 0)).has_value());
  EXPECT_EQ(two.Add(OwnHandle(&kOne, 0)).error(), "all handle tables of the store are full");
}

TEST(HandleTableTest, UnknownIndicesAreRefused) {
  HandleTable table(100, Plenty());
  ASSERT_TRUE(table.Add(OwnHandle(&kOne, 7)).has_value());

  EXPECT_EQ(table.Get(0, &kOne).error(), "unknown handle index 0");
  EXPECT_EQ(table.Get(2, &kOne).error(), "unknown handle index 2");
  EXPECT_EQ(table.Get(0xffffffff, &kOne).error(), "unknown handle index 4294967295");
  EXPECT_EQ(*table.TakeOwned(1, &kOne), 7u);
  EXPECT_EQ(table.TakeOwned(1, &kOne).error(), "unknown handle index 1");
  EXPECT_EQ(table.Remove(1, &kOne).error(), "unknown handle index 1");
}

TEST(HandleTableTest, TypesAreIdentities) {
  HandleTable table(100, Plenty());
  ASSERT_TRUE(table.Add(OwnHandle(&kOne, 7)).has_value());

  EXPECT_EQ(table.Get(1, &kTwo).error(),
            "handle index 1 used with the wrong type, expected guest-defined resource but found a "
            "different guest-defined resource");
  EXPECT_TRUE(table.Get(1, &kOne).has_value());
}

TEST(HandleTableTest, LentHandlesStay) {
  HandleTable table(100, Plenty());
  ASSERT_TRUE(table.Add(OwnHandle(&kOne, 7)).has_value());
  (*table.Get(1, &kOne))->num_lends = 2;

  table.ReturnLoan(1);
  EXPECT_EQ(table.Remove(1, &kOne).error(), "cannot remove owned resource while borrowed");
  EXPECT_EQ(table.TakeOwned(1, &kOne).error(), "cannot remove owned resource while borrowed");
  table.ReturnLoan(1);
  EXPECT_TRUE(table.Remove(1, &kOne).has_value());
}

TEST(HandleTableTest, ABorrowIsNotOwned) {
  HandleTable table(100, Plenty());
  Handle borrow = OwnHandle(&kOne, 7);
  borrow.own = false;
  ASSERT_TRUE(table.Add(borrow).has_value());

  EXPECT_EQ(table.TakeOwned(1, &kOne).error(), "cannot lift own resource from a borrow");
  EXPECT_TRUE(table.Remove(1, &kOne).has_value());
}

TEST(ComponentInstanceTest, ACallEntersTheCalleeAndItsAncestorsLessTheCallers) {
  ComponentInstance root(nullptr, 10, Plenty());
  ComponentInstance left(&root, 10, Plenty()), right(&root, 10, Plenty());
  ComponentInstance inner(&right, 10, Plenty());
  using Set = std::vector<ComponentInstance*>;

  EXPECT_EQ(inner.EnteringSet(nullptr), (Set{&inner, &right, &root}));
  EXPECT_EQ(inner.EnteringSet(&left), (Set{&inner, &right}));
  EXPECT_EQ(inner.EnteringSet(&right), (Set{&inner}));
  EXPECT_EQ(root.EnteringSet(&inner), Set{});
  EXPECT_EQ(left.EnteringSet(&left), Set{});
}

}  // namespace
}  // namespace tenon::abi
