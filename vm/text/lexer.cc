#include "vm/text/lexer.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "vm/base/utf8.h"
#include "vm/text/keywords.h"
#include "vm/text/number.h"

namespace tenon::vm {
namespace {

constexpr size_t kNpos = absl::string_view::npos;

bool IsAscii(char c) { return absl::ascii_isascii(static_cast<unsigned char>(c)); }

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Decodes what stands between the quotes; the lexer has checked it.
std::string Unescape(absl::string_view quoted) {
  const absl::string_view text = quoted.substr(1, quoted.size() - 2);
  std::string out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      out.push_back(text[i++]);
      continue;
    }
    const char c = text[i + 1];
    i += 2;
    switch (c) {
      case 't': out.push_back('\t'); break;
      case 'n': out.push_back('\n'); break;
      case 'r': out.push_back('\r'); break;
      case '"':
      case '\'':
      case '\\': out.push_back(c); break;
      case 'u': {
        uint32_t code_point = 0;
        for (++i; text[i] != '}'; ++i) {
          if (text[i] != '_') code_point = code_point * 16 + HexDigit(text[i]);
        }
        ++i;
        AppendUtf8(code_point, &out);
        break;
      }
      default: out.push_back(static_cast<char>(HexDigit(c) * 16 + HexDigit(text[i++]))); break;
    }
  }
  return out;
}

// The kind of a word that begins with a string or an identifier of `name_size` bytes, if it does.
TokenKind Classify(absl::string_view word, size_t name_size) {
  if (word[0] == '"') return name_size == word.size() ? TokenKind::kString : TokenKind::kReserved;
  if (word[0] == '$') return name_size == word.size() ? TokenKind::kId : TokenKind::kReserved;
  switch (ClassifyNumber(word)) {
    case NumberForm::kNat: return TokenKind::kNat;
    case NumberForm::kInt: return TokenKind::kInt;
    case NumberForm::kFloat: return TokenKind::kFloat;
    case NumberForm::kNone: break;
  }
  const bool is_keyword = absl::ascii_islower(word[0]) && absl::c_all_of(word, IsIdChar);
  return is_keyword ? TokenKind::kKeyword : TokenKind::kReserved;
}

}  // namespace

bool IsIdChar(char c) {
  static constexpr std::array<bool, 256> kIdChars = [] {
    std::array<bool, 256> chars{};
    for (int i = '0'; i <= '9'; ++i) chars[i] = true;
    for (int i = 'A'; i <= 'Z'; ++i) chars[i] = chars[i + 'a' - 'A'] = true;
    for (const char* at = "!#$%&'*+-./:<=>?@\\^_`|~"; *at != '\0'; ++at) chars[*at] = true;
    return chars;
  }();
  return kIdChars[static_cast<uint8_t>(c)];
}

std::string StringValue(const Token& token) { return Unescape(token.text); }

namespace {

std::string UnquotedName(absl::string_view name) {
  return name[0] == '"' ? Unescape(name) : std::string(name.data(), name.size());
}

}  // namespace

std::string IdName(absl::string_view text) { return UnquotedName(text.substr(1)); }

std::string ShownText(const Token& token) {
  constexpr size_t kMost = 100;
  size_t size = kMost;  // up to the end of a character
  while (size < token.text.size() && (static_cast<uint8_t>(token.text[size]) & 0xc0) == 0x80)
    ++size;
  if (token.text.size() <= size) return std::string(token.text);
  return absl::StrCat(token.text.substr(0, size), "...");
}

std::string AnnotationName(const Token& token) { return UnquotedName(token.text.substr(2)); }

bool Lexer::PeekAnnotation(absl::string_view name) {
  return Peek().kind == TokenKind::kAnnotation && AnnotationName(Peek()) == name;
}

void Lexer::Seek(SourceLocation where) {
  pos_ = where.offset;
  line_ = where.line;
  line_start_ = where.offset + 1 - where.column;
  failed_ = false;
  buffered_ = 0;
}

Error Lexer::UnexpectedToken(const Token& token) const {
  if (token.kind == TokenKind::kError) {
    return Error(ErrorKind::kMalformed, error_message_, error_where_);
  }
  if (token.kind == TokenKind::kAnnotation) {
    return Error(ErrorKind::kMalformed,
                 absl::StrCat("misplaced @", AnnotationName(token), " annotation"), token.where());
  }
  const bool is_word = token.kind == TokenKind::kKeyword || token.kind == TokenKind::kReserved;
  if (is_word && !IsKnownKeyword(token.text)) {
    return Error(ErrorKind::kMalformed, absl::StrCat("unknown operator ", ShownText(token)),
                 token.where());
  }
  if (token.kind == TokenKind::kEnd) {
    return Error(ErrorKind::kMalformed, "unexpected token: end of text", token.where());
  }
  return Error(ErrorKind::kMalformed, absl::StrCat("unexpected token ", ShownText(token)),
               token.where());
}

