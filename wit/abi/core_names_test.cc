#include "wit/abi/core_names.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wit/resolve/source_groups_for_test.h"

namespace tenon::wit {
namespace {

constexpr char kWit[] =
    "package a:b@0.2.5; interface i { resource r { constructor(); m: func(); } f: func(); }"
    "world w { resource mine { s: static func(); } import i; import g: func() -> string;"
    "  import k: interface { h: func(); } export i; export run: func() -> string; }";

// "module:name" or "name" of each, in lines.
std::string Listed(bool exports, Mangling mangling) {
  const Packages packages = *Resolve({Root({{"x", kWit}})}, {});
  const Shapes shapes(packages);
  const auto items = exports ? CoreExports(packages, shapes, WorldIdx(0), mangling)
                             : CoreImports(packages, shapes, WorldIdx(0), mangling);
  return absl::StrJoin(items, "\n", [](std::string* out, const CoreItem& item) {
    absl::StrAppend(out, item.module, item.module.empty() ? "" : " ", item.name);
  });
}

TEST(CoreNamesTest, LegacyImports) {
  EXPECT_EQ(Listed(false, Mangling::kLegacy),
            "a:b/i@0.2.5 [constructor]r\n"
            "a:b/i@0.2.5 [method]r.m\n"
            "a:b/i@0.2.5 f\n"
            "a:b/i@0.2.5 [resource-drop]r\n"
            "$root [resource-drop]mine\n"
            "$root [static]mine.s\n"
            "$root g\n"
            "k h\n"
            "[export]a:b/i@0.2.5 [resource-drop]r\n"
            "[export]a:b/i@0.2.5 [resource-new]r\n"
            "[export]a:b/i@0.2.5 [resource-rep]r");
}

TEST(CoreNamesTest, LegacyExports) {
  EXPECT_EQ(Listed(true, Mangling::kLegacy),
            "memory\ncabi_realloc\n_initialize\n"
            "a:b/i@0.2.5#[constructor]r\ncabi_post_a:b/i@0.2.5#[constructor]r\n"
            "a:b/i@0.2.5#[method]r.m\ncabi_post_a:b/i@0.2.5#[method]r.m\n"
            "a:b/i@0.2.5#f\ncabi_post_a:b/i@0.2.5#f\n"
            "a:b/i@0.2.5#[dtor]r\n"
            "run\ncabi_post_run");
}

TEST(CoreNamesTest, StandardNamesHaveVersionTracks) {
  const std::string imports = Listed(false, Mangling::kStandard32);
  EXPECT_NE(imports.find("cm32p2|a:b/i@0.2 f\n"), imports.npos) << imports;
  EXPECT_NE(imports.find("cm32p2|a:b/i@0.2 r_drop\n"), imports.npos) << imports;
  EXPECT_NE(imports.find("cm32p2 g\n"), imports.npos) << imports;
  EXPECT_NE(imports.find("cm32p2|_ex_a:b/i@0.2 r_new\n"), imports.npos) << imports;
  const std::string exports = Listed(true, Mangling::kStandard32);
  EXPECT_NE(exports.find("cm32p2|a:b/i@0.2|[method]r.m\n"), exports.npos) << exports;
  EXPECT_NE(exports.find("cm32p2|a:b/i@0.2|r_dtor\n"), exports.npos) << exports;
  EXPECT_NE(exports.find("cm32p2||run\ncm32p2||run_post"), exports.npos) << exports;
}

TEST(CoreNamesTest, APostReturnTakesWhatTheFunctionReturned) {
  const Packages packages = *Resolve({Root({{"x", kWit}})}, {});
  const auto items = CoreExports(packages, Shapes(packages), WorldIdx(0), Mangling::kLegacy);
  EXPECT_EQ(items.back().role, CoreRole::kPostReturn);
  EXPECT_EQ(items.back().type, (vm::FuncType{{vm::ValType::kI32}, {}}));
}

TEST(CoreNamesTest, AnAsyncFunctionHasSeveralForms) {
  const Packages packages = *Resolve(
      {Root({{"x",
              "package a:b; world w { import f: async func(a: string, b: string, c: u8) -> u64;"
              "  export g: async func(a: u32) -> string; }"}})},
      {});
  const Shapes shapes(packages);
  const auto list = [](const std::vector<CoreItem>& items) {
    return absl::StrJoin(items, "\n", [](std::string* out, const CoreItem& item) {
      absl::StrAppend(out, item.module, " ", item.name, " ", item.type.params.size(), "-",
                      item.type.results.size());
    });
  };

  EXPECT_EQ(list(CoreImports(packages, shapes, WorldIdx(0), Mangling::kLegacy)),
            "$root f 5-1\n$root [async-lower]f 2-1\n[export]$root [task-return]g 2-0");
  EXPECT_EQ(list(CoreExports(packages, shapes, WorldIdx(0), Mangling::kLegacy)),
            " memory 0-0\n cabi_realloc 4-1\n _initialize 0-0\n"
            " g 1-1\n cabi_post_g 1-0\n [async-lift]g 1-1\n [callback][async-lift]g 3-1\n"
            " [async-lift-stackful]g 1-0");
  EXPECT_EQ(CoreImports(packages, shapes, WorldIdx(0), Mangling::kStandard32).size(), 1u);
}

}  // namespace
}  // namespace tenon::wit
