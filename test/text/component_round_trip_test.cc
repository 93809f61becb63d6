// What is printed parses to the same component: every component of the official scripts and every
// guest. A binary may group its definitions otherwise than the parser does, and modules encode
// numbers longer than needed; then the second text is the first, and both components are valid, or
// invalid for the same reason.
#include <gtest/gtest.h>

#include <memory>

#include "abi/binary/decode.h"
#include "abi/text/parse.h"
#include "abi/text/print.h"
#include "abi/valid/validate.h"
#include "absl/strings/str_cat.h"
#include "test/text/scripts.h"

namespace tenon {
namespace {

Result<std::string> Printed(const abi::syntax::RootComponent& component, bool fold) {
  std::string text;
  TENON_RETURN_IF_ERROR(abi::PrintComponent(component, {.fold = fold}, vm::Features::All(),
                                            [&](absl::string_view piece) -> Status {
                                              absl::StrAppend(&text, piece);
                                              return {};
                                            }));
  return text;
}

// Why it is invalid, or empty.
std::string Invalidity(const std::vector<uint8_t>& bytes) {
  vm::TypeStore types;
  auto component = abi::DecodeComponent(bytes);
  if (!component) return component.error().message();
  const auto valid = abi::ValidateComponent(
      *std::move(component), &types,
      abi::CoreLoader(&types, vm::Features::All(), vm::BodyValidation::kEager));
  return valid ? "" : valid.error().message();
}

// False when something failed. `bytes` decode; what is valid can be printed.
bool Check(const std::vector<uint8_t>& bytes, bool is_from_text) {
  const auto component = abi::DecodeComponent(bytes);
  const Result<std::string> text = Printed(**component, /*fold=*/false);
  if (!text) {
    EXPECT_NE(Invalidity(bytes), "") << text.error().ToString();
    return !testing::Test::HasFailure();
  }
  SCOPED_TRACE(text->substr(0, 10'000));
  const auto parsed = abi::ParseComponent(*text);
  EXPECT_TRUE(parsed) << parsed.error().ToString();
  if (!parsed) return false;
  const auto again = abi::DecodeComponent(*parsed);
  EXPECT_TRUE(again) << again.error().ToString();
  if (!again) return false;
  EXPECT_TRUE(*Printed(**again, /*fold=*/false) == *text);
  EXPECT_TRUE(abi::ParseComponent(*Printed(**again, /*fold=*/true)) == *parsed) << "folded";
  EXPECT_EQ(Invalidity(*parsed), Invalidity(bytes));
  if (is_from_text) {
    EXPECT_TRUE(*parsed == bytes);
  }
  return !testing::Test::HasFailure();
}

TEST(ComponentRoundTripTest, ComponentsOfTheOfficialScripts) {
  const std::vector<std::string> scripts = FilesBelow(TENON_SUITES "/component-model", ".wast");
  if (scripts.empty()) GTEST_SKIP() << "no suites in " << TENON_SUITES;
  size_t components = 0;
  ForEachScriptModule(scripts, [&](cli::ScriptModule& source) {
    if (!source.is_component) return;
    const bool is_text = source.form != cli::ScriptModule::Form::kBinary;
    const auto bytes = cli::ReadScriptComponent(source);
    if (!bytes || !abi::DecodeComponent(*bytes)) return;
    ++components;
    ASSERT_TRUE(Check(*bytes, is_text));
  });
  EXPECT_GT(components, 500u);
}

// Made by other tools, but for those of test/guests/wat.
TEST(ComponentRoundTripTest, Guests) {
  const std::vector<std::string> guests = FilesBelow(TENON_GUESTS_DIR, ".wasm");
  if (guests.empty()) GTEST_SKIP() << "no guests";
  size_t components = 0;
  for (const std::string& path : guests) {
    SCOPED_TRACE(path);
    const std::vector<uint8_t> bytes = Contents(path);
    if (!abi::IsComponent(bytes)) continue;
    ++components;
    ASSERT_TRUE(Check(bytes, /*is_from_text=*/false));
  }
  EXPECT_GT(components, 10u);
}

}  // namespace
}  // namespace tenon
