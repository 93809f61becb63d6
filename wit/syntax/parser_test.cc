#include "wit/syntax/parser.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "wit/syntax/limits.h"

namespace tenon::wit {
namespace {

std::string ErrorOf(absl::string_view text) {
  const Result<ast::Document> document = ParseWit(text);
  return document ? "none" : document.error().ToString();
}

std::string InInterface(absl::string_view items) {
  return absl::StrCat("package a:b; interface i {", items, "}");
}

TEST(ParseWit, TakesEveryKindOfItem) {
  constexpr absl::string_view kText = R"(
    package wasi:http@1.0.0-rc.1+b2;
    use wasi:io/streams@0.2.0-rc.1 as s;
    package x:y@1.2.3 { interface inner { use a:b/c@1.0.0.{t, u as v}; } }
    @since(version = 0.2.0) @deprecated(version = 0.3.0)
    interface i {
      type t = tuple<u8, list<string, 4>, option<result>, result<_, char>, result<bool, f32>>;
      record r { a: map<string, own<r2>>, %type: error-context }
      variant v { none, some(future<stream<u8>>), }
      flags f { a, b }
      enum e { HTTP-x, }
      resource r2 {
        @unstable(feature = more) constructor(x: u32) -> result<r2>;
        m: async func(x: borrow<r2>,) -> future;
        s: static async func() -> stream;
      }
      resource empty;
      f: func();
    }
    world w {
      include a:b/w2@1.0.0 with { a as b };
      include w3;
      @external-id("x\"y") import f:func();
      import a:b/c; export c: i; export d: interface { f: func(); }
      import i;
      use i.{t};
      type x = u32;
    })";
  const Result<ast::Document> document = ParseWit(kText);
  ASSERT_TRUE(document) << document.error().ToString();
  EXPECT_EQ(document->items.size(), 5u);
}

TEST(ParseWit, ColonsInOnePieceNameAPackage) {
  const auto parsed = ParseWit("world w { import a:b/c; import a: b; import f:func(); }");
  ASSERT_TRUE(parsed);
  const auto& items = std::get<ast::World>(parsed->items[0].what).body.items;
  EXPECT_FALSE(std::get<ast::Extern>(items[0].what).name);
  EXPECT_EQ(std::get<ast::Extern>(items[1].what).name->text, "a");
  EXPECT_EQ(std::get<ast::Extern>(items[2].what).name->text, "f");
}

TEST(ParseWit, DocsAreTheCommentsThatSaySo) {
  constexpr absl::string_view kText =
      "/// One\n// not this\n//// nor this\n///  two\n/** three\n * four\n */\ninterface i {}";
  const auto parsed = ParseWit(kText);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(DocsOf(*parsed, parsed->items[0].head), "One\n two\nthree\nfour");
}

struct Mistake {
  absl::string_view text;
  absl::string_view error;
};

TEST(ParseWit, SaysWhatItExpectedAndFound) {
  constexpr Mistake kMistakes[] = {
      {"interfce i {}",
       "1:1: expected 'package', 'use', 'interface' or 'world', found 'interfce'; did you mean "
       "'interface'?"},
      {"interface i {\n  recrd r {}\n}",
       "2:9: expected ':' after the function's name 'recrd' (or is it 'record'?), found 'r'"},
      {"interface func {}",
       "1:11: expected the interface's name, found the keyword 'func'; as a name it is written "
       "'%func'"},
      {"interface i {\n  f: func()\n}", "3:1: expected ';' after the function, found '}'"},
      {"interface i {\n\n", "3:1: expected '}' for the '{' of line 1, found the end of the file"},
      {"}", "1:1: expected 'package', 'use', 'interface' or 'world', found '}'"},
      {"package a:b@1.0;", "1:13: expected a version as in '1.2.3', found '1.0'"},
      {"package a:b:c;", "1:12: not supported by this version: nested namespaces and packages"},
      {"world w { import a:b; }",
       "1:21: expected '/' and a name of what is in the package 'a:b', found ';'"},
      {"interface Aa-bC {}",
       "1:11: 'Aa-bC' is no name; expected words of letters and digits, each of one case and "
       "joined by '-', as in 'red-XML-2go'"},
      {"interface my_record {}",
       "1:11: 'my_record' is no name; expected words of letters and digits, each of one case and "
       "joined by '-', as in 'red-XML-2go'"},
      {"interface i { type t = list<u8, 0>; }",
       "1:33: expected the list's length, from 1 to 2^32-1, found '0'"},
      {"interface i { type t = map<f32, u8>; }",
       "1:28: a map's key is an integer, 'char', 'bool' or 'string'"},
      {"interface i { record r {} }",
       "1:22: the record 'r' is empty; expected at least one name in it"},
      {"/* /* */", "1:1: this comment is not closed; expected '*/'"},
      {"world w { @external-id(\"a) }", "1:24: this string is not closed; expected '\"'"},
      {"interface i { $ }", "1:15: unexpected character '$'"},
      {"// \u202e", "1:4: the character U+202E may not stand in a WIT file"},
      {"// \xff", "1:4: this is not UTF-8"},
      {"interface i { @sinse(version = 1.0.0) f: func(); }",
       "1:16: expected 'since', 'unstable', 'deprecated' or 'external-id' after '@', found "
       "'sinse'"},
  };
  for (const Mistake& mistake : kMistakes) EXPECT_EQ(ErrorOf(mistake.text), mistake.error);
}

TEST(ParseWit, SaysHowAKeywordBecomesAName) {
  constexpr Mistake kMistakes[] = {
      {"interface i { list: func(); }",
       "1:15: expected a function's name, 'use' or a type ('record', 'variant', 'enum', 'flags', "
       "'resource', 'type'), found the keyword 'list'; as a name it is written '%list'"},
      {"interface i { type: func(); }",
       "1:15: expected a function's name, found the keyword 'type'; as a name it is written "
       "'%type'"},
      {"interface i { use: func(); }",
       "1:15: expected a function's name, found the keyword 'use'; as a name it is written '%use'"},
      {"interface i { resource r { constructor: func(); } }",
       "1:28: expected a function's name, found the keyword 'constructor'; as a name it is written "
       "'%constructor'"},
  };
  for (const Mistake& mistake : kMistakes) EXPECT_EQ(ErrorOf(mistake.text), mistake.error);
  EXPECT_EQ(ErrorOf("interface i { %list: func(); %type: func(); %use: func(); }"), "none");
}

TEST(ParseWit, SaysWhatItHasForTypesOfOtherLanguages) {
  constexpr Mistake kMistakes[] = {
      {"interface i { type t = vec<u8>; }",
       "1:24: there is no type 'vec<...>'; WIT has 'list<...>', as in 'list<u8>'"},
      {"interface i { type t = mine<u8>; }", "1:24: there is no type 'mine<...>'"},
      {"interface i { type t = u8[]; }",
       "1:26: unexpected character '['; WIT has 'list<...>', as in 'list<u8>'"},
      {"interface i { type t = String; }",
       "1:24: 'String' is no name; expected words of letters and digits, each of one case and "
       "joined by '-', as in 'red-XML-2go'; WIT has 'string'"},
  };
  for (const Mistake& mistake : kMistakes) EXPECT_EQ(ErrorOf(mistake.text), mistake.error);
}

TEST(ParseWit, LimitsHowDeepTypesNest) {
  const auto nested = [](uint32_t depth) {
    std::string type;
    for (uint32_t i = 0; i < depth; ++i) type += "list<";
    return InInterface(absl::StrCat("type t = ", type, "u8", std::string(depth, '>'), ";"));
  };
  EXPECT_EQ(ErrorOf(nested(kMaxTypeNesting - 1)), "none");
  EXPECT_EQ(ErrorOf(nested(kMaxTypeNesting)), "1:536: types nest more than 100 deep");
  EXPECT_NE(ErrorOf(std::string(1'000'000, '{')), "none");
  EXPECT_NE(ErrorOf(InInterface(absl::StrCat("type t = ", std::string(1'000'000, '<')))), "none");
}

TEST(ParseWit, LimitsTheSizeOfAText) {
  const auto named = [](size_t size) {
    return absl::StrCat("package a:", std::string(size, 'b'), ";");
  };
  EXPECT_EQ(ErrorOf(named(kMaxNameBytes)), "none");
  EXPECT_EQ(ErrorOf(named(kMaxNameBytes + 1)), absl::StrCat("1:11: a name may have ", kMaxNameBytes,
                                                            " bytes, not ", kMaxNameBytes + 1));
  EXPECT_EQ(ErrorOf(std::string(kMaxWitBytes, ' ')), "none");
  EXPECT_EQ(ErrorOf(std::string(kMaxWitBytes + 1, ' ')),
            "a WIT file may have 16777216 bytes, not 16777217");
}

}  // namespace
}  // namespace tenon::wit
