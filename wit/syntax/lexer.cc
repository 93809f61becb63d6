#include "wit/syntax/lexer.h"

#include <algorithm>
#include <iterator>

#include "abi/syntax/names.h"
#include "abi/syntax/semver.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "vm/base/utf8.h"
#include "wit/syntax/foreign_types.h"
#include "wit/syntax/limits.h"

namespace tenon::wit {
namespace {

constexpr absl::string_view kItemKeywords[] = {
    "enum",   "export",   "flags", "import", "include", "interface", "package",
    "record", "resource", "type",  "use",    "variant", "world",     "constructor"};

bool IsNameCharacter(char c) { return absl::ascii_isalnum(c) || c == '-'; }
// What may not stand in a name, but people write it there.
bool IsMeantAsName(char c) { return IsNameCharacter(c) || c == '_'; }
bool IsVersionCharacter(char c) { return IsNameCharacter(c) || c == '+'; }

// Characters that make a text look other than it is, or that Unicode has withdrawn.
bool IsRefused(uint32_t c) {
  if (c < 0x20) return c != '\n' && c != '\r' && c != '\t';
  if (c < 0x7f) return false;
  constexpr uint32_t kWithdrawn[] = {0x149, 0x673, 0xf77, 0xf79, 0x17a3, 0x17a4, 0x17b4, 0x17b5};
  const bool is_control = c <= 0x9f;
  const bool is_direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  return is_control || is_direction ||
         std::find(std::begin(kWithdrawn), std::end(kWithdrawn), c) != std::end(kWithdrawn);
}

std::unexpected<Error> FailAt(absl::string_view text, size_t offset, absl::string_view message) {
  return Fail(ErrorKind::kMalformed, message, Locate(text, offset));
}

// How many bytes the character at the start takes; 0 when it is none.
size_t CharacterSize(absl::string_view text) {
  for (size_t size = 1; size <= std::min<size_t>(4, text.size()); ++size) {
    if (IsValidUtf8(text.substr(0, size))) return size;
  }
  return 0;
}

Status CheckCharacters(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t size = CharacterSize(text.substr(at, 4));
    if (size == 0) return FailAt(text, at, "this is not UTF-8");
    uint32_t length;
    const uint32_t c = DecodeUtf8(text.substr(at, size), &length);
    if (IsRefused(c)) {
      return FailAt(text, at,
                    absl::StrFormat("the character U+%04X may not stand in a WIT file", c));
    }
    at += size;
  }
  return {};
}

}  // namespace

absl::Span<const absl::string_view> ItemKeywords() { return kItemKeywords; }

bool Token::is_keyword() const {
  return kind == TokenKind::kName && !is_escaped && abi::IsWitKeyword(text);
}

bool Comment::is_doc() const {
  const char mark = is_line() ? '/' : '*';
  // Four slashes, and the empty /**/, are plain comments.
  return text.size() > 2 && text[2] == mark && (text.size() == 3 || text[3] != '/');
}

SourceLocation Locate(absl::string_view text, size_t offset) {
  const absl::string_view before = text.substr(0, offset);
  const size_t line_start = before.rfind('\n') + 1;  // 0 where there is no line before
  return {offset, static_cast<uint32_t>(1 + std::count(before.begin(), before.end(), '\n')),
          static_cast<uint32_t>(offset - line_start + 1)};
}

Result<Lexer> Lexer::Create(absl::string_view text) {
  if (text.size() > kMaxWitBytes) {
    return Fail(ErrorKind::kLimit,
                absl::StrCat("a WIT file may have ", kMaxWitBytes, " bytes, not ", text.size()));
  }
  TENON_RETURN_IF_ERROR(CheckCharacters(text));
  return Lexer(text);
}

// Comments nest; where they end is found by counting.
Result<Comment> Lexer::ReadComment() const {
  const absl::string_view rest = text_.substr(at_);
  const auto start = static_cast<uint32_t>(at_);
  if (rest[1] == '/') {
    const absl::string_view line = rest.substr(0, rest.find('\n'));
    return Comment{absl::StripTrailingAsciiWhitespace(line), start};
  }
  size_t depth = 1, at = 2;
  while (depth > 0) {
    at = rest.find_first_of("/*", at);
    if (at == absl::string_view::npos || at + 1 == rest.size()) {
      return FailAt(text_, at_, "this comment is not closed; expected '*/'");
    }
    const absl::string_view mark = rest.substr(at, 2);
    if (mark == "/*") ++depth;
    if (mark == "*/") --depth;
    at += mark == "/*" || mark == "*/" ? 2 : 1;
  }
  return Comment{rest.substr(0, at), start};
}