bool Lexer::Fail(const char* message, SourceLocation where) {
  if (!failed_) {
    failed_ = true;
    error_message_ = message;
    error_where_ = where;
  }
  return false;
}

Token Lexer::MakeToken(TokenKind kind, size_t begin, size_t end) {
  pos_ = end;
  return {kind, line_, static_cast<uint32_t>(begin - line_start_ + 1), begin,
          text_.substr(begin, end - begin)};
}

Token Lexer::Scan() {
  if (failed_ || !SkipSpace()) return MakeToken(TokenKind::kError, pos_, pos_);
  if (pos_ == text_.size()) return MakeToken(TokenKind::kEnd, pos_, pos_);
  const size_t begin = pos_;
  const char c = text_[begin];
  size_t name_end = begin;               // of the string or the quoted name at the beginning
  if (text_.substr(begin, 2) == "(@") {  // known, and checked
    CheckQuotedName(begin + 2, "", &name_end);
    return MakeToken(TokenKind::kAnnotation, begin, name_end);
  }
  if (c == '(') return MakeToken(TokenKind::kLeftParen, begin, begin + 1);
  if (c == ')') return MakeToken(TokenKind::kRightParen, begin, begin + 1);

  const bool is_id = c == '$';
  if (is_id && !CheckQuotedName(begin + 1, "empty identifier", &name_end)) {
    return MakeToken(TokenKind::kError, begin, begin);
  }
  if (c == '"') name_end = ScanString(begin);
  const size_t end = name_end == kNpos ? kNpos : ScanWord(name_end);
  if (end == kNpos) return MakeToken(TokenKind::kError, begin, begin);
  const absl::string_view word = text_.substr(begin, end - begin);
  return MakeToken(Classify(word, name_end - begin), begin, end);
}

bool Lexer::CheckQuotedName(size_t begin, const char* empty_message, size_t* end) {
  const size_t at = begin - 1;
  if (begin < text_.size() && text_[begin] == '"') {
    Lexer quoted = *this;  // a broken string is no name, whatever is wrong with it
    *end = quoted.ScanString(begin);
    if (*end == kNpos || *end - begin == 2) return Fail(empty_message, at);
    if (!IsValidUtf8(Unescape(text_.substr(begin, *end - begin)))) {
      return Fail("malformed UTF-8 encoding", at);
    }
    return true;
  }
  *end = begin;
  while (*end < text_.size() && IsIdChar(text_[*end])) ++*end;
  return *end != begin || Fail(empty_message, at);
}

// Everything up to the next space, parenthesis or comment belongs to one token: strings and
// reserved characters too. core: #text-token
size_t Lexer::ScanWord(size_t begin) {
  size_t at = begin;
  while (at < text_.size()) {
    const char c = text_[at];
    if (IsIdChar(c) || absl::string_view(",[]{}").find(c) != kNpos) {
      ++at;
    } else if (c == ';') {
      if (text_.substr(at, 2) == ";;") break;
      ++at;
    } else if (c == '"') {
      at = ScanString(at);
      if (at == kNpos) return kNpos;
    } else if (c == '(' || c == ')' || IsSpace(c)) {
      break;
    } else {
      IllegalCharacter(at);
      return kNpos;
    }
  }
  return at;
}

bool Lexer::IllegalCharacter(size_t at) {
  const char c = text_[at];
  if (IsAscii(c)) return Fail("illegal character", at);
  for (size_t size = 2; size <= 4; ++size) {
    if (IsValidUtf8(text_.substr(at, size))) return Fail("illegal character", at);
  }
  return Fail("malformed UTF-8 encoding", at);
}

// core: #text-string
size_t Lexer::ScanString(size_t begin) {
  bool is_ascii = true;
  size_t at = begin + 1;
  while (true) {
    if (at >= text_.size() || text_[at] == '\n') {
      Fail("unclosed string literal", begin);
      return kNpos;
    }
    const char c = text_[at];
    if (c == '"') break;
    if (c == '\\') {
      at = ScanEscape(at);
      if (at == kNpos) return kNpos;
      continue;
    }
    if (absl::ascii_iscntrl(c)) {
      Fail("illegal control character in string literal", at);
      return kNpos;
    }
    is_ascii = is_ascii && IsAscii(c);
    ++at;
  }
  if (!is_ascii && !IsValidUtf8(text_.substr(begin, at - begin))) {
    Fail("malformed UTF-8 encoding", begin);
    return kNpos;
  }
  return at + 1;
}

