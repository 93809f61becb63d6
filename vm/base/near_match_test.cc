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

TEST(NearMatch, IsTheFirstOfTheNearest) {
  EXPECT_EQ(NearMatch("stream", {"stre", "strea", "steam", "scream"}), "strea");
  EXPECT_EQ(NearMatch("abcdefgh", {"xabcdefgh", "bcdefgh"}), "xabcdefgh");
  EXPECT_EQ(NearMatch("abcdefgh", {"abxydefgh", "bcdefghx", "abcxdefg"}), "abxydefgh");
}

TEST(NearMatch, LooksAtAsManyNamesAsItHasTimeFor) {
  const std::string word = std::string(100, 'a') + std::string(100, 'b');
  const std::string other = std::string(100, 'a') + std::string(100, 'c');
  const std::string near = word.substr(1), begun = word + "b";
  std::vector<absl::string_view> names(100, other);
  names.push_back(near);
  EXPECT_EQ(NearMatch(word, names), near);
  names.insert(names.begin(), 100'000, other);
  EXPECT_EQ(NearMatch(word, names), "");
  names.push_back(begun);
  EXPECT_EQ(NearMatch(word, names), begun);
}

TEST(NearMatch, IsTheNameThatTheWordBegins) {
  const std::vector<absl::string_view> names = {"json", "ignore-error-messages"};
  EXPECT_EQ(NearMatch("ignore", names), names[1]);
}

}  // namespace
}  // namespace tenon
