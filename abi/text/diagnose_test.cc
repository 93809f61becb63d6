#include "abi/text/diagnose.h"

#include <gtest/gtest.h>

namespace tenon::abi {
namespace {

TEST(DiagnoseTest, AnotherVersionOfTheInterfaceIsNamedAndWhyItWillNotDo) {
  const std::vector<absl::string_view> names = {"a:b/d@1.0.0", "a:b/c@1.2.0"};

  const Diagnosis diagnosis = DiagnoseMissing("a:b/c@2.0.0", "missing-import", names);

  EXPECT_EQ(diagnosis.code, "other-version");
  EXPECT_EQ(diagnosis.package, "a:b@2.0.0");
  EXPECT_EQ(diagnosis.nearest, "a:b/c@1.2.0");
  EXPECT_EQ(diagnosis.hint, "\"a:b/c@1.2.0\" can't stand for it: the versions are not compatible");
}

TEST(DiagnoseTest, AMissingFunctionHasTheVersionThatBroughtIt) {
  const Diagnosis known = DiagnoseMissingItem("exit-with-code", "wasi:cli/exit@0.2.12",
                                              "wasi:cli/exit@0.2.0", {"exit"});
  EXPECT_EQ(known.since, "0.2.12");
  EXPECT_EQ(known.hint,
            "it is not yet in \"wasi:cli/exit@0.2.0\"; what wants it was made for "
            "\"wasi:cli/exit@0.2.12\"");

  const Diagnosis unknown =
      DiagnoseMissingItem("exit-softly", "wasi:cli/exit@0.2.13", "wasi:cli/exit@0.2.12", {"exit"});
  EXPECT_EQ(unknown.since, "");
  EXPECT_EQ(unknown.hint,
            "perhaps it came after \"wasi:cli/exit@0.2.12\"; what wants it was made for "
            "\"wasi:cli/exit@0.2.13\"");
}

TEST(DiagnoseTest, ANameThatIsTheSameInBothVersionsIsNoMatterOfVersions) {
  const Diagnosis diagnosis = DiagnoseMissingItem("get-randum", "wasi:random/random@0.2.3",
                                                  "wasi:random/random@0.2.12", {"get-random"});

  EXPECT_EQ(diagnosis.nearest, "get-random");
  EXPECT_EQ(diagnosis.hint, "");
}

}  // namespace
}  // namespace tenon::abi