Status Lexer::SkipBlanks() {
  while (at_ < text_.size()) {
    const absl::string_view rest = text_.substr(at_, 2);
    if (absl::StrContains(" \n\r\t", rest[0])) {
      ++at_;
    } else if (rest == "//" || rest == "/*") {
      TENON_ASSIGN_OR_RETURN(const Comment comment, ReadComment());
      comments_.push_back(comment);
      at_ += comment.text.size();
    } else {
      break;
    }
  }
  return {};
}

Token Lexer::Make(TokenKind kind, size_t size) {
  Token token{.kind = kind,
              .text = text_.substr(at_, size),
              .offset = static_cast<uint32_t>(at_),
              .end = static_cast<uint32_t>(at_ + size),
              .comments = static_cast<uint32_t>(comments_.size())};
  at_ += size;
  return token;
}

Status Lexer::CheckLength(const Token& token) const {
  if (token.text.size() <= kMaxNameBytes) return {};
  return Fail(ErrorKind::kLimit,
              absl::StrCat("a name may have ", kMaxNameBytes, " bytes, not ", token.text.size()),
              Locate(text_, token.offset));
}

Result<Token> Lexer::ReadName() {
  const bool is_escaped = text_[at_] == '%';
  size_t end = at_ + (is_escaped ? 1 : 0);
  while (end < text_.size() && IsMeantAsName(text_[end])) ++end;
  // `a->` is a name and an arrow.
  if (end < text_.size() && text_[end] == '>' && text_[end - 1] == '-') --end;
  Token token = Make(TokenKind::kName, end - at_);
  token.is_escaped = is_escaped;
  if (is_escaped) token.text.remove_prefix(1);
  TENON_RETURN_IF_ERROR(CheckLength(token));
  if (!abi::IsLabel(token.text)) {
    return FailAt(text_, token.offset,
                  absl::StrCat("'", token.text, "' is no name; expected words of letters and ",
                               "digits, each of one case and joined by '-', as in 'red-XML-2go'",
                               AdviceOnType(token.text)));
  }
  return token;
}

Result<Token> Lexer::ReadString() {
  size_t end = at_ + 1;
  while (end < text_.size() && text_[end] != '"' && text_[end] != '\n') {
    end += text_[end] == '\\' ? 2 : 1;
  }
  if (end >= text_.size() || text_[end] != '"') {
    return FailAt(text_, at_, "this string is not closed; expected '\"'");
  }
  return Make(TokenKind::kString, end + 1 - at_);
}

Result<Token> Lexer::Next() {
  TENON_RETURN_IF_ERROR(SkipBlanks());
  if (at_ == text_.size()) return Make(TokenKind::kEnd, 0);
  const char c = text_[at_];
  if (absl::ascii_isalpha(c) || c == '%') return ReadName();
  if (c == '"') return ReadString();
  if (absl::ascii_isdigit(c)) {
    const size_t end = text_.find_first_not_of("0123456789", at_);
    return Make(TokenKind::kInteger, std::min(end, text_.size()) - at_);
  }
  if (absl::StartsWith(text_.substr(at_), "->")) return Make(TokenKind::kPunctuation, 2);
  if (absl::StrContains("=,:;(){}<>*/.@_", c)) return Make(TokenKind::kPunctuation, 1);
  const size_t size = CharacterSize(text_.substr(at_, 4));
  return FailAt(text_, at_,
                absl::StrCat("unexpected character '", text_.substr(at_, size), "'",
                             c == '[' ? AdviceOnType("array") : ""));
}

Result<Token> Lexer::NextVersion() {
  TENON_RETURN_IF_ERROR(SkipBlanks());
  size_t end = at_;
  while (end < text_.size()) {
    // A dot belongs to the version only before more of it: `@1.0.0.{` goes on with a list.
    const bool is_dot = text_[end] == '.' && end + 1 < text_.size() &&
                        IsVersionCharacter(text_[end + 1]) && end > at_;
    if (!is_dot && !IsVersionCharacter(text_[end])) break;
    ++end;
  }
  const Token token = Make(TokenKind::kVersion, end - at_);
  TENON_RETURN_IF_ERROR(CheckLength(token));
  if (!abi::ParseSemver(token.text)) {
    return FailAt(text_, token.offset,
                  absl::StrCat("expected a version as in '1.2.3', found '", token.text, "'"));
  }
  return token;
}

}  // namespace tenon::wit
