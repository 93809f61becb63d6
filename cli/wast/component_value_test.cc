#include "cli/wast/component_value.h"

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace tenon::cli {
namespace {

using abi::TypeDef;
using abi::TypeKind;
using abi::ValType;
using abi::Value;

class ComponentValueTest : public testing::Test {
 protected:
  Result<Value> Parse(absl::string_view text, ValType type) {
    vm::Lexer lexer(text);
    return ParseComponentValue(lexer, types_, type);
  }
  ValType Type(TypeKind kind, std::vector<ValType> inner,
               std::vector<absl::string_view> labels = {}) {
    return *types_.Intern(TypeDef{kind, std::move(labels), std::move(inner), {}});
  }

  abi::TypeTable types_;
};

TEST_F(ComponentValueTest, ParsesEveryKind) {
  const ValType u8 = TypeKind::kU8, string = TypeKind::kString;
  const struct {
    ValType type;
    const char* text;
    Value value;
  } rows[] = {
      {TypeKind::kBool, "(bool.const true)", Value::Bits(1)},
      {TypeKind::kS8, "(s8.const -1)", Value::Bits(~uint64_t{0})},
      {TypeKind::kU64, "(u64.const 0xffffffffffffffff)", Value::Bits(~uint64_t{0})},
      {TypeKind::kF32, "(f32.const nan:canonical)", Value::Bits(0x7fc00000)},
      {TypeKind::kChar, "(char.const \"\\u{1f370}\")", Value::Bits(0x1f370)},
      {string, "(str.const \"a b\")", Value::Text("a b")},
      {Type(TypeKind::kList, {u8}), "(list.const (u8.const 1) (u8.const 2))",
       Value::Items({Value::Bits(1), Value::Bits(2)})},
      {Type(TypeKind::kTuple, {u8, string}), "(tuple.const (u8.const 1) (str.const \"\"))",
       Value::Items({Value::Bits(1), Value::Text("")})},
      {Type(TypeKind::kRecord, {u8, u8}, {"a", "b"}),
       "(record.const (field \"a\" u8.const 1) (field \"b\" u8.const 2))",
       Value::Items({Value::Bits(1), Value::Bits(2)})},
      {Type(TypeKind::kFlags, {}, {"a", "b", "c"}), "(flags.const \"a\" \"c\")", Value::Bits(5)},
      {Type(TypeKind::kEnum, {}, {"a", "b"}), "(enum.const \"b\")", Value::Case(1)},
      {Type(TypeKind::kVariant, {u8, ValType()}, {"a", "b"}), "(variant.const \"a\" (u8.const 7))",
       Value::Case(0, Value::Bits(7))},
      {Type(TypeKind::kOption, {u8}), "(option.none)", Value::Case(0)},
      {Type(TypeKind::kOption, {u8}), "(option.some (u8.const 7))", Value::Case(1, Value::Bits(7))},
      {Type(TypeKind::kResult, {ValType(), u8}), "(result.ok)", Value::Case(0)},
  };
  for (const auto& row : rows) {
    const Result<Value> value = Parse(row.text, row.type);
    ASSERT_TRUE(value) << row.text << ": " << value.error().ToString();
    EXPECT_EQ(*value, row.value) << row.text;
  }
}

TEST_F(ComponentValueTest, RefusesWhatIsNotOfTheType) {
  EXPECT_EQ(Parse("(u8.const 256)", TypeKind::kU8).error().message(), "constant out of range");
  EXPECT_EQ(Parse("(u16.const 1)", TypeKind::kU8).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(Parse("(char.const \"ab\")", TypeKind::kChar).error().message(),
            "not a single character");
  const ValType either = Type(TypeKind::kEnum, {}, {"a", "b"});
  EXPECT_EQ(Parse("(enum.const \"c\")", either).error().kind(), ErrorKind::kUsage);
}

}  // namespace
}  // namespace tenon::cli
