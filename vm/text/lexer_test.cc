#include "vm/text/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tenon::vm {
namespace {

std::vector<TokenKind> Kinds(absl::string_view text) {
  Lexer lexer(text);
  std::vector<TokenKind> kinds;
  while (lexer.Peek().kind != TokenKind::kEnd && lexer.Peek().kind != TokenKind::kError) {
    kinds.push_back(lexer.Take().kind);
  }
  if (lexer.Peek().kind == TokenKind::kError) kinds.push_back(TokenKind::kError);
  return kinds;
}

// What the lexer says of the first token that can't stand where it is.
std::string MessageAt(absl::string_view text, int token = 0) {
  Lexer lexer(text);
  for (int i = 0; i < token; ++i) lexer.Take();
  return lexer.UnexpectedToken().message();
}

using enum TokenKind;
using KindList = std::vector<TokenKind>;

TEST(Lexer, TellsKindsApart) {
  EXPECT_EQ(
      Kinds("(func $f 1 -1 1.5 0x1p3 \"s\")"),
      (KindList{kLeftParen, kKeyword, kId, kNat, kInt, kFloat, kFloat, kString, kRightParen}));
  EXPECT_EQ(Kinds("inf -nan nan:0x7f nan:1"), (KindList{kFloat, kFloat, kFloat, kKeyword}));
  EXPECT_EQ(Kinds("0x _1 1_ 1__0 A ,"),
            (KindList{kReserved, kReserved, kReserved, kReserved, kReserved, kReserved}));
}

TEST(Lexer, GluedTokensAreOneReservedWord) {
  EXPECT_EQ(Kinds("0$l"), KindList{kReserved});
  EXPECT_EQ(Kinds("data\"a\""), KindList{kReserved});
  EXPECT_EQ(Kinds("\"a\"\"b\""), KindList{kReserved});
  EXPECT_EQ(Kinds("$\"l\"0"), KindList{kReserved});
  EXPECT_EQ(Kinds("nop;;bla"), KindList{kKeyword});
}

TEST(Lexer, SkipsNestedCommentsAndAnnotations) {
  EXPECT_EQ(Kinds("(; a (; b ;) c ;) nop ;; rest"), KindList{kKeyword});
  EXPECT_EQ(Kinds("(@a (x \")\" ) (; ) ;) [};) nop"), KindList{kKeyword});
  EXPECT_EQ(Kinds("(@\"id\" ) nop"), KindList{kKeyword});
}

TEST(Lexer, DecodesStringsAndIds) {
  Lexer lexer(R"("\t\41\u{1_F600}\"" $a $"\61")");

  const Token string = lexer.Take();
  const Token id = lexer.Take();
  const Token quoted = lexer.Take();

  EXPECT_EQ(StringValue(string), "\tA\xf0\x9f\x98\x80\"");
  EXPECT_EQ(IdName(id), "a");
  EXPECT_EQ(IdName(quoted), "a");
}

TEST(Lexer, CountsLinesAndColumns) {
  Lexer lexer("a\n (;\n\n;) b");
  lexer.Take();

  const Token token = lexer.Take();

  EXPECT_EQ(token.line, 4u);
  EXPECT_EQ(token.column, 4u);
  EXPECT_EQ(token.offset, 10u);
}

TEST(Lexer, SaysWhatIsWrong) {
  EXPECT_EQ(MessageAt("\"abc"), "unclosed string literal");
  EXPECT_EQ(MessageAt("\"a\\qb\""), "invalid string escape");
  EXPECT_EQ(MessageAt("\"\\u{d800}\""), "invalid string escape");
  EXPECT_EQ(MessageAt("(; (; ;)"), "unclosed comment");
  EXPECT_EQ(MessageAt("(@x (y)"), "unclosed annotation");
  EXPECT_EQ(MessageAt("(@ x)"), "empty annotation id");
  EXPECT_EQ(MessageAt("$"), "empty identifier");
  EXPECT_EQ(MessageAt("$\"\\ef\""), "malformed UTF-8 encoding");
  EXPECT_EQ(MessageAt("\x01"), "illegal character");
  EXPECT_EQ(MessageAt("\xc3\x9f"), "illegal character");
  EXPECT_EQ(MessageAt("\x80"), "malformed UTF-8 encoding");
}

TEST(Lexer, TellsUnknownWordsFromMisplacedOnes) {
  EXPECT_EQ(MessageAt("get_local"), "unknown operator get_local");
  EXPECT_EQ(MessageAt("local.get"), "unexpected token local.get");
  EXPECT_EQ(MessageAt("align=-1"), "unknown operator align=-1");
  EXPECT_EQ(MessageAt("align=1"), "unexpected token align=1");
  EXPECT_EQ(MessageAt("nop", 1), "unexpected token: end of text");
}

TEST(Lexer, ErrorsAreSticky) {
  Lexer lexer("nop \"abc");
  lexer.Take();
  lexer.Take();

  EXPECT_EQ(lexer.Peek().kind, TokenKind::kError);
  EXPECT_EQ(lexer.UnexpectedToken().where()->column, 5u);
}

// Every prefix of a text with one of everything ends in a token, an error or the end.
TEST(Lexer, EndsOnAnyPrefix) {
  const std::string text =
      "(@a \"\\u{1f}\" (x)) (; (;;) ;) $\"\\41\" \"\\t\\\\\" 0x1p-1 $a ;; b\n)";
  for (size_t size = 0; size <= text.size(); ++size) {
    EXPECT_LE(Kinds(absl::string_view(text).substr(0, size)).size(), 8u);
  }
}

// What ends in another line, or never, is told where it begins.
TEST(Lexer, PlacesOfMistakesOverSeveralLines) {
  for (const char* text : {"a\n  (; b\n c", "a\n  (@x b\n c", "a\n  (; b\n \xff ;)"}) {
    Lexer lexer(text);
    lexer.Take();
    const Error error = lexer.UnexpectedToken(lexer.Take());
    EXPECT_EQ(error.where()->line, 2u) << text;
    EXPECT_EQ(error.where()->column, 3u) << text;
    EXPECT_EQ(error.where()->offset, 4u) << text;
  }
}

}  // namespace
}  // namespace tenon::vm
