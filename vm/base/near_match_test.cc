#include "vm/base/near_match.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tenon {
namespace {

TEST(EditDistance, CountsInsertedRemovedAndReplacedLetters) {
  EXPECT_EQ(EditDistance("run", "run"), 0u);
  EXPECT_EQ(EditDistance("rum", "run"), 1u);
  EXPECT_EQ(EditDistance("rn", "run"), 1u);
  EXPECT_EQ(EditDistance("runn", "run"), 1u);
  EXPECT_EQ(EditDistance("", "run"), 3u);
  EXPECT_EQ(EditDistance("run", ""), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

TEST(NearMatch, IsTheNearestName) {
  const std::vector<absl::string_view> names = {"dir", "env", "argv0"};
  EXPECT_EQ(NearMatch("drr", names), "dir");
  EXPECT_EQ(NearMatch("argv", names), "argv0");
  EXPECT_EQ(NearMatch("en", names), "env");
}

TEST(NearMatch, IsNoneBeyondTwoEditsOfAShortWord) {
  const std::vector<absl::string_view> names = {"run", "validate"};
  EXPECT_EQ(NearMatch("start", names), "");
  EXPECT_EQ(NearMatch("", names), "");
}

TEST(NearMatch, KeepsALetterOfTheWord) {
  EXPECT_EQ(NearMatch("d", {"a"}), "");
  EXPECT_EQ(NearMatch("ad", {"xy"}), "");
  EXPECT_EQ(NearMatch("ad", {"ay"}), "ay");
}

TEST(NearMatch, AllowsAThirdOfALongWord) {
  const std::vector<absl::string_view> names = {"ignore-error-messages"};
  EXPECT_EQ(NearMatch("ignore-errors-message", names), names[0]);
  EXPECT_EQ(NearMatch("ignored-eror-massage", names), names[0]);
  EXPECT_EQ(NearMatch("ignored-all-the-warnings", names), "");
}

TEST(NearMatch, DoesNotLookAtVeryLongWords) {
  const std::string word(100'000, 'a'), name(100'001, 'a');
  EXPECT_EQ(NearMatch(word, {name}), "");
  EXPECT_EQ(NearMatch("bcd", {name}), "");
}

TEST(NearMatch, IsTheNameThatTheWordBegins) {
  const std::vector<absl::string_view> names = {"json", "ignore-error-messages"};
  EXPECT_EQ(NearMatch("ignore", names), names[1]);
}

}  // namespace
}  // namespace tenon
