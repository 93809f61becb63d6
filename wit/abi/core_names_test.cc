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

}  // namespace
}  // namespace tenon::wit
