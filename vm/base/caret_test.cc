#include "vm/base/caret.h"

#include <gtest/gtest.h>

namespace tenon {
namespace {

std::string At(absl::string_view text, size_t offset, uint32_t line, uint32_t column) {
  return CaretLines(text, Error(ErrorKind::kMalformed, "m", SourceLocation{offset, line, column}));
}

TEST(CaretTest, StandsUnderTheCharacter) {
  EXPECT_EQ(At("one\ntwo three\nfour", 8, 2, 5), "  two three\n      ^");
  EXPECT_EQ(At("one", 3, 1, 4), "  one\n     ^");
  EXPECT_EQ(At("", 0, 1, 1), "  \n  ^");
  EXPECT_EQ(At("a\r\nb", 0, 1, 1), "  a\n  ^");
}

TEST(CaretTest, NoPlaceNoLines) {
  EXPECT_EQ(CaretLines("x", Error(ErrorKind::kMalformed, "m")), "");
  EXPECT_EQ(CaretLines("x", Error(ErrorKind::kMalformed, "m", SourceLocation{0, 0, 0})), "");
}

TEST(CaretTest, TabsAndControlsAreOneBlank) {
  EXPECT_EQ(At("\t\tx", 2, 1, 3), "    x\n    ^");
  EXPECT_EQ(At("\x1b[31mx", 5, 1, 6), "   [31mx\n       ^");
  EXPECT_EQ(At("a\u202ebx", 5, 1, 6), "  a bx\n     ^");  // right to left
}

TEST(CaretTest, WidthsAreATerminals) {
  EXPECT_EQ(At("äx", 2, 1, 3), "  äx\n   ^");
  EXPECT_EQ(At("漢x", 3, 1, 4), "  漢x\n    ^");
  EXPECT_EQ(At("a\u0301x", 3, 1, 4), "  a\u0301x\n   ^");
}

TEST(CaretTest, ALongLineIsCutOnBothSidesBetweenCharacters) {
  std::string line(1'000'000, 'a');
  line[500'000] = 'X';
  EXPECT_EQ(At(line, 500'000, 1, 500'001), "  ..." + std::string(60, 'a') + "X" +
                                               std::string(29, 'a') + "...\n" +
                                               std::string(65, ' ') + "^");
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "é";
  const std::string lines = At(wide + "!", 200, 1, 201);
  EXPECT_EQ(lines.substr(0, 7), "  ...é");
}

TEST(CaretTest, AnyBytesAreShown) {
  EXPECT_EQ(At("\xff\xfex", 2, 1, 3), "  ?\?x\n    ^");
  EXPECT_EQ(At("x", 100, 1, 101), "  x\n   ^");
}

}  // namespace
}  // namespace tenon
