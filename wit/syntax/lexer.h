// Tokens of WIT: views of the text, one at a time. Comments are set aside in a list of their own,
// in order, and a token knows how many stand before it. wit: "Lexical structure"
// A text is UTF-8 without control characters and the like, which Create checks first.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"

namespace tenon::wit {

enum class TokenKind : uint8_t {
  kEnd,
  kName,     // an identifier or keyword; `is_escaped` when it began with %
  kInteger,  // digits
  kString,   // with its quotes
  kVersion,  // only where ReadVersion looks for one
  kPunctuation,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  absl::string_view text;  // without the % of an escaped name
  uint32_t offset = 0;     // of its first byte, the % included
  uint32_t end = 0;        // past its last byte
  uint32_t comments = 0;   // how many comments of the text stand before it
  bool is_escaped = false;

  bool Is(absl::string_view spelling) const {
    return text == spelling && !is_escaped && kind != TokenKind::kString;
  }
  bool is_keyword() const;
};

struct Comment {
  absl::string_view text;  // with its marks, without the end of its line
  uint32_t offset = 0;

  bool is_line() const { return text[1] == '/'; }
  bool is_doc() const;
};

// Keywords that begin an item.
absl::Span<const absl::string_view> ItemKeywords();

class Lexer {
 public:
  // Checks the characters of the text, which must live as long as the lexer's tokens.
  static Result<Lexer> Create(absl::string_view text);

  Result<Token> Next();
  // Reads a version right behind the last token, white space aside. wit: "valid-semver"
  Result<Token> NextVersion();

  absl::string_view text() const { return text_; }
  std::vector<Comment>& comments() { return comments_; }

 private:
  explicit Lexer(absl::string_view text) : text_(text) {}

  Status SkipBlanks();
  Result<Comment> ReadComment() const;
  Token Make(TokenKind kind, size_t size);
  Status CheckLength(const Token& token) const;  // of a name or version
  Result<Token> ReadName();
  Result<Token> ReadString();

  absl::string_view text_;
  size_t at_ = 0;
  std::vector<Comment> comments_;
};

// The place of an offset, with its line and column. Takes time in proportion to the offset.
SourceLocation Locate(absl::string_view text, size_t offset);

}  // namespace tenon::wit
