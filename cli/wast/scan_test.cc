#include "cli/wast/scan.h"

#include "gtest/gtest.h"

namespace tenon::cli {
namespace {

TEST(ScanScript, CountsTopLevelFormsOnly) {
  const ScriptScan scan =
      ScanScript("(module (func) (memory 1))\n(invoke \"f\") ( register \"a\" )");
  EXPECT_EQ(scan.directives, 3u);
  EXPECT_TRUE(scan.is_balanced);
}

TEST(ScanScript, SkipsCommentsAndStrings) {
  const ScriptScan scan = ScanScript(
      ";; (module)\n(; (module) (; nested ;) (module \" ;)\n(module (data \"(\\\"(;)\")) ;; )");
  EXPECT_EQ(scan.directives, 1u);
  EXPECT_TRUE(scan.is_balanced);
}

TEST(ScanScript, SkipsAnnotations) {
  EXPECT_EQ(ScanScript("(@custom \"x\" (a)) (module)").directives, 1u);
}

TEST(ScanScript, CountsBareFieldsAsOneModule) {
  EXPECT_EQ(ScanScript("(func) (memory 0) (func (export \"f\"))").directives, 1u);
  EXPECT_EQ(ScanScript(";; nothing").directives, 0u);
}

TEST(ScanScript, SeesWhatStaysOpen) {
  for (const char* text : {"(module", "(module))", "(; (module)", "(module \"a)", "\"\\"}) {
    EXPECT_FALSE(ScanScript(text).is_balanced) << text;
  }
}

}  // namespace
}  // namespace tenon::cli
