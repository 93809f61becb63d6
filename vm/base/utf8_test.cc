#include "vm/base/utf8.h"

#include "gtest/gtest.h"

namespace tenon {
namespace {

TEST(Utf8Test, RoundTripsScalarValuesAtTheEdges) {
  for (uint32_t code_point :
       {0x0u, 0x7fu, 0x80u, 0x7ffu, 0x800u, 0xd7ffu, 0xe000u, 0xffffu, 0x10000u, 0x10ffffu}) {
    std::string encoded;
    AppendUtf8(code_point, &encoded);
    uint32_t length = 0;
    EXPECT_TRUE(IsValidUtf8(encoded)) << code_point;
    EXPECT_EQ(DecodeUtf8(encoded, &length), code_point);
    EXPECT_EQ(length, encoded.size());
  }
}

TEST(Utf8Test, RefusesWhatTheSpecRefuses) {
  EXPECT_FALSE(IsValidUtf8("\x80"));
  EXPECT_FALSE(IsValidUtf8("\xc1\xbf"));
  EXPECT_FALSE(IsValidUtf8("\xe0\x9f\xbf"));
  EXPECT_FALSE(IsValidUtf8("\xed\xa0\x80"));
  EXPECT_FALSE(IsValidUtf8("\xf0\x8f\xbf\xbf"));
  EXPECT_FALSE(IsValidUtf8("\xf4\x90\x80\x80"));
  EXPECT_FALSE(IsValidUtf8("\xf5\x80\x80\x80"));
  EXPECT_FALSE(IsValidUtf8("abcdefgh\xc3"));
}

TEST(Utf8Test, EscapesControlsAndWhatIsNoUtf8) {
  EXPECT_EQ(EscapeControls("plain \u00fcnicode \U0001f600"), "plain \u00fcnicode \U0001f600");
  EXPECT_EQ(EscapeControls("a\x1b[31m\n\x7f\u009b"), "a\\u{1b}[31m\\u{a}\\u{7f}\\u{9b}");
  EXPECT_EQ(EscapeControls("\xff\xc3"), "\\ff\\c3");
  EXPECT_EQ(EscapeControls("a\u202eb\u2066\u2069\u200f\u061c\u200b"),
            "a\\u{202e}b\\u{2066}\\u{2069}\\u{200f}\\u{61c}\u200b");
}

TEST(Utf8Test, CharactersTakeColumns) {
  for (uint32_t c : {0x41u, 0xe9u, 0x20acu, 0x2190u}) EXPECT_EQ(ColumnsOf(c), 1u);
  for (uint32_t c : {0x0301u, 0x200du, 0xfe0fu}) EXPECT_EQ(ColumnsOf(c), 0u);
  for (uint32_t c : {0x3042u, 0x4e2du, 0xac00u, 0xff21u, 0x1f600u}) EXPECT_EQ(ColumnsOf(c), 2u);
}

}  // namespace
}  // namespace tenon
