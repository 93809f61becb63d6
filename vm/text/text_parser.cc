#include "vm/text/text_parser.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "vm/base/utf8.h"
#include "vm/text/keywords.h"
#include "vm/text/number.h"

namespace tenon::vm {

bool TextParser::Fail(absl::string_view message, SourceLocation where) {
  if (!error_) error_ = tenon::Fail(ErrorKind::kMalformed, message, where).error();
  return false;
}

bool TextParser::FailInvalid(absl::string_view message, SourceLocation where) {
  if (!error_) error_ = tenon::Fail(ErrorKind::kInvalid, message, where).error();
  return false;
}

bool TextParser::Fail(Error error) {
  if (!error_) error_ = std::move(error);
  return false;
}

Error TextParser::TakeError() {
  TENON_CHECK(error_.has_value());
  return *std::move(error_);
}

bool TextParser::Unexpected(const Token& token) {
  if (!error_) error_.emplace(lexer.UnexpectedToken(token));
  return false;
}

bool TextParser::Limit(absl::string_view what, uint64_t limit) {
  if (!error_) {
    error_.emplace(ErrorKind::kLimit, absl::StrCat("more than ", limit, " ", what),
                   lexer.Peek().where());
  }
  return false;
}

bool TextParser::AtIndex() {
  const TokenKind kind = lexer.Peek().kind;
  return kind == TokenKind::kNat || kind == TokenKind::kId;
}

bool TextParser::ParseNat32(uint32_t* out) {
  const Token token = lexer.Peek();
  if (token.kind != TokenKind::kNat) return Unexpected();
  uint64_t value;
  if (ParseNat(token.text, UINT32_MAX, &value) != NumberStatus::kOk) {
    return Fail("i32 constant out of range", token.where());
  }
  *out = static_cast<uint32_t>(value);
  lexer.Take();
  return true;
}

bool TextParser::ParseNat64(uint64_t* out) {
  const Token token = lexer.Peek();
  if (token.kind != TokenKind::kNat) return Unexpected();
  if (ParseNat(token.text, UINT64_MAX, out) != NumberStatus::kOk) {
    return Fail("i64 constant out of range", token.where());
  }
  lexer.Take();
  return true;
}

bool TextParser::ParseString(std::string* out) {
  const Token token = lexer.Peek();
  if (token.kind != TokenKind::kString) return Unexpected();
  *out = StringValue(token);
  if (!IsValidUtf8(*out)) return Fail("malformed UTF-8 encoding", token.where());
  lexer.Take();
  return true;
}

bool TextParser::SkipToClose() {
  for (uint64_t depth = 0;;) {
    switch (lexer.Peek().kind) {
      case TokenKind::kLeftParen:
      case TokenKind::kAnnotation: ++depth; break;
      case TokenKind::kRightParen:
        if (depth == 0) return true;
        --depth;
        break;
      case TokenKind::kEnd:
      case TokenKind::kError: return Unexpected();
      default: break;
    }
    lexer.Take();
  }
}

std::optional<Token> TextParser::TakeId() {
  if (lexer.Peek().kind != TokenKind::kId) return std::nullopt;
  return lexer.Take();
}

bool TextParser::ParseIndex(const IndexSpace& space, uint32_t* out) {
  const Token token = lexer.Peek();
  if (token.kind != TokenKind::kId) return ParseNat32(out);
  if (const auto found = space.ids.find(IdName(token)); found != space.ids.end()) {
    *out = found->second;
  } else if (!space.find_elsewhere || !space.find_elsewhere(token, out)) {
    return Fail(absl::StrCat("unknown ", space.noun, " ", ShownText(token)), token.where());
  }
  lexer.Take();
  return true;
}

bool TextParser::FailAnnotation(absl::string_view annotation, absl::string_view message,
                                const Token& token) {
  if (token.kind == TokenKind::kError) return Unexpected(token);
  return Fail(absl::StrCat("@", annotation, " annotation: ", message), token.where());
}

// `(@name "...")`
bool TextParser::ParseNameAnnotation(std::optional<std::string>* out) {
  if (!lexer.TakeAnnotation(kNameAnnotation)) return true;
  const Token token = lexer.Peek();
  if (token.kind != TokenKind::kString) {
    return FailAnnotation(kNameAnnotation, "missing name", token);
  }
  lexer.Take();
  *out = StringValue(token);
  if (!IsValidUtf8(**out)) {
    return FailAnnotation(kNameAnnotation, "malformed UTF-8 encoding", token);
  }
  return ExpectClose();
}

bool TextParser::TakeBinding(Binding* out) {
  out->id = TakeId();
  return ParseNameAnnotation(&out->name);
}

std::string TextParser::NameOf(const Binding& binding) {
  return binding.name ? *binding.name : IdName(*binding.id);
}

bool TextParser::Bind(const Binding& binding, IndexSpace* space, uint32_t* index) {
  *index = space->count++;
  if (binding.has_name()) space->names.push_back({*index, NameOf(binding)});
  const std::optional<Token>& id = binding.id;
  return !id || space->ids.try_emplace(IdName(*id), *index).second ||
         Fail(absl::StrCat("duplicate ", space->noun, " ", ShownText(*id)), id->where());
}

}  // namespace tenon::vm
