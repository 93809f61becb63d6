// WASI's WIT, each version's packages as one root: what is printed or formatted resolves to the
// same packages, and each world is the same as a component type.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "abi/binary/decode.h"
#include "abi/text/interface_history.h"
#include "absl/strings/str_cat.h"
#include "cli/wit_files.h"
#include "wit/abi/core_names.h"
#include "wit/binary/decode.h"
#include "wit/binary/encode.h"
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
    auto groups = cli::ReadWit(path_.string(), {});
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

// Takes away what no binary holds.
void Strip(std::vector<Field>& fields) {
  for (Field& field : fields) field.docs.clear();
}
void Strip(Function& function) {
  function.about = {};
  Strip(function.params);
}
void Strip(Type& type) {
  type.about = {};
  if (auto* record = std::get_if<Record>(&type.what)) Strip(record->fields);
  if (auto* variant = std::get_if<Variant>(&type.what)) Strip(variant->cases);
  if (auto* flags = std::get_if<Flags>(&type.what)) Strip(flags->flags);
  if (auto* cases = std::get_if<Enum>(&type.what)) Strip(cases->cases);
}

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

// The items that a world and the interfaces in it hold, but for what a component type does not say.
// Within an interface the order of types has no meaning.
std::string Described(Packages packages, WorldIdx index) {
  for (Type& type : packages.types) Strip(type);
  for (Interface& interface : packages.interfaces) {
    for (Function& function : interface.functions) Strip(function);
  }
  const World& world = packages[index];
  std::string text = NameOf(packages, index) + "\n";
  for (const auto* side : {&world.imports, &world.exports}) {
    for (const WorldItem& item : *side) {
      const auto* interface = std::get_if<InterfaceIdx>(&item.what);
      if (interface == nullptr) continue;
      auto items = PrintItems(packages, *interface);
      std::sort(items.begin(), items.end(),
                [](const auto& a, const auto& b) { return a.name < b.name; });
      text += NameOf(packages, *interface) + "\n";
      for (const PrintedItem& each : items) text += each.wit + "\n";
    }
  }
  for (const PrintedItem& item : PrintImports(packages, index)) text += "import " + item.wit + "\n";
  for (const PrintedItem& item : PrintExports(packages, index)) text += "export " + item.wit + "\n";
  return text;
}

TEST_P(WasiTest, WorldsSurviveTheirComponentTypes) {
  const auto packages = Resolve(groups_, {.all = true});
  ASSERT_TRUE(packages);
  for (uint32_t i = 0; i < packages->worlds.size(); ++i) {
    const auto section = EncodeWorld(*packages, WorldIdx(i), StringEncoding::kUtf8);
    const auto component = abi::DecodeComponent(section);
    ASSERT_TRUE(component) << component.error().ToString();
    const auto decoded = DecodeWit(**component);
    ASSERT_TRUE(decoded) << decoded.error().ToString();
    EXPECT_EQ(Described(decoded->packages, *decoded->world), Described(*packages, WorldIdx(i)));
  }
}

// What interfaces got after they were there, by the gates, as "interface item version".
std::set<std::string> LaterItemsOf(const Packages& packages) {
  std::set<std::string> rows;
  for (uint32_t i = 0; i < packages.interfaces.size(); ++i) {
    const Interface& interface = packages.interfaces[i];
    const std::string name = NameOf(packages, InterfaceIdx(i));
    const auto add = [&](const std::string& item, const std::string& since) {
      if (since.empty() || since == interface.about.since) return;
      rows.insert(absl::StrCat(name.substr(0, name.find('@')), " ", item, " ", since));
    };
    for (const Function& function : interface.functions) {
      add(ComponentName(packages, function), function.about.since);
    }
    for (const TypeIdx type : interface.types) {
      add(packages[type].name, packages[type].about.since);
    }
  }
  return rows;
}

TEST_P(WasiTest, MessagesKnowWhatCameLater) {
  const auto packages = Resolve(groups_, {.all = true});
  ASSERT_TRUE(packages);

  std::set<std::string> rows;
  for (const abi::LaterItem& item : abi::LaterItems()) {
    rows.insert(absl::StrCat(item.interface, " ", item.item, " ", item.since));
  }

  EXPECT_EQ(LaterItemsOf(*packages),
            GetParam() == std::string("wasi-0.2.12") ? rows : std::set<std::string>());
}

INSTANTIATE_TEST_SUITE_P(Versions, WasiTest,
                         testing::Values("wasi-0.2.0", "wasi-0.2.12", "wasi-0.3.0"));

}  // namespace
}  // namespace tenon::wit
