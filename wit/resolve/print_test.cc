#include "wit/resolve/print.h"

#include <gtest/gtest.h>

#include "wit/resolve/source_groups_for_test.h"

namespace tenon::wit {
namespace {

TEST(PrintPackages, IsWhatWasResolved) {
  constexpr absl::string_view kText = R"(/// The package.
package a:b@1.0.0;

/// An interface.
@since(version = 1.0.0)
interface i {
  use c:d/j.{r as other, t};
  type %list = tuple<u8, list<string, 4>, option<result>, result<_, char>, result<bool, f32>>;
  type alias = other;
  type owned = own<other>;
  record rec {
    /// A field.
    a: map<string, alias>,
    %type: error-context,
  }
  variant v {
    none,
    some(future<stream<u8>>),
  }
  flags f {
    a,
    b,
  }
  enum e {
    HTTP-x,
  }
  resource res {
    constructor(x: u32) -> result<res>;
    m: async func(x: borrow<res>) -> future;
    s: static async func() -> stream;
  }
  resource made {
    constructor();
  }
  resource empty;
  @external-id("x\"y")
  get: func(
    /// A parameter.
    a: t,
    b: other,
  ) -> owned;
}

world w {
  import c:d/j;
  import i;
  use i.{res};
  record own-type {
    a: u8,
  }
  resource local {
    m: func(a: own-type);
  }
  import f: func(a: own-type, b: res);
  import here: interface {
    use i.{e};
    f: func(a: e);
  }
  import named: i;
  export i;
  export run: async func() -> local;
}

package c:d {
  interface j {
    resource r;
    type t = u8;
  }
}
)";
  EXPECT_EQ(Outcome({Root({{"x", std::string(kText)}})}, {}, true), std::string(kText));
}

TEST(PrintPackages, NamesTypesAsTheWorldDoes) {
  EXPECT_EQ(Outcome("package a:b; world v { type t = u8; import f: func(a: t); } "
                    "world w { include v with { t as u }; }"),
            "package a:b;\n\nworld v {\n  type t = u8;\n  import f: func(a: t);\n}\n\n"
            "world w {\n  type u = u8;\n  import f: func(a: u);\n}\n");
}

TEST(PrintPackages, NestsSeveralRoots) {
  EXPECT_EQ(Outcome("package a:b { interface i {} } package c:d { interface j {} }"),
            "package a:b {\n  interface i {}\n}\n\npackage c:d {\n  interface j {}\n}\n");
}

}  // namespace
}  // namespace tenon::wit
