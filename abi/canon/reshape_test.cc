#include "abi/canon/reshape.h"

#include <gtest/gtest.h>

#include <vector>

#include "abi/canon/test_guest.h"
#include "abi/types/types_for_test.h"

namespace tenon::abi {
namespace {

using K = TypeKind;

class ReshapeTest : public testing::Test {
 protected:
  // The slots of a value whose flat values are given, by way of memory.
  std::vector<uint64_t> ThereAndBack(ValType type, const std::vector<uint64_t>& flat) {
    const Layout layout = layouts_.Get(type);
    EXPECT_EQ(layout.flat, flat.size());
    std::vector<vm::Slot> slots(flat.size()), back(flat.size());
    for (size_t i = 0; i < flat.size(); ++i) slots[i].bits = flat[i];
    std::vector<uint8_t> bytes(layout.size);
    if (!reshaper_.ToBytes(type, slots.data(), bytes.data()) ||
        !reshaper_.ToSlots(type, bytes.data(), back.data())) {
      return {};
    }
    std::vector<uint64_t> result;
    for (const vm::Slot& slot : back) result.push_back(slot.bits);
    return result;
  }

  Store store_{&TestEngine()};
  TestGuest guest_{&store_};
  TypeTable types_;
  LayoutTable layouts_{&types_, 4};
  CanonContext cx_ = guest_.Context();
  Reshaper reshaper_{&types_, &layouts_, &cx_};
};

TEST_F(ReshapeTest, FieldsKeepTheirBits) {
  const ValType type = Defined(types_, K::kTuple, {K::kU8, K::kF64, K::kString, K::kS16}, {});
  const std::vector<uint64_t> flat = {0xfe, 0x3ff0000000000001, 0x1000, 7, 0x8001};
  EXPECT_EQ(ThereAndBack(type, flat), flat);
}

TEST_F(ReshapeTest, AFixedLengthListIsItsElements) {
  const std::vector<uint64_t> flat = {1, 2, 255};
  EXPECT_EQ(ThereAndBack(FixedListType(types_, K::kU8, 3), flat), flat);
}

TEST_F(ReshapeTest, ElementsOfAFixedLengthListStandApartAsTheirAlignmentWants) {
  const ValType element = TupleType(types_, {K::kU8, OptionType(types_, K::kU64), K::kChar});
  const std::vector<uint64_t> flat = {1, 1, ~uint64_t{0}, 'a', 2, 0, 0, 'b'};
  EXPECT_EQ(ThereAndBack(FixedListType(types_, element, 2), flat), flat);
}

TEST_F(ReshapeTest, AMapIsAnAddressAndALength) {
  const ValType map = MapType(types_, K::kString, FixedListType(types_, K::kU64, 2));
  const std::vector<uint64_t> flat = {7, 0x1000, 3, 0x2000, 0};
  EXPECT_EQ(ThereAndBack(TupleType(types_, {K::kU8, FixedListType(types_, map, 2)}), flat), flat);
}

TEST_F(ReshapeTest, ParametersStandAsThoseOfATuple) {
  const ValType list = FixedListType(types_, K::kU16, 2);
  const FuncType type = {.params = {{"a", K::kU8}, {"b", list}, {"c", K::kU64}}};
  uint8_t bytes[16] = {1, 0xff, 2, 0, 3, 0, 0xff, 0xff, 4};
  vm::Slot slots[4];
  ASSERT_TRUE(reshaper_.ParamsToSlots(type, bytes, slots));
  for (uint64_t i = 0; i < 4; ++i) EXPECT_EQ(slots[i].bits, i + 1);
}

TEST_F(ReshapeTest, ACaseLeavesTheOthersSlotsZero) {
  const ValType type =
      Defined(types_, K::kVariant, {K::kU64, K::kString, ValType()}, {"number", "text", "none"});
  EXPECT_EQ(ThereAndBack(type, {0, ~uint64_t{0}, 5}), (std::vector<uint64_t>{0, ~uint64_t{0}, 0}));
  EXPECT_EQ(ThereAndBack(type, {1, 64, 5}), (std::vector<uint64_t>{1, 64, 5}));
  EXPECT_EQ(ThereAndBack(type, {2, 9, 9}), (std::vector<uint64_t>{2, 0, 0}));
}

TEST_F(ReshapeTest, AnyBoolButZeroIsTrue) {
  EXPECT_EQ(ThereAndBack(K::kBool, {0x100}), std::vector<uint64_t>{1});
}

TEST_F(ReshapeTest, AWrongCaseTraps) {
  const ValType type = OptionType(types_, K::kU8);
  EXPECT_EQ(ThereAndBack(type, {2, 0}), std::vector<uint64_t>());
  EXPECT_EQ(store_.core().TakeTrap().detail, "invalid variant discriminant");
}

TEST_F(ReshapeTest, AWrongCaseOfAnEnumTrapsThoughItsByteIsRight) {
  const ValType type = Defined(types_, K::kEnum, {}, {"a", "b"});
  EXPECT_EQ(ThereAndBack(type, {0x101}), std::vector<uint64_t>());
  EXPECT_EQ(store_.core().TakeTrap().detail, "invalid variant discriminant");
}

}  // namespace
}  // namespace tenon::abi
