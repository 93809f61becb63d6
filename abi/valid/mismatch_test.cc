#include "abi/valid/mismatch.h"

#include <gtest/gtest.h>

namespace tenon::abi {
namespace {

class MismatchTest : public testing::Test {
 protected:
  ValType Type(TypeKind kind, std::vector<ValType> parts,
               std::vector<absl::string_view> labels = {}) {
    return *types_.Intern(TypeDef{kind, std::move(labels), std::move(parts), {}});
  }
  std::string Of(ValType found, ValType expected) {
    return Difference(types_, TypeItem{found}, TypeItem{expected});
  }
  std::string Of(FuncType found, FuncType expected) {
    return Difference(types_, *types_.Intern(std::move(found)),
                      *types_.Intern(std::move(expected)));
  }

  TypeTable types_;
};

const ValType kU8 = TypeKind::kU8, kU32 = TypeKind::kU32, kString = TypeKind::kString;

TEST_F(MismatchTest, SaysTheWayToTheFirstDifference) {
  const ValType tuple = Type(TypeKind::kTuple, {kU8, kU8}),
                other = Type(TypeKind::kTuple, {kU8, kU32});
  EXPECT_EQ(Of(Type(TypeKind::kRecord, {kU8, tuple}, {"a", "b"}),
               Type(TypeKind::kRecord, {kU8, other}, {"a", "b"})),
            "type mismatch in record field `b`: type mismatch in tuple field 1: expected primitive "
            "`u32` found primitive `u8`");
}

TEST_F(MismatchTest, ComparesCountsBeforeLabelsBeforeTypes) {
  EXPECT_EQ(
      Of(Type(TypeKind::kVariant, {kU8}, {"a"}), Type(TypeKind::kVariant, {kU8, {}}, {"b", "c"})),
      "expected 2 cases, found 1");
  EXPECT_EQ(Of(Type(TypeKind::kVariant, {kU8}, {"a"}), Type(TypeKind::kVariant, {kU32}, {"b"})),
            "expected case named `b`, found `a`");
  EXPECT_EQ(
      Of(Type(TypeKind::kVariant, {ValType()}, {"a"}), Type(TypeKind::kVariant, {kU32}, {"a"})),
      "expected case `a` to have a type, found none");
}

TEST_F(MismatchTest, KindsHaveNames) {
  EXPECT_EQ(Of(kU8, Type(TypeKind::kList, {kU8})), "expected list, found u8");
  EXPECT_EQ(Of(Type(TypeKind::kList, {kU8}), kString), "expected primitive, found list");
  EXPECT_EQ(Of(Type(TypeKind::kResult, {ValType(), kU8}), Type(TypeKind::kResult, {kU8, kU8})),
            "expected ok type, but found none");
}

TEST_F(MismatchTest, FunctionsHaveParametersAndAResult) {
  EXPECT_EQ(Of({{{"a", kU8}}, {}}, {{}, {}}), "expected 0 parameters, found 1");
  EXPECT_EQ(Of({{{"a", kU8}}, {}}, {{{"b", kU8}}, {}}), "expected parameter named `b`, found `a`");
  EXPECT_EQ(Of({{}, kU8}, {{}, kU32}),
            "type mismatch with result type: expected primitive `u32` found primitive `u8`");
}

TEST_F(MismatchTest, LongWaysAreCut) {
  const std::string label(1000, 'a');
  ValType found = kU8, expected = kU32;
  for (int depth = 0; depth < 50; ++depth) {
    found = Type(TypeKind::kRecord, {found}, {label});
    expected = Type(TypeKind::kRecord, {expected}, {label});
  }
  EXPECT_LT(Of(found, expected).size(), 3000u);
}

TEST_F(MismatchTest, CoreTypesAreWrittenAsText) {
  vm::TypeStore store;
  const auto func = [&](vm::FuncType type) {
    return vm::ResolvedImportType(std::in_place_index<0>, *store.InternFunc(std::move(type)));
  };
  EXPECT_EQ(CoreDifference(store, func({{vm::ValType::kI32}, {vm::ValType::kI64}}), func({})),
            "expected: (func), found: (func (param i32) (result i64))");
  EXPECT_EQ(CoreDifference(store, vm::GlobalType{vm::ValType::kI32}, func({})),
            "expected func, found global");
  EXPECT_EQ(CoreDifference(store, vm::MemoryType{{1, 0, false}}, vm::MemoryType{{2, 0, false}}),
            "mismatch in memory limits");
}

}  // namespace
}  // namespace tenon::abi
