#include "abi/text/wave_lexer.h"

#include <algorithm>
#include <vector>

#include "abi/syntax/names.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "vm/base/utf8.h"

namespace tenon::abi {
namespace {

constexpr absl::string_view kTripleQuote = "\"\"\"";

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Takes digits off the front; false if there are none.
bool ConsumeDigits(absl::string_view* text) {
  const size_t size = text->size();
  while (!text->empty() && absl::ascii_isdigit(text->front())) text->remove_prefix(1);
  return text->size() != size;
}

bool IsNumber(absl::string_view text) {
  absl::ConsumePrefix(&text, "-");
  if (text == "inf") return true;
  if (!absl::ConsumePrefix(&text, "0") && !ConsumeDigits(&text)) return false;
  if (absl::ConsumePrefix(&text, ".") && !ConsumeDigits(&text)) return false;
  if (absl::ConsumePrefix(&text, "e") || absl::ConsumePrefix(&text, "E")) {
    if (!absl::ConsumePrefix(&text, "-")) absl::ConsumePrefix(&text, "+");
    if (!ConsumeDigits(&text)) return false;
  }
  return text.empty();
}

}  // namespace

std::unexpected<Error> WaveFailure(absl::string_view text, size_t offset,
                                   absl::string_view message) {
  const absl::string_view before = text.substr(0, offset);
  const size_t newline = before.rfind('\n');
  const size_t line_start = newline == absl::string_view::npos ? 0 : newline + 1;
  SourceLocation where;
  where.offset = offset;
  where.line = static_cast<uint32_t>(1 + std::count(before.begin(), before.end(), '\n'));
  where.column = static_cast<uint32_t>(1 + offset - line_start);
  return Fail(ErrorKind::kMalformed, message, where);
}

Result<WaveToken> WaveLexer::Next() {
  SkipSpace();
  WaveToken token;
  token.offset = at_;
  if (at_ == text_.size()) return token;
  const char c = text_[at_];
  if (absl::ascii_isalpha(c) || c == '%') return Label(std::move(token));
  if (absl::ascii_isdigit(c) || c == '-') return Number(std::move(token));
  if (c == '\'') return Char(std::move(token));
  if (absl::StartsWith(Rest(), kTripleQuote)) return MultilineString(std::move(token));
  if (c == '"') return String(std::move(token));
  if (!absl::StrContains("()[]{},:", c)) {
    return WaveFailure(text_, at_, "no value begins with this character");
  }
  ++at_;
  return Finish(std::move(token), WaveToken::Kind::kPunctuation);
}

WaveToken WaveLexer::Finish(WaveToken token, WaveToken::Kind kind) const {
  token.kind = kind;
  token.text = text_.substr(token.offset, at_ - token.offset);
  return token;
}

void WaveLexer::SkipSpace() {
  while (at_ < text_.size()) {
    if (absl::StartsWith(Rest(), "//")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (IsSpace(text_[at_])) {
      ++at_;
    } else {
      return;
    }
  }
}

bool WaveLexer::Consume(absl::string_view prefix) {
  if (!absl::StartsWith(Rest(), prefix)) return false;
  at_ += prefix.size();
  return true;
}

Result<WaveToken> WaveLexer::Label(WaveToken token) {
  token.is_escaped = Consume("%");
  while (at_ < text_.size() && (absl::ascii_isalnum(text_[at_]) || text_[at_] == '-')) ++at_;
  token = Finish(std::move(token), WaveToken::Kind::kLabel);
  if (token.is_escaped) token.text.remove_prefix(1);
  if (IsLabel(token.text)) return token;
  return WaveFailure(text_, token.offset,
                     "malformed label; expected words in one case each, joined by '-'");
}

Result<WaveToken> WaveLexer::Number(WaveToken token) {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const bool is_sign = (c == '-' || c == '+') &&
                         (at_ == token.offset || absl::ascii_tolower(text_[at_ - 1]) == 'e');
    if (!is_sign && !absl::ascii_isalnum(c) && c != '.' && c != '_') break;
    ++at_;
  }
  token = Finish(std::move(token), WaveToken::Kind::kNumber);
  if (IsNumber(token.text)) return token;
  return WaveFailure(text_, token.offset,
                     "malformed number; expected decimal digits without leading zeros");
}

Result<WaveToken> WaveLexer::Char(WaveToken token) {
  ++at_;
  if (at_ == text_.size() || text_[at_] == '\n') {
    return WaveFailure(text_, token.offset, "a character without closing quote");
  }
  if (text_[at_] == '\'') return WaveFailure(text_, at_, "expected a character, found none");
  TENON_RETURN_IF_ERROR(AppendChar(&token.value));
  if (!Consume("'")) {
    return WaveFailure(text_, at_,
                       "expected the closing quote of a character; a string is "
                       "written with double quotes");
  }
  return Finish(std::move(token), WaveToken::Kind::kChar);
}

Result<WaveToken> WaveLexer::String(WaveToken token) {
  ++at_;
  while (!Consume("\"")) {
    if (at_ == text_.size() || text_[at_] == '\n') {
      return WaveFailure(text_, token.offset,
                         "a string without closing quote; a line break is written \\n");
    }
    TENON_RETURN_IF_ERROR(AppendChar(&token.value));
  }
  return Finish(std::move(token), WaveToken::Kind::kString);
}

// Three quotes, a line break, lines, and three quotes on a line of their own, whose indentation all
// lines have and lose.
Result<WaveToken> WaveLexer::MultilineString(WaveToken token) {
  at_ += kTripleQuote.size();
  Consume("\r");
  if (!Consume("\n")) {
    return WaveFailure(text_, at_, "expected a line break behind the opening \"\"\"");
  }
  const size_t end = text_.find(kTripleQuote, at_);
  if (end == absl::string_view::npos) {
    return WaveFailure(text_, token.offset, "a string without closing \"\"\"");
  }
  std::vector<absl::string_view> lines = absl::StrSplit(text_.substr(at_, end - at_), '\n');
  const absl::string_view indentation = lines.back();
  if (indentation.find_first_not_of(' ') != absl::string_view::npos) {
    return WaveFailure(text_, end, "expected the closing \"\"\" on a line of its own");
  }
  lines.pop_back();
  for (absl::string_view line : lines) {
    const size_t next = at_ + line.size() + 1;
    if (!Consume(indentation)) {
      return WaveFailure(text_, at_, "expected a line indented as the closing \"\"\" is");
    }
    const size_t line_end = next - 1 - (absl::EndsWith(line, "\r") ? 1 : 0);
    while (at_ < line_end) TENON_RETURN_IF_ERROR(AppendChar(&token.value));
    token.value.push_back('\n');
    at_ = next;
  }
  if (!lines.empty()) token.value.pop_back();
  at_ = end + kTripleQuote.size();
  return Finish(std::move(token), WaveToken::Kind::kString);
}

Status WaveLexer::AppendChar(std::string* out) {
  if (text_[at_] == '\\') return AppendEscape(out);
  uint32_t length;
  DecodeUtf8(Rest(), &length);
  absl::StrAppend(out, Rest().substr(0, length));
  at_ += length;
  return {};
}

Status WaveLexer::AppendEscape(std::string* out) {
  static constexpr absl::string_view kLetters = "\\'\"tnr", kMeanings = "\\'\"\t\n\r";
  const size_t start = at_++;
  if (at_ < text_.size()) {
    const size_t letter = kLetters.find(text_[at_]);
    if (letter != absl::string_view::npos) {
      ++at_;
      out->push_back(kMeanings[letter]);
      return {};
    }
  }
  if (!Consume("u{")) {
    return WaveFailure(text_, start,
                       "unknown escape; expected one of \\n \\t \\r \\\\ \\\" \\' \\u{...}");
  }
  uint32_t code_point = 0;
  size_t digits = 0;
  for (; at_ < text_.size() && absl::ascii_isxdigit(text_[at_]) && digits <= 6; ++at_, ++digits) {
    const char c = absl::ascii_tolower(text_[at_]);
    code_point = code_point << 4 | static_cast<uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  const bool is_scalar = code_point < 0x110000 && !(code_point >= 0xd800 && code_point <= 0xdfff);
  if (digits == 0 || digits > 6 || !is_scalar || !Consume("}")) {
    return WaveFailure(text_, start,
                       "expected \\u{...} with one to six hexadecimal digits of a character");
  }
  AppendUtf8(code_point, out);
  return {};
}

}  // namespace tenon::abi
