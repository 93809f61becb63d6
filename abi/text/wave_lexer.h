// Tokens of WAVE text. Strings and characters come with their escapes resolved; what is malformed
// is an error at the very character.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "vm/base/status.h"

namespace tenon::abi {

struct WaveToken {
  enum class Kind { kEnd, kLabel, kNumber, kChar, kString, kPunctuation };
  Kind kind = Kind::kEnd;
  size_t offset = 0;        // in the whole text
  absl::string_view text;   // as written, a label without its '%'
  bool is_escaped = false;  // kLabel: written with '%', and so no keyword
  std::string value;        // kChar, kString: UTF-8

  bool Is(char punctuation) const { return kind == Kind::kPunctuation && text[0] == punctuation; }
  bool IsKeyword(absl::string_view keyword) const {
    return kind == Kind::kLabel && !is_escaped && text == keyword;
  }
};

class WaveLexer {
 public:
  // Begins at an offset of `text`, which is valid UTF-8.
  WaveLexer(absl::string_view text, size_t offset) : text_(text), at_(offset) {}

  // kEnd again and again at the end. Errors are kMalformed.
  Result<WaveToken> Next();

 private:
  void SkipSpace();
  absl::string_view Rest() const { return text_.substr(at_); }
  bool Consume(absl::string_view prefix);
  Result<WaveToken> Label(WaveToken token);
  Result<WaveToken> Number(WaveToken token);
  Result<WaveToken> Char(WaveToken token);
  Result<WaveToken> String(WaveToken token);
  Result<WaveToken> MultilineString(WaveToken token);
  // Appends the character at at_, an escape or a plain one, and goes behind it.
  Status AppendChar(std::string* out);
  Status AppendEscape(std::string* out);
  // Ends a token here.
  WaveToken Finish(WaveToken token, WaveToken::Kind kind) const;

  absl::string_view text_;
  size_t at_;
};

// What is wrong with a WAVE text, and where: kMalformed, with line and column.
std::unexpected<Error> WaveFailure(absl::string_view text, size_t offset,
                                   absl::string_view message);

}  // namespace tenon::abi
