#include "abi/binary/decode.h"

#include <gtest/gtest.h>

#include "abi/binary/bytes_for_test.h"
#include "abi/syntax/limits.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

std::string ErrorOf(Bytes bytes) {
  const auto result = DecodeComponent(std::move(bytes));
  return result ? "" : result.error().message();
}

TEST(DecodeTest, EmptyComponentHasNoDefinitions) {
  const auto component = DecodeComponent(Component({}));
  ASSERT_TRUE(component);
  EXPECT_TRUE((*component)->definitions.empty());
}

TEST(DecodeTest, TellsComponentsFromModules) {
  EXPECT_TRUE(IsComponent(Component({})));
  EXPECT_FALSE(IsComponent(Module({})));
  EXPECT_FALSE(IsComponent(Bytes{0x00, 'a', 's'}));
  EXPECT_EQ(ErrorOf(Module({})),
            "unknown binary version: expected a version header for a component");
  EXPECT_EQ(ErrorOf({'h', 'e', 'l', 'l', 'o'}), "magic header not detected");
}

TEST(DecodeTest, KeepsDefinitionsInOrder) {
  const auto component = DecodeComponent(Component(
      {Section(7, {{0x7f}}), Blob(1, Module({})), Section(7, {{0x70, 0x7d}, {0x6b, 0x00}})}));
  ASSERT_TRUE(component);
  const auto& definitions = (*component)->definitions;
  ASSERT_EQ(definitions.size(), 4u);
  EXPECT_TRUE(std::holds_alternative<syntax::CoreModule>(definitions[1].def));
  const auto& option = std::get<syntax::OptionType>(std::get<syntax::TypeDef>(definitions[3].def));
  EXPECT_EQ(std::get<TypeIdx>(option.type), TypeIdx(0));
}

TEST(DecodeTest, GatedFormsDecode) {
  EXPECT_EQ(ErrorOf(Component(
                {Section(7, {{0x66, 0x01, 0x7d}, {0x67, 0x7d, 0x04}, {0x63, 0x7d, 0x7d}})})),
            "");
  EXPECT_EQ(ErrorOf(Component({Section(8, {{0x20, 0x00, 0x00}, {0x09, 0x01, 0x00, 0x00}})})), "");
}

TEST(DecodeTest, CountsAreNotBelieved) {
  EXPECT_EQ(ErrorOf(Component({Blob(7, {0xff, 0xff, 0x0f})})), "unexpected end-of-file");
  EXPECT_EQ(ErrorOf(Component({Blob(7, {0x80, 0x80, 0x40})})),
            "too many types: 1048576, the limit is 1000000");
  EXPECT_EQ(ErrorOf(Component({Section(7, {{0x6f, 0x83, 0x10, 0x7f, 0x7f}})})),
            "unexpected end-of-file");
  EXPECT_EQ(ErrorOf(Component({Blob(7, {0x01, 0x7f, 0x7f})})), "section size mismatch");
}

std::string DescribedErrorOf(Bytes bytes) {
  const auto result = DecodeComponent(std::move(bytes));
  return result ? "" : result.error().ToString();
}

TEST(DecodeTest, SaysWhereAFailureIsAndWhatWasExpected) {
  const Bytes nested = Component({Section(7, {{0x7f}}), Section(7, {{0x7f}, {0x01}})});
  EXPECT_EQ(DescribedErrorOf(Component({Blob(4, Component({})), Blob(4, nested)})),
            "invalid leading byte (0x1) for component defined type (at offset 0x24)\n"
            "  at:         component 1 > type section at 0x20 > item 1");
  EXPECT_EQ(DescribedErrorOf(Component({Blob(10, {0x02, 0x00, 0x01, 'f', 0x01})})),
            "unexpected end-of-file (at offset 0xf)\n"
            "  at:         import section at 0x8 > item 0\n"
            "  - expected: 2 items\n"
            "  + found:    the section's end");
  EXPECT_EQ(DescribedErrorOf(Component({Blob(7, {0x01, 0x7f, 0x7f})})),
            "section size mismatch (at offset 0xc)\n"
            "  at:         type section at 0x8\n"
            "  - expected: the section's end\n"
            "  + found:    1 byte before it");
  EXPECT_EQ(DescribedErrorOf(Component({{0x06, 0x05, 0x00}})),
            "unexpected end-of-file (at offset 0xa)\n"
            "  at:         alias section at 0x8\n"
            "  - expected: a section of 5 bytes\n"
            "  + found:    1 byte");
  EXPECT_EQ(DescribedErrorOf(Component({Blob(4, Component({{0x1f}}))})),
            "malformed section id: 31 (at offset 0x12)\n"
            "  at:         component 0\n"
            "  - expected: the id of a section, 0 to 12\n"
            "  + found:    31");
  EXPECT_EQ(DescribedErrorOf(Component({Blob(4, {0x00, 'a', 's'})})),
            "unexpected end-of-file (at offset 0xa)\n"
            "  at:         component 0\n"
            "  - expected: a component: 00 61 73 6d 0d 00 01 00\n"
            "  + found:    00 61 73");
}

