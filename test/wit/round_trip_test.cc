// WASI's WIT, each version's packages as one root: what is printed or formatted resolves to the
// same packages.
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/wit_files.h"
#include "wit/resolve/print.h"
#include "wit/resolve/resolve.h"
#include "wit/syntax/format.h"
#include "wit/syntax/parser.h"

namespace tenon::wit {
namespace {

class WasiTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    path_ = std::filesystem::path(TENON_WIT_DIR) / GetParam();
    if (!std::filesystem::exists(path_)) GTEST_SKIP() << "no folder " << path_ << " (TENON_WIT)";
    auto groups = cli::ReadWit(path_.string(), "");
    ASSERT_TRUE(groups) << groups.error().path << groups.error().error.ToString();
    groups_ = std::move(*groups);
  }

  // With everything that is unstable.
  static std::string Printed(const std::vector<SourceGroup>& groups) {
    const auto packages = Resolve(groups, {.all = true});
    if (packages) return PrintPackages(*packages, true);
    return packages.error().file->path + ":" + packages.error().error.ToString();
  }

  std::filesystem::path path_;
  std::vector<SourceGroup> groups_;
};

TEST_P(WasiTest, ResolvesWithAndWithoutUnstableItems) {
  for (const bool all : {false, true}) {
    const auto packages = Resolve(groups_, {.all = all});
    ASSERT_TRUE(packages) << packages.error().file->path << packages.error().error.ToString();
    EXPECT_EQ(packages->packages.size(), groups_.size());
  }
}

TEST_P(WasiTest, PrintsToTheSamePackages) {
  const std::string printed = Printed(groups_);
  EXPECT_EQ(printed.substr(0, 8), "package ");
  EXPECT_EQ(Printed({{{{"printed", printed}}, true}}), printed);
}

TEST_P(WasiTest, FormatsToTheSamePackages) {
  const std::string printed = Printed(groups_);
  for (SourceGroup& group : groups_) {
    for (SourceFile& file : group.files) {
      const auto document = ParseWit(file.text);
      ASSERT_TRUE(document) << file.path << document.error().ToString();
      const std::string formatted = FormatWit(*document);
      const auto again = ParseWit(formatted);
      ASSERT_TRUE(again) << file.path << again.error().ToString();
      EXPECT_EQ(again->comments.size(), document->comments.size()) << file.path;
      EXPECT_EQ(FormatWit(*again), formatted) << file.path;
      file.text = formatted;
    }
  }
  EXPECT_EQ(Printed(groups_), printed);
}

INSTANTIATE_TEST_SUITE_P(Versions, WasiTest,
                         testing::Values("wasi-0.2.0", "wasi-0.2.12", "wasi-0.3.0"));

}  // namespace
}  // namespace tenon::wit