size_t Lexer::ScanEscape(size_t begin) {
  const auto char_at = [this](size_t i) { return i < text_.size() ? text_[i] : '\0'; };
  const char c = char_at(begin + 1);
  if (c != '\0' && absl::string_view("tnr\"'\\").find(c) != kNpos) return begin + 2;
  if (HexDigit(c) >= 0 && HexDigit(char_at(begin + 2)) >= 0) return begin + 3;
  if (c == 'u' && char_at(begin + 2) == '{') {
    uint64_t code_point = 0;
    size_t at = begin + 3;
    bool after_digit = false;
    for (; HexDigit(char_at(at)) >= 0 || (after_digit && char_at(at) == '_'); ++at) {
      after_digit = char_at(at) != '_';
      if (after_digit && code_point <= 0x10ffff) {
        code_point = code_point * 16 + HexDigit(char_at(at));
      }
    }
    const bool is_scalar = code_point < 0xd800 || (code_point >= 0xe000 && code_point <= 0x10ffff);
    if (after_digit && char_at(at) == '}' && is_scalar) return at + 1;
  }
  Fail("invalid string escape", begin);
  return kNpos;
}

// core: #text-space
bool Lexer::SkipSpace() {
  while (pos_ < text_.size()) {
    const char c = text_[pos_];
    const absl::string_view two = text_.substr(pos_, 2);
    if (IsSpace(c)) {
      ++pos_;
      if (c == '\n') AtNewline(pos_);
    } else if (two == ";;") {
      if (!SkipLineComment()) return false;
    } else if (two == "(;") {
      if (!SkipBlockComment()) return false;
    } else if (two == "(@") {
      bool is_known = false;
      if (!SkipAnnotation(&is_known)) return false;
      if (is_known) break;
    } else {
      break;
    }
  }
  return true;
}

bool Lexer::SkipLineComment() {
  const size_t end = std::min(text_.find_first_of("\n\r", pos_), text_.size());
  if (!IsValidUtf8(text_.substr(pos_, end - pos_))) return Fail("malformed UTF-8 encoding", pos_);
  pos_ = end;
  return true;
}

bool Lexer::SkipBlockComment() {
  const size_t begin = pos_;
  const SourceLocation where = Place(begin);  // the comment may end in another line
  size_t depth = 0;
  do {
    if (pos_ >= text_.size()) return Fail("unclosed comment", where);
    const absl::string_view two = text_.substr(pos_, 2);
    if (two == "(;") {
      ++depth;
      pos_ += 2;
    } else if (two == ";)") {
      --depth;
      pos_ += 2;
    } else if (text_[pos_++] == '\n') {
      AtNewline(pos_);
    }
  } while (depth > 0);
  return IsValidUtf8(text_.substr(begin, pos_ - begin)) || Fail("malformed UTF-8 encoding", where);
}

// What an annotation holds is tokens with balanced parentheses. core: #text-annot
bool Lexer::SkipAnnotation(bool* is_known) {
  const size_t begin = pos_;
  const SourceLocation where = Place(begin);
  size_t content;
  if (!CheckQuotedName(begin + 2, "empty annotation id", &content)) return false;
  *is_known = IsKnownAnnotation(UnquotedName(text_.substr(begin + 2, content - begin - 2)));
  if (*is_known) return true;
  pos_ = content;
  size_t depth = 1;
  while (depth > 0) {
    if (pos_ >= text_.size()) return Fail("unclosed annotation", where);
    const char c = text_[pos_];
    const absl::string_view two = text_.substr(pos_, 2);
    if (c == '\n') {
      AtNewline(++pos_);
    } else if (IsSpace(c)) {
      ++pos_;
    } else if (two == ";;") {
      if (!SkipLineComment()) return false;
    } else if (two == "(;") {
      if (!SkipBlockComment()) return false;
    } else if (c == '(' || c == ')') {
      depth += c == '(' ? 1 : -1;
      ++pos_;
    } else {
      const size_t end = ScanWord(pos_);
      if (end == kNpos) return false;
      pos_ = end;
    }
  }
  return true;
}

}  // namespace tenon::vm