// Components nested `depth` times inside the root.
Bytes Nested(int depth) {
  Bytes bytes = Component({});
  for (int i = 0; i < depth; ++i) bytes = Component({Blob(4, bytes)});
  return bytes;
}

TEST(DecodeTest, NestingHasALimit) {
  EXPECT_EQ(ErrorOf(Nested(100)), "");
  EXPECT_EQ(ErrorOf(Nested(101)), "components are nested too deeply");
}

TEST(DecodeTest, TypeNestingHasALimit) {
  Bytes type = {0x42, 0x00};
  for (int i = 0; i < 100; ++i) type = Cat({{0x42, 0x01, 0x01}, type});
  EXPECT_EQ(ErrorOf(Component({Section(7, {type})})), "");
  type = Cat({{0x42, 0x01, 0x01}, type});
  EXPECT_EQ(ErrorOf(Component({Section(7, {type})})), "types are nested too deeply");
}

// What repeats in a definition or a section, as often as the limit says and once more.
struct CountLimit {
  const char* what;
  uint32_t limit;
  uint8_t section;
  Bytes before;  // of the count, in the section
  Bytes item;
  Bytes after = {};
};
const Bytes kNameA = ExternName("a");
const CountLimit kCountLimits[] = {
    {"core instances", kMaxInstances, 2, {}, {0x00, 0x00, 0x00}},
    {"instances", kMaxInstances, 5, {}, {0x00, 0x00, 0x00}},
    {"aliases", kMaxTypes, 6, {}, {0x01, 0x00, 0x00, 0x01, 'a'}},
    // Long enough to be worth what a million of them take.
    {"types", kMaxTypes, 7, {}, Cat({{0x40, 0x01, 0x08}, Bytes(8, 'a'), {0x7f, 0x01, 0x00}})},
    {"canons", kMaxFunctions, 8, {}, {0x00, 0x00, 0x00, 0x00, 0x00}},
    {"imports", kMaxImports, 10, {}, Cat({kNameA, {0x01, 0x00}})},
    {"exports", kMaxExports, 11, {}, Cat({kNameA, {0x01, 0x00, 0x00}})},
    {"parameters", kMaxParams, 7, {0x01, 0x40}, {0x01, 'a', 0x7f}, {0x01, 0x00}},
    {"record fields", kMaxFields, 7, {0x01, 0x72}, {0x01, 'a', 0x7f}},
    {"variant cases", kMaxFields, 7, {0x01, 0x71}, {0x01, 'a', 0x00, 0x00}},
    {"tuple types", kMaxFields, 7, {0x01, 0x6f}, {0x7f}},
    {"enum cases", kMaxFields, 7, {0x01, 0x6d}, {0x01, 'a'}},
};

TEST(DecodeTest, CountsHaveLimits) {
  for (const CountLimit& row : kCountLimits) {
    const auto error = [&](uint32_t count) {
      Bytes content = row.before;
      AppendVarU32(count, &content);
      for (uint32_t i = 0; i < count; ++i) {
        content.insert(content.end(), row.item.begin(), row.item.end());
      }
      content.insert(content.end(), row.after.begin(), row.after.end());
      return ErrorOf(Component({Blob(row.section, content)}));
    };
    EXPECT_EQ(error(row.limit), "") << row.what;
    EXPECT_EQ(error(row.limit + 1), absl::StrCat("too many ", row.what, ": ", row.limit + 1,
                                                 ", the limit is ", row.limit));
  }
}

}  // namespace
}  // namespace tenon::abi
