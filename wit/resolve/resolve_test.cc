#include "wit/resolve/resolve.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "wit/resolve/source_groups_for_test.h"
#include "wit/syntax/limits.h"

namespace tenon::wit {
namespace {

struct Mistake {
  absl::string_view text;
  absl::string_view error;
};

void ExpectErrors(absl::Span<const Mistake> mistakes, absl::string_view before) {
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(Outcome(absl::StrCat(before, "\n", mistake.text)), mistake.error) << mistake.text;
  }
}

TEST(Resolve, RefusesWhatIsNotThere) {
  constexpr Mistake kMistakes[] = {
      {"interface i { f: func(a: lst); type list-of = u8; type lsd = u8; }",
       "x:2:26: there is no type 'lst'; did you mean 'lsd'?"},
      {"interface i { f: func(a: usize); type use-size = u8; }",
       "x:2:26: there is no type 'usize'; WIT has 'u32' and 'u64'"},
      {"interface i { use typs.{a}; } interface types { type a = u8; }",
       "x:2:19: the package 'a:b@1.0.0' has no 'typs'; did you mean 'types'?"},
      {"interface i { use types.{b}; } interface types { type a = u8; }",
       "x:2:26: the interface 'types' has no type 'b'"},
      {"world w { import wasi:io/streams@0.2.0; }", "x:2:18: there is no package 'wasi:io@0.2.0'"},
      {"world w { include v with { c as d }; } world v { import cc: func(); }",
       "x:2:28: the world 'v' has no plain name 'c'; did you mean 'cc'?"},
      {"world w { import v; } world v {}", "x:2:18: expected an interface, 'v' is a world"},
      {"world w { include v; } interface v {}", "x:2:19: expected a world, 'v' is an interface"},
      {"interface i { f: func(a: borrow<t>); type t = u8; }",
       "x:2:33: expected a resource, 't' is another type"},
  };
  ExpectErrors(kMistakes, "package a:b@1.0.0;");
}

TEST(Resolve, RefusesNamesThatAreTaken) {
  constexpr Mistake kMistakes[] = {
      {"interface i {} world i {}", "x:2:22: the package has 'i' already, x:2"},
      {"interface i { type a = u8; A: func(); }", "x:2:28: the name 'A' is taken already"},
      {"interface i { record r { a: u8, A: u8 } }", "x:2:33: there is a field 'A' already"},
      {"interface i { f: func(a: u8, a: u8); }", "x:2:30: there is a parameter 'a' already"},
      {"interface i { resource r { a: func(); a: static func(); } }",
       "x:2:39: the resource 'r' has that name already"},
      {"interface i { resource r { constructor(); constructor(); } }",
       "x:2:43: the resource 'r' has a constructor already"},
      {"world w { import a: func(); import A: interface {} }",
       "x:2:36: the world imports 'A' already"},
      {"world w { import i; import i; } interface i {}", "x:2:28: the world imports 'i' already"},
      {"use i; interface i {}", "x:2:5: the file has the name 'i' already"},
      {"world w { include v; include u; } world u { import a: func(); } "
       "world v { import a: func(); }",
       "x:2:30: the world imports 'a' already; rename the one of 'u': include u with { a as "
       "another-name }"},
      {"world w { include v; include u; } world u { import a: i; } world v { import a: i; } "
       "interface i {}",
       "x:2:30: the world imports 'a' already; rename the one of 'u': include u with { a as "
       "another-name }"},
  };
  ExpectErrors(kMistakes, "package a:b;");
}

TEST(Resolve, RefusesCycles) {
  constexpr Mistake kMistakes[] = {
      {"interface i { use j.{t}; } interface j { use k.{t}; } interface k { use i.{t}; }",
       "x:2:11: the interface 'i' needs itself: i -> j -> k -> i"},
      {"world w { include v; } world v { include w; }",
       "x:2:7: the world 'w' needs itself: w -> v -> w"},
      {"interface i { record a { b: list<b> } type b = option<a>; }",
       "x:2:22: the type 'a' is part of itself"},
      {"interface i { type t = t; }", "x:2:20: the type 't' is part of itself"},
      {"interface i { use c:d/j.{t}; } interface k { type t = u8; } package c:d { interface j { "
       "type t = u8; } interface l { use a:b/k.{t}; } }",
       "x:1:9: packages need each other: a:b -> c:d -> a:b"},
  };
  ExpectErrors(kMistakes, "package a:b;");
}

TEST(Resolve, RefusesBorrowsThatOutliveTheirCall) {
  constexpr Mistake kMistakes[] = {
      {"f: func() -> list<borrow<r>>; }",
       "x:3:14: a borrow ends with its call: a result may not hold one"},
      {"f: func(a: stream<b>); record b { x: borrow<r> } }",
       "x:3:19: a borrow ends with its call: a future or stream may not hold one"},
      {"resource s { constructor() -> s; } }",
       "x:3:31: a constructor of 's' returns nothing else but 'result<s, ...>', or leaves its "
       "result out"},
      {"resource s { m: func(self: u8); } }",
       "x:3:22: a method has the parameter 'self' without being told"},
  };
  ExpectErrors(kMistakes, "package a:b;\ninterface i { resource r;");
}

TEST(Resolve, JudgesGates) {
  constexpr Mistake kMistakes[] = {
      {"@since(version = 1.0.0) @unstable(feature = f) interface i {}",
       "x:2:18: an item is '@since' or '@unstable', not both"},
      {"@deprecated(version = 1.0.0) interface i {}",
       "x:2:23: '@deprecated' needs a '@since' or '@unstable' beside it"},
      {"@since(version = 1.0.0) @since(version = 1.0.0) interface i {}",
       "x:2:18: the same gate is there twice"},
      {"world w { import i; } @since(version = 1.1.1) interface i {}",
       "x:2:18: 'i' is there since version 1.1.1 of the package, this is 'a:b@1.1.0'"},
      {"interface i { f: func(a: t); @unstable(feature = x) type t = u8; }",
       "x:2:26: the type 't' is unstable and needs the feature 'x'"},
      {"interface i { use j.{t}; } interface j { @unstable(feature = x) type t = u8; }",
       "x:2:22: the type 't' is unstable and needs the feature 'x'"},
  };
  ExpectErrors(kMistakes, "package a:b@1.1.0;");
  EXPECT_EQ(Outcome("package a:b; @since(version = 1.0.0) interface i {}"),
            "x:1:31: a gate needs a package with a version");
}

TEST(Resolve, LeavesOutWhatGatesClose) {
  constexpr absl::string_view kText =
      "package a:b@1.1.0; interface i { @since(version = 1.1.0) f: func(); @since(version = 1.2.0) "
      "g: func(); @unstable(feature = x) h: func(a: t); @unstable(feature = x) type t = u8; }";
  EXPECT_EQ(Outcome(kText),
            "package a:b@1.1.0;\n\ninterface i {\n  @since(version = 1.1.0)\n  f: func();\n}\n");
  const std::string all = Outcome(kText, {.features = {"x"}});
  EXPECT_NE(all.find("h: func(a: t);"), all.npos);
  EXPECT_EQ(Outcome(kText, {.all = true}), all);
}

TEST(Resolve, TakesFilesOfAFolderForOnePackage) {
  EXPECT_EQ(
      Outcome({Root({{"x", "interface i { use j.{t}; }"},
                     {"y", "package a:b; use c:d/k@1.0.0 as j;\ninterface l { use j.{t as u}; }"},
                     {"z", "interface j { type t = u8; }"}}),
               Dependency("package c:d@1.0.0; interface k { type t = u16; }")}),
      "package a:b;\n\ninterface i {\n  use j.{t};\n}\n\ninterface l {\n  use "
      "c:d/k@1.0.0.{t as u};\n}\n\ninterface j {\n  type t = u8;\n}\n");
  EXPECT_EQ(Outcome({Root({{"x", "package a:b;"}, {"y", "package a:c;"}})}),
            "y:1:9: this is the package 'a:c', another file beside it says 'a:b'");
  EXPECT_EQ(Outcome("interface i {}"),
            "x:1:1: expected 'package' and a name before everything else");
  EXPECT_EQ(Outcome("interface i {} package a:b;"),
            "x:1:16: 'package' stands before everything else");
}

TEST(Resolve, TakesAVersionForThatVersion) {
  const SourceGroup one = Dependency("package c:d@1.0.0; interface i {}");
  const SourceGroup two = Dependency("package c:d@1.1.0; interface i {}");
  const auto outcome = [&](absl::string_view path) {
    return Outcome(
        {Root({{"x", absl::StrCat("package a:b; world w { import ", path, "; }")}}), one, two});
  };
  EXPECT_EQ(outcome("c:d/i@1.0.0"), "package a:b;\n\nworld w {\n  import c:d/i@1.0.0;\n}\n");
  EXPECT_EQ(outcome("c:d/i"),
            "x:1:31: there is no package 'c:d'; there is 'c:d@1.0.0', 'c:d@1.1.0'");
}

TEST(Resolve, TakesAPackageTwiceIfItSaysTheSame) {
  const SourceGroup root = Root({{"x", "package a:b; interface i { f: func(a: u8); }"}});
  EXPECT_EQ(Outcome({root, Dependency("package a:b; /// docs\ninterface i{f:func(a:u8);}")}),
            Outcome({root}));
  EXPECT_EQ(Outcome({root, Dependency("package a:b; interface i {}")}),
            "dep.wit:the package 'a:b' is there twice, and differs from x");
}

// wit: "De-duplication of interfaces", "Name Conflicts and with". A type that comes by two ways is
// one, under two names.
TEST(Resolve, WorldsMayBeIncludedByTwoWays) {
  const std::string worlds =
      "package a:b; interface i {} world base { import i; export i; import f: func();"
      "  resource r { m: func(); } }"
      "world left { include base; } world right { include base; }";
  EXPECT_EQ(Outcome(worlds + "world top { include left; include right; }"),
            "x:1:200: the world imports 'r' already; rename the one of 'right': include right with "
            "{ r as another-name }");
  EXPECT_NE(Outcome(worlds + "world top { include left; include right with { r as s, f as g }; }")
                .find("world top {\n"
                      "  import i;\n"
                      "  resource r {\n    m: func();\n  }\n"
                      "  type s = r;\n"
                      "  import f: func();\n"
                      "  import g: func();\n"
                      "  export i;\n}"),
            std::string::npos);
}

TEST(Resolve, CompletesWorlds) {
  EXPECT_EQ(Outcome("package a:b; interface i { type t = u8; } interface j { use i.{t}; } "
                    "interface k { use j.{t}; } interface l { use i.{t}; }"
                    "world v { export k; export j; import g: func(); export g: func(); }"
                    "world w { use l.{t}; import f: func(a: t); include v with { g as h }; }"),
            R"(package a:b;

interface i {
  type t = u8;
}

interface j {
  use i.{t};
}

interface k {
  use j.{t};
}

interface l {
  use i.{t};
}

world v {
  import i;
  import g: func();
  export j;
  export k;
  export g: func();
}

world w {
  import i;
  import l;
  use l.{t};
  import f: func(a: t);
  import h: func();
  export j;
  export k;
  export h: func();
}
)");
}

TEST(Resolve, LeavesGatesInTheirPackage) {
  EXPECT_EQ(Outcome({Root({{"x", "package a:b; world w { include c:d/v@1.0.0; }"}}),
                     Dependency("package c:d@1.0.0; interface i {} "
                                "world v { @since(version = 1.0.0) import i; }")}),
            "package a:b;\n\nworld w {\n  import c:d/i@1.0.0;\n}\n");
}

TEST(Resolve, LimitsHowDeepTypesNest) {
  const auto nested = [](uint32_t depth) {
    std::string text = "package a:b; interface i { type t0 = list<u8>;";
    for (uint32_t i = 1; i < depth; ++i) {
      absl::StrAppend(&text, "type t", i, " = list<t", i - 1, ">;");
    }
    return Outcome(text + "}");
  };
  EXPECT_EQ(nested(kMaxTypeDepth).substr(0, 7), "package");
  EXPECT_EQ(nested(kMaxTypeDepth + 1), "x:1:2119: types nest more than 100 deep");
}

TEST(Resolve, TakesLongChainsOfAliases) {
  std::string text = "package a:b; interface i {";
  for (int i = 0; i < 100'000; ++i) absl::StrAppend(&text, "type t", i, " = t", i + 1, ";");
  EXPECT_EQ(Outcome(text + "type t100000 = u8; }").substr(0, 12), "package a:b;");
}

// Documentation is copied with what it is of, and counts.
TEST(Resolve, LimitsWhatIncludesCost) {
  const std::string docs = absl::StrCat("/// ", std::string(8'000, 'x'), "\n");
  std::string text = "package a:b; world w0 {}";
  for (int i = 1; i < 200; ++i) {
    absl::StrAppend(&text, "world w", i, " { include w", i - 1, ";\n", docs, "import fn", i,
                    ": func(); }");
  }
  const std::string outcome = Outcome(text);
  EXPECT_NE(outcome.find("resolving all includes and uses takes more than 4000000 steps"),
            outcome.npos)
      << outcome.substr(0, 100);
}

}  // namespace
}  // namespace tenon::wit
