#include "wit/syntax/format.h"

#include <gtest/gtest.h>

#include "wit/syntax/parser.h"

namespace tenon::wit {
namespace {

// Formatting twice is formatting once.
std::string Formatted(absl::string_view text) {
  const auto document = ParseWit(text);
  if (!document) return document.error().ToString();
  const std::string formatted = FormatWit(*document);
  const auto again = ParseWit(formatted);
  if (!again) return formatted + again.error().ToString();
  EXPECT_EQ(FormatWit(*again), formatted);
  return formatted;
}

TEST(FormatWit, HasOneLayout) {
  EXPECT_EQ(Formatted("package  a:b@1.0.0 ;use c:d/e;use f as g;interface i{x:func( a:u8 ,"
                      "b:own< r >)->list<u8,4>;record r{a:u8,%use:result<_,string>}flags f{a}"
                      "resource r{}resource s{constructor();m:static async func();}}"
                      "@unstable(feature=x)world w{include v with{a as b}import a:b/c;"
                      "export i:interface{}use i.{t as u};variant v{a(u8),b}}"),
            R"(package a:b@1.0.0;

use c:d/e;
use f as g;

interface i {
  x: func(a: u8, b: own<r>) -> list<u8, 4>;
  record r {
    a: u8,
    %use: result<_, string>,
  }
  flags f {
    a,
  }
  resource r;
  resource s {
    constructor();
    m: static async func();
  }
}

@unstable(feature = x)
world w {
  include v with { a as b };
  import a:b/c;
  export i: interface {}
  use i.{t as u};
  variant v {
    a(u8),
    b,
  }
}
)");
}

TEST(FormatWit, KeepsCommentsAndSingleBlankLines) {
  constexpr absl::string_view kText = R"(// First.

/// The package.
package a:b; // behind

/* before */
interface i { // behind the brace

  /// A function.
  f: func(); // behind f
  // its own line


  g: func(
    // of a
    a: u8, // behind a
    /// of b
    b: u8
  ) -> u8;

  // last
}
interface empty {
  // alone
}
// end
)";
  EXPECT_EQ(Formatted(kText), R"(// First.

/// The package.
package a:b; // behind

/* before */
interface i { // behind the brace
  /// A function.
  f: func(); // behind f
  // its own line

  g: func(
    // of a
    a: u8, // behind a
    /// of b
    b: u8,
  ) -> u8;

  // last
}

interface empty {
  // alone
}
// end
)");
}

TEST(FormatWit, MovesCommentsOutOfLinesAndDocumentsNothingByIt) {
  EXPECT_EQ(Formatted("interface i { type /// a\n t /** b */ = /* c */ u8; }"),
            "interface i {\n  // a\n  /* b */\n  /* c */\n  type t = u8;\n}\n");
  EXPECT_EQ(Formatted("interface i { @since(version = 1.0.0) /// doc\n f: func(); }"),
            "interface i {\n  /// doc\n  @since(version = 1.0.0)\n  f: func();\n}\n");
  EXPECT_EQ(Formatted("interface i { f: func(/***/) -> /// x\n u8; }"),
            "interface i {\n  f: func( /***/\n    /// x\n  ) -> u8;\n}\n");
}

TEST(FormatWit, BreaksLinesThatAreTooLong) {
  const std::string name(40, 'a');
  EXPECT_EQ(Formatted("interface i { use t.{" + name + ", b as " + name + ", c}; f: func(" + name +
                      ": u8, b: " + name + ") -> u8; }"),
            "interface i {\n  use t.{\n    " + name + ",\n    b as " + name +
                ",\n    c,\n  };\n  f: func(\n    " + name + ": u8,\n    b: " + name +
                ",\n  ) -> u8;\n}\n");
}

}  // namespace
}  // namespace tenon::wit
