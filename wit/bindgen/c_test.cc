#include "wit/bindgen/c.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "wit/bindgen/c_names.h"
#include "wit/resolve/find_world.h"
#include "wit/resolve/source_groups_for_test.h"

namespace tenon::wit {
namespace {

// The world `w`'s.
Result<CBindings> Bind(const std::vector<SourceGroup>& groups) {
  auto packages = Resolve(groups, {.all = true});
  if (!packages) return std::unexpected(std::move(packages).error().error);
  TENON_ASSIGN_OR_RETURN(const WorldIdx world, FindWorld(*packages, "w"));
  return BindC(*packages, world, {});
}
Result<CBindings> Bind(absl::string_view text) { return Bind({Root({{"x", std::string(text)}})}); }

std::string HeaderOf(absl::string_view text) {
  const auto bindings = Bind(text);
  return bindings ? bindings->header : bindings.error().ToString();
}

void ExpectAll(absl::string_view text, std::initializer_list<absl::string_view> parts) {
  for (const absl::string_view part : parts) {
    EXPECT_TRUE(absl::StrContains(text, part)) << part << " is not in:\n" << text;
  }
}

TEST(CNames, AreNoKeywordsAndDiffer) {
  EXPECT_EQ(SnakeCase("read-via-XML"), "read_via_xml");
  EXPECT_EQ(ShoutCase("read-via-XML"), "READ_VIA_XML");
  for (const char* taken : {"alignas", "int", "class", "ret", "xor-eq", "uint8-t"}) {
    EXPECT_EQ(CIdentifier(taken), SnakeCase(taken) + "_");
  }
  EXPECT_EQ(CIdentifier("integer"), "integer");
  CNames names;
  EXPECT_EQ(names.Claim("a"), "a");
  EXPECT_EQ(names.Claim("a_2"), "a_2");
  EXPECT_EQ(names.Claim("a"), "a_3");
}

TEST(BindC, TellsApartWhatWouldHaveOneName) {
  const std::string header = HeaderOf(
      "package a:b; interface i { type c = u8; type b-c = u8; type a = u8; type a-b = u8;"
      "f: func(x: result<a, b-c>, y: result<a-b, c>, x-y: u8) -> u8; f-free: func(); "
      "type list-u8 = u8; g: func(x: list<list-u8>, ret: u8, int: u8); }"
      "world w { import i; import string-dup: func(); }");
  ExpectAll(header, {"} a_b_i_result_a_b_c_t;", "} a_b_i_result_a_b_c_t_2;",
                     "typedef uint8_t a_b_i_list_u8_t;", "} a_b_i_list_list_u8_t;",
                     "uint8_t ret_, uint8_t int_);", "void w_string_dup_2(void);"});
}

TEST(BindC, NamesVersionsWhereThereAreSeveral) {
  const auto of_version = [](absl::string_view version) {
    return Dependency(absl::StrCat("package c:d@", version, "; interface i { f: func(); }"));
  };
  const SourceGroup one = Root({{"x", "package a:b; world w { import c:d/i@0.1.0; }"}});
  const SourceGroup two =
      Root({{"x", "package a:b; world w { import c:d/i@0.1.0; import c:d/i@0.2.0-rc.1; }"}});
  ExpectAll(Bind({one, of_version("0.1.0")})->header, {"void c_d_i_f(void);"});
  ExpectAll(Bind({two, of_version("0.1.0"), of_version("0.2.0-rc.1")})->header,
            {"void c_d_0_1_0_i_f(void);", "void c_d_0_2_0_rc_1_i_f(void);"});
}

TEST(BindC, TakesTheTypesOfTheSideItIsOn) {
  const std::string header = HeaderOf(
      "package a:b; interface i { record r { x: u8 } resource s; }"
      "interface j { use i.{r as q, s}; f: func(x: q, y: borrow<s>) -> s; }"
      "interface k { use i.{s}; f: func(x: borrow<s>); }"
      "world w { import j; export j; export i; }");
  ExpectAll(header, {"typedef a_b_i_r_t a_b_j_q_t;", "typedef exports_a_b_i_r_t exports_a_b_j_q_t;",
                     "typedef a_b_i_own_s_t a_b_j_own_s_t;",
                     "typedef exports_a_b_i_borrow_s_t exports_a_b_j_borrow_s_t;",
                     "typedef exports_a_b_i_s_t *exports_a_b_i_borrow_s_t;"});
}

TEST(BindC, KeepsDocumentationWithinItsLine) {
  const std::string header = HeaderOf(
      "package a:b; world w { /// ends in \\\n/// and \?\?/\n/// two\rthree\nimport f: func(); }");
  ExpectAll(header, {"/// ends in \\ .\n/// and \?\?/ .\n/// two three\nvoid w_f(void);"});
}

TEST(BindC, RefusesByName) {
  constexpr std::pair<absl::string_view, absl::string_view> kRefused[] = {
      {"interface i { f: async func(); } world w { import i; }", "a:b/i#f: it is async"},
      {"interface i { resource r { m: func(x: stream<u8>); } } world w { export i; }",
       "a:b/i#[method]r.m: it has a stream"},
      {"interface i { type t = list<future>; } world w { import i; }", "a:b/i#t: it has a future"},
      {"world w { export f: func() -> result<_, error-context>; }", "f: it has an error-context"},
      {"interface i { type t = list<list<u64, 100000>, 100000>; } world w { import i; }",
       "a:b/i#t: a value of it is larger than values may be"},
  };
  for (const auto& [text, error] : kRefused) {
    const auto bindings = Bind(absl::StrCat("package a:b;", text));
    ASSERT_FALSE(bindings) << text;
    EXPECT_EQ(bindings.error().kind(), ErrorKind::kLimit);
    EXPECT_EQ(bindings.error().ToString().substr(0, error.size()), error);
  }
}

TEST(BindC, LimitsWhatManyImportsOfOneInterfaceCost) {
  std::string text = "package a:b; interface i { record r {";
  for (int i = 0; i < 10'000; ++i) absl::StrAppend(&text, "field", i, ": u8,");
  text += "} } world w {";
  for (int i = 0; i < 101; ++i) absl::StrAppend(&text, "import i", i, ": i;");
  const auto bindings = Bind(text + "}");
  ASSERT_FALSE(bindings);
  ExpectAll(bindings.error().ToString(), {"more than 1000000 types, functions and members"});
}

}  // namespace
}  // namespace tenon::wit
