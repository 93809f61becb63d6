#include "abi/text/parse.h"

#include <string>

#include "abi/binary/decode.h"
#include "abi/binary/names.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace tenon::abi {
namespace {

using syntax::RootComponent;

// The component, decoded from what the text stands for.
std::unique_ptr<const RootComponent> Parse(absl::string_view text) {
  Result<std::vector<uint8_t>> bytes = ParseComponent(text);
  if (!bytes) {
    ADD_FAILURE() << text << ": " << bytes.error().ToString();
    return nullptr;
  }
  auto component = DecodeComponent(*std::move(bytes));
  if (component) return *std::move(component);
  ADD_FAILURE() << text << ": " << component.error().ToString();
  return nullptr;
}

std::string ErrorOf(absl::string_view text) {
  const Result<std::vector<uint8_t>> bytes = ParseComponent(text);
  return bytes ? "" : bytes.error().message();
}

template <typename T>
const T& Get(const RootComponent& component, size_t index) {
  return std::get<T>(component.definitions[index].def);
}

TEST(ParseComponentTest, TakesAnEmptyComponentAndOneWithoutParentheses) {
  EXPECT_EQ(Parse("(component)")->definitions.size(), 0u);
  EXPECT_EQ(Parse("(type u8) (type string)")->definitions.size(), 2u);
}

TEST(ParseComponentTest, TakesBytes) {
  const auto component = Parse(R"((component binary "\00asm" "\0d\00\01\00"))");
  EXPECT_EQ(component->definitions.size(), 0u);
}

TEST(ParseComponentTest, DefinesInlineTypesBeforeTheTypeThatUsesThem) {
  const auto component = Parse(R"((type $t (record (field "a" (list (option u8))))))");
  ASSERT_GE(component->definitions.size(), 3u);
  const auto& option = Get<syntax::TypeDef>(*component, 0);
  const auto& list = Get<syntax::TypeDef>(*component, 1);
  const auto& record = Get<syntax::TypeDef>(*component, 2);
  EXPECT_TRUE(std::holds_alternative<syntax::OptionType>(option));
  EXPECT_EQ(std::get<TypeIdx>(std::get<syntax::ListType>(list).element), TypeIdx(0));
  EXPECT_EQ(std::get<TypeIdx>(std::get<syntax::RecordType>(record).fields[0].type), TypeIdx(1));
}

TEST(ParseComponentTest, WritesAliasesForExportsNamedInPlace) {
  const auto component = Parse(R"(
    (import "i" (instance $i (export "n" (instance (export "f" (func))))))
    (export "g" (func $i "n" "f")))");
  ASSERT_GE(component->definitions.size(), 5u);
  const auto& inner = Get<syntax::Alias>(*component, 2);
  const auto& func = Get<syntax::Alias>(*component, 3);
  EXPECT_EQ(inner.sort, Sort::kInstance);
  EXPECT_EQ(func.instance, 1u);
  EXPECT_EQ(func.name, "f");
  EXPECT_EQ(Get<syntax::Export>(*component, 4).item.index, 0u);
}

TEST(ParseComponentTest, WritesOneAliasForAnIdentifierOfAnEnclosingComponent) {
  const auto component = Parse(R"(
    (type $t (record (field "a" u8)))
    (component (import "a" (func (param "x" $t) (result $t)))))");
  const auto* nested = Get<const syntax::Component*>(*component, 1);
  ASSERT_EQ(nested->definitions.size(), 3u);
  const auto& alias = std::get<syntax::Alias>(nested->definitions[0].def);
  EXPECT_EQ(alias.target, syntax::Alias::Target::kOuter);
  EXPECT_EQ(alias.outer_count, 1u);
  EXPECT_EQ(alias.outer_index, 0u);
}

// `(core type ...)` are the bytes.
std::vector<uint8_t> TypeSection(absl::string_view text) {
  const auto bytes = ParseComponent(text);
  constexpr size_t kPreamble = 8;
  return bytes ? std::vector<uint8_t>(bytes->begin() + kPreamble, bytes->end())
               : std::vector<uint8_t>();
}

TEST(ParseComponentTest, EncodesCoreTypes) {
  using Section = std::vector<uint8_t>;
  EXPECT_EQ(TypeSection("(core type (array (mut i8)))"), (Section{3, 4, 1, 0x5e, 0x78, 1}));
  EXPECT_EQ(TypeSection("(core type (sub (struct)))"), (Section{3, 6, 1, 0, 0x50, 0, 0x5f, 0}));
  EXPECT_EQ(TypeSection("(core rec (type (sub (struct))))"),
            (Section{3, 7, 1, 0x4e, 1, 0x50, 0, 0x5f, 0}));
  EXPECT_EQ(TypeSection("(core rec)"), (Section{3, 3, 1, 0x4e, 0}));
  EXPECT_EQ(TypeSection("(core type (module (rec (type (struct)))))"),
            (Section{3, 8, 1, 0x50, 1, 1, 0x4e, 1, 0x5f, 0}));
}

// The alias has index 0, and moves those of the group.
TEST(ParseComponentTest, WritesAliasesBeforeTheGroupThatNamesEnclosingTypes) {
  const auto component = Parse(R"((core type $outer (struct)) (component
    (core rec (type $a (array (ref $b))) (type $b (struct (field (ref $outer) (ref $a) (ref $outer)))))
    (core type $c (func (param (ref $outer) (ref $b) (ref $c))))))");
  const auto* nested = Get<const syntax::Component*>(*component, 1);
  ASSERT_GE(nested->definitions.size(), 3u);
  EXPECT_EQ(std::get<syntax::Alias>(nested->definitions[0].def).outer_count, 1u);
  const auto type = [&](size_t i) -> const syntax::CoreTypeDef& {
    return std::get<syntax::CoreTypeDef>(nested->definitions[i].def);
  };
  const std::vector<uint8_t> group = {0x4e, 2, 0x5e, 0x64, 2, 0,  // $a: (ref 2)
                                      0x5f, 3, 0x64, 0,    0, 0x64, 1, 0, 0x64, 0, 0};
  EXPECT_EQ(std::get<syntax::CoreRecType>(type(1)).bytes, absl::MakeConstSpan(group));
  std::vector<uint32_t> params;
  for (const vm::ValType param : std::get<syntax::CoreFuncType>(type(2)).params) {
    params.push_back(param.heap().index());
  }
  EXPECT_EQ(params, (std::vector<uint32_t>{0, 2, 3}));
}

