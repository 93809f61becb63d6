#include "abi/syntax/names.h"

#include <gtest/gtest.h>

#include "abi/syntax/semver.h"
#include "absl/strings/ascii.h"

namespace tenon::abi {
namespace {

TEST(NamesTest, LabelsAreKebabCase) {
  for (const char* good :
       {"a", "a-b-c", "a1-2-3", "A", "A-B-C", "A1-2-3", "a11-w0rds", "is-XML", "m1x3d-4CR0NYMS"}) {
    EXPECT_TRUE(IsLabel(good)) << good;
  }
  for (const char* bad : {"", "-", "a-", "-a", "a--b", "1-2", "aB", "a_b", "a b", "\xc3\xa9"}) {
    EXPECT_FALSE(IsLabel(bad)) << bad;
  }
}

TEST(NamesTest, WitHasKeywords) {
  for (const char* keyword : {"as", "list", "s16", "s8", "u8", "world"}) {
    EXPECT_TRUE(IsWitKeyword(keyword)) << keyword;
  }
  for (const char* name : {"", "error-context", "lists", "self"}) {
    EXPECT_FALSE(IsWitKeyword(name)) << name;
  }
}

TEST(NamesTest, ExternNamesComeApart) {
  const auto method = ParseExternName("[method]input-stream.read");
  ASSERT_TRUE(method);
  EXPECT_EQ(method->resource, "input-stream");
  EXPECT_EQ(method->label, "read");
  const auto interface = ParseExternName("wasi:io/poll@0.2.3");
  ASSERT_TRUE(interface);
  EXPECT_EQ(interface->interface, "wasi:io/poll");
  EXPECT_EQ(interface->version, "0.2.3");
  for (const char* bad : {"[method]a", "[constructor]a.b", "[foo]a", "wasi:io", "a/b", "a:b/c@1.x",
                          "a:b/c@", "A:b/c", "a:b:c/d"}) {
    EXPECT_FALSE(ParseExternName(bad)) << bad;
  }
}

TEST(NamesTest, WhatIsWrongWithANameIsSaid) {
  const struct {
    const char* name;
    const char* reason;
  } rows[] = {
      {"", "`` is not in kebab case"},
      {"aB", "`aB` is not in kebab case"},
      {"[method]a", "failed to find `.` character"},
      {"[static]a.b.c", "`b.c` is not in kebab case"},
      {"[constructor]a.b", "`a.b` is not in kebab case"},
      {"wasi:", "`` is not in kebab case"},
      {"a:b", "expected `/` after package name"},
      {"a:b:c/d", "expected `/` after package name"},
      {"a:b/c/d", "trailing characters found: `/d`"},
      {"a:b/c@", "empty string, expected a semver version"},
      {"a:b/c@1.", "unexpected end of input while parsing minor version number"},
      {"a:b/c@1.02.3", "invalid leading zero in minor version number"},
      {"a:b/c@1.2\xc3\xa9", "unexpected character '\xc3\xa9' in front of the patch version number"},
      {"a:b/c@1.2.3-", "empty identifier segment in pre-release identifier"},
      {"a:b/c@1.2.3-01", "leading zero in pre-release identifier"},
      {"a:b/c@1.2.3+a..b", "empty identifier segment in build metadata"},
      {"a:b/c@1.2.3.4", "unexpected character '.' after patch version number"},
  };
  for (const auto& row : rows) {
    EXPECT_FALSE(ParseExternName(row.name)) << row.name;
    EXPECT_EQ(WhyNoExternName(row.name), row.reason) << row.name;
  }
}

std::string UniqueForm(absl::string_view name) {
  return absl::AsciiStrToLower(UniqueForm(*ParseExternName(name), name));
}

TEST(NamesTest, UniqueFormMeetsTheSpecificationsExamples) {
  EXPECT_EQ(UniqueForm("foo-BAR"), UniqueForm("foo-bar"));
  EXPECT_EQ(UniqueForm("[method]foo.foo"), UniqueForm("foo"));
  EXPECT_EQ(UniqueForm("[static]foo-BAR.FOO-bar"), UniqueForm("foo-bar"));
  EXPECT_EQ(UniqueForm("[method]foo.bar"), UniqueForm("[static]foo.bar"));
  EXPECT_NE(UniqueForm("[constructor]foo"), UniqueForm("foo"));
}

TEST(SemverTest, AlternateKeyKeepsTheTrack) {
  EXPECT_EQ(AlternateKey("a:b/c@1.1.2"), "a:b/c@1");
  EXPECT_EQ(AlternateKey("a:b/c@0.2.7"), "a:b/c@0.2");
  EXPECT_EQ(AlternateKey("a:b/c@0.2.7+build"), "a:b/c@0.2");
  EXPECT_EQ(AlternateKey("a:b/c@0.2"), "a:b/c@0.2");
  for (const char* none : {"a:b/c@0.0.1", "a:b/c@1.0.0-rc", "a:b/c", "a:b/c@x"}) {
    EXPECT_EQ(AlternateKey(none), std::nullopt) << none;
  }
}

TEST(SemverTest, OrderIsThatOfTheSpecification) {
  const char* ordered[] = {"1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
                           "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",       "1.0.0",
                           "1.2.0",        "1.10.0"};
  for (size_t i = 0; i + 1 < std::size(ordered); ++i) {
    EXPECT_TRUE(Compare(*ParseSemver(ordered[i]), *ParseSemver(ordered[i + 1])) < 0) << ordered[i];
  }
  for (const char* bad : {"1", "1.2", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3.4", "1.2.3+"}) {
    EXPECT_FALSE(ParseSemver(bad)) << bad;
  }
}

}  // namespace
}  // namespace tenon::abi
