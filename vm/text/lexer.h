// Tokens of the core text format. core: #text-lexical
//
// Comments are skipped, and annotations but for those that keywords.h knows; of these the opening
// is a token, and their content the tokens that follow. A token borrows the text. The first lexical
// error ends the stream: from there on every token is kError, and error() says what was wrong. A
// Lexer is a small value; a copy is a place to return to.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "vm/base/location.h"
#include "vm/base/status.h"

namespace tenon::vm {

enum class TokenKind : uint8_t {
  kEnd,    // of the text
  kError,  // see Lexer::error()
  kLeftParen,
  kRightParen,
  kKeyword,     // starts with a lower-case letter
  kNat,         // integer without a sign
  kInt,         // integer with a sign
  kFloat,       // any other number, with inf, nan and nan:0x...
  kString,      // text has the quotes; StringValue() decodes
  kId,          // text has the `$`; IdName() decodes
  kReserved,    // anything else without white space
  kAnnotation,  // `(@id` of a known annotation
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t line = 0;    // 1-based
  uint32_t column = 0;  // 1-based, in bytes
  uint64_t offset = 0;
  absl::string_view text;

  SourceLocation where() const { return {offset, line, column}; }
  bool Is(absl::string_view keyword) const {
    return kind == TokenKind::kKeyword && text == keyword;
  }
};

class Lexer {
 public:
  // Borrows `text`, which must outlive the lexer and its tokens.
  explicit Lexer(absl::string_view text) : text_(text) {}

  // The token after `ahead` others, without consuming any. ahead < kMaxLookahead.
  const Token& Peek(int ahead = 0) {
    while (buffered_ <= ahead) {
      buffer_[(first_ + buffered_) % kMaxLookahead] = Scan();
      ++buffered_;
    }
    return buffer_[(first_ + ahead) % kMaxLookahead];
  }
  Token Take() {
    Token token = Peek();
    first_ = (first_ + 1) % kMaxLookahead;
    --buffered_;
    return token;
  }

  // Consumes the next token when it is of the kind, or is the keyword.
  bool TakeIf(TokenKind kind) {
    if (Peek().kind != kind) return false;
    Take();
    return true;
  }
  bool TakeKeyword(absl::string_view keyword) {
    if (!Peek().Is(keyword)) return false;
    Take();
    return true;
  }
  // `(@name` of an annotation.
  bool PeekAnnotation(absl::string_view name);
  bool TakeAnnotation(absl::string_view name) {
    if (!PeekAnnotation(name)) return false;
    Take();
    return true;
  }
  // `(keyword`, both or none.
  bool PeekOpen(absl::string_view keyword) {
    return Peek().kind == TokenKind::kLeftParen && Peek(1).Is(keyword);
  }
  bool TakeOpen(absl::string_view keyword) {
    if (!PeekOpen(keyword)) return false;
    Take();
    Take();
    return true;
  }

  // What to report when the next token, or `token` taken from this lexer, cannot stand where it is:
  // the lexical error, "unknown operator" for a word that is no keyword, else "unexpected token".
  Error UnexpectedToken() { return UnexpectedToken(Peek()); }
  ABSL_ATTRIBUTE_COLD Error UnexpectedToken(const Token& token) const;

  // Goes back, or on, to a token whose place was taken from this text.
  void Seek(SourceLocation where);

  absl::string_view text() const { return text_; }

 private:
  static constexpr int kMaxLookahead = 4;

  Token Scan();
  bool SkipSpace();
  bool SkipLineComment();
  bool SkipBlockComment();
  // Stands still at a known annotation.
  bool SkipAnnotation(bool* is_known);
  // These return where the thing that begins at `begin` ends, or npos with the error set.
  size_t ScanString(size_t begin);
  size_t ScanEscape(size_t begin);
  size_t ScanWord(size_t begin);
  // Checks what follows the `$` of an identifier or the `(@` of an annotation.
  bool CheckQuotedName(size_t begin, const char* empty_message, size_t* end);

  ABSL_ATTRIBUTE_COLD bool Fail(const char* message, size_t at) { return Fail(message, Place(at)); }
  ABSL_ATTRIBUTE_COLD bool Fail(const char* message, SourceLocation where);
  // A place in the line at hand.
  SourceLocation Place(size_t at) const {
    return {at, line_, static_cast<uint32_t>(at - line_start_ + 1)};
  }
  bool IllegalCharacter(size_t at);
  void AtNewline(size_t after) {
    ++line_;
    line_start_ = after;
  }
  Token MakeToken(TokenKind kind, size_t begin, size_t end);

  absl::string_view text_;
  size_t pos_ = 0;
  uint32_t line_ = 1;
  size_t line_start_ = 0;
  bool failed_ = false;
  const char* error_message_ = nullptr;  // a literal
  SourceLocation error_where_;
  std::array<Token, kMaxLookahead> buffer_;
  int first_ = 0;
  int buffered_ = 0;
};

// The token for a message: of a very long one the beginning.
std::string ShownText(const Token& token);
// core: #text-idchar
bool IsIdChar(char c);

// The bytes a kString token stands for; not necessarily UTF-8.
std::string StringValue(const Token& token);
// The name a kId token, or its text, stands for, without the `$`.
std::string IdName(absl::string_view text);
inline std::string IdName(const Token& token) { return IdName(token.text); }
// The name of a kAnnotation token, without the `(@`.
std::string AnnotationName(const Token& token);

}  // namespace tenon::vm