TEST(ParseComponentTest, TellsWhereACoreTypeIsWrong) {
  const auto error = ParseComponent("(component\n (core rec (type (struct))\n  (type (module))))");
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().ToString(), "3:10: unexpected token module");
}

TEST(ParseComponentTest, KeepsIdentifiersAsNames) {
  const auto component =
      Parse("(component $c (core module $m) (core instance $i (instantiate $m)))");
  EXPECT_EQ(ComponentName(*component, *component), "c");
  EXPECT_EQ(NameOf(*component, *component, {Sort::kCoreInstance, 0}), "i");
}

TEST(ParseComponentTest, KeepsNamesThatNoIdentifierStandsFor) {
  const auto component = Parse(R"((component (@name "c d")
    (core module $m (@name "its own")) (import "f" (func (@name "g"))) (type $t (@name "u") u8)))");
  EXPECT_EQ(ComponentName(*component, *component), "c d");
  EXPECT_EQ(NameOf(*component, *component, {Sort::kCoreModule, 0}), "m");
  EXPECT_EQ(NameOf(*component, *component, {Sort::kFunc, 0}), "g");
  EXPECT_EQ(NameOf(*component, *component, {Sort::kType, 1}), "u");
}

TEST(ParseComponentTest, WritesCanonicalOptionsInTheirOrder) {
  const auto component = Parse(R"(
    (core module $m (memory (export "mem") 1) (func (export "f") (param i32 i32))
      (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m))
    (func (export "f") (param "s" string)
      (canon lift (core func $i "f") string-encoding=utf16 (memory $i "mem")
        (realloc (func $i "r")))))");
  const syntax::CanonLift* lift = nullptr;
  for (const auto& definition : component->definitions) {
    const auto* canon = std::get_if<syntax::Canon>(&definition.def);
    if (canon != nullptr) lift = std::get_if<syntax::CanonLift>(canon);
  }
  ASSERT_NE(lift, nullptr);
  ASSERT_EQ(lift->options.size(), 3u);
  EXPECT_EQ(lift->options[0].kind, syntax::CanonOption::Kind::kUtf16);
  EXPECT_EQ(lift->options[2].index, 1u);
}

TEST(ParseComponentTest, SaysWhatIsWrong) {
  EXPECT_EQ(ErrorOf("(component (type $t))"), "unexpected token )");
  EXPECT_EQ(ErrorOf("(component (type (list $t)))"), "unknown type $t");
  EXPECT_EQ(ErrorOf("(component (type $t u8) (type $t u8))"), "duplicate type $t");
  EXPECT_EQ(ErrorOf(R"((import "x" (func $x)) (component (export "x" (func $x))))"),
            "outer item `x` is not a module, type, or component");
  EXPECT_EQ(ErrorOf("(component (core module (func i32.add2)))"), "unknown operator i32.add2");
  EXPECT_EQ(ErrorOf("(component"), "unexpected token: end of text");
}

TEST(ParseComponentTest, LimitsNesting) {
  std::string components, types;
  for (int i = 0; i < 100'000; ++i) {
    components += "(component ";
    types += "(list ";
  }
  EXPECT_EQ(ErrorOf(components), "more than 200 levels of nesting");
  EXPECT_EQ(ErrorOf(absl::StrCat("(type ", types)), "more than 200 levels of nesting");
}

}  // namespace
}  // namespace tenon::abi
