#include "cli/wast/parse_constant.h"

#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "vm/text/number.h"

namespace tenon::cli {
namespace {

using vm::HeapKind;
using vm::Lexer;
using vm::NumberStatus;
using vm::Token;
using vm::TokenKind;
using vm::ValType;

std::unexpected<Error> FailAt(const Token& token, absl::string_view message) {
  return Fail(ErrorKind::kMalformed, message, token.where());
}

struct LaneShape {
  const char* name;
  uint8_t lane_bytes;
  uint8_t lanes;
  bool is_float;
};

constexpr LaneShape kShapes[] = {{"i8x16", 1, 16, false}, {"i16x8", 2, 8, false},
                                 {"i32x4", 4, 4, false},  {"i64x2", 8, 2, false},
                                 {"f32x4", 4, 4, true},   {"f64x2", 8, 2, true}};

struct NumberConstant {
  const char* name;
  ValType type;
  LaneShape shape;
};

constexpr NumberConstant kNumbers[] = {{"i32.const", ValType::kI32, {"", 4, 1, false}},
                                       {"i64.const", ValType::kI64, {"", 8, 1, false}},
                                       {"f32.const", ValType::kF32, {"", 4, 1, true}},
                                       {"f64.const", ValType::kF64, {"", 8, 1, true}}};

struct HeapName {
  const char* name;
  HeapKind kind;
};

constexpr HeapName kHeaps[] = {
    {"func", HeapKind::kFunc},         {"nofunc", HeapKind::kNoFunc}, {"extern", HeapKind::kExtern},
    {"noextern", HeapKind::kNoExtern}, {"any", HeapKind::kAny},       {"eq", HeapKind::kEq},
    {"i31", HeapKind::kI31},           {"struct", HeapKind::kStruct}, {"array", HeapKind::kArray},
    {"none", HeapKind::kNone},         {"exn", HeapKind::kExn},       {"noexn", HeapKind::kNoExn}};

NumberStatus ParseLane(absl::string_view text, const LaneShape& shape, uint64_t* out) {
  if (!shape.is_float) return vm::ParseInt(text, shape.lane_bytes * 8, out);
  if (shape.lane_bytes == 8) return vm::ParseF64(text, out);
  uint32_t bits = 0;
  const NumberStatus status = vm::ParseF32(text, &bits);
  *out = bits;
  return status;
}

Result<LanePattern> ParseLanePattern(Lexer& lexer, const LaneShape& shape) {
  const Token token = lexer.Take();
  LanePattern lane;
  if (shape.is_float && token.text == "nan:canonical") {
    lane.kind = LanePattern::Kind::kCanonicalNan;
    return lane;
  }
  if (shape.is_float && token.text == "nan:arithmetic") {
    lane.kind = LanePattern::Kind::kArithmeticNan;
    return lane;
  }
  switch (ParseLane(token.text, shape, &lane.bits)) {
    case NumberStatus::kOk: return lane;
    case NumberStatus::kOutOfRange: return FailAt(token, "constant out of range");
    case NumberStatus::kSyntax: break;
  }
  return std::unexpected(lexer.UnexpectedToken(token));
}

// The constant behind `(` when it is a number or a vector; nothing otherwise.
Result<std::optional<ResultPattern>> ParseNumber(Lexer& lexer) {
  ResultPattern pattern;
  const LaneShape* shape = nullptr;
  if (lexer.TakeKeyword("v128.const")) {
    pattern.type = ValType::kV128;
    const Token token = lexer.Take();
    for (const LaneShape& candidate : kShapes) {
      if (token.Is(candidate.name)) shape = &candidate;
    }
    if (shape == nullptr) return std::unexpected(lexer.UnexpectedToken(token));
  }
  for (const NumberConstant& number : kNumbers) {
    if (shape != nullptr || !lexer.TakeKeyword(number.name)) continue;
    pattern.type = number.type;
    shape = &number.shape;
  }
  if (shape == nullptr) return std::nullopt;
  pattern.lane_bytes = shape->lane_bytes;
  for (int i = 0; i < shape->lanes; ++i) {
    TENON_ASSIGN_OR_RETURN(LanePattern lane, ParseLanePattern(lexer, *shape));
    pattern.lanes.push_back(lane);
  }
  return pattern;
}

std::optional<HeapKind> TakeHeapKind(Lexer& lexer) {
  for (const HeapName& heap : kHeaps) {
    if (lexer.TakeKeyword(heap.name)) return heap.kind;
  }
  return std::nullopt;
}

Result<ResultPattern> ParseHostValue(Lexer& lexer, ResultPattern pattern) {
  pattern.kind = ResultPattern::Kind::kHost;
  const Token number = lexer.Take();
  switch (vm::ParseNat(number.text, UINT32_MAX, &pattern.host_value)) {
    case NumberStatus::kOk: return pattern;
    case NumberStatus::kOutOfRange: return FailAt(number, "constant out of range");
    case NumberStatus::kSyntax: break;
  }
  return std::unexpected(lexer.UnexpectedToken(number));
}

// A reference's pattern behind `(`.
Result<ResultPattern> ParseReference(Lexer& lexer) {
  ResultPattern pattern;
  const Token token = lexer.Take();
  if (token.Is("ref.null")) {
    pattern.kind = ResultPattern::Kind::kNull;
    const std::optional<HeapKind> heap = TakeHeapKind(lexer);
    if (heap) pattern.type = ValType::Ref(*heap, true);
    return pattern;
  }
  if (token.Is("ref.host")) {
    pattern.type = ValType::Ref(HeapKind::kAny, false);
    return ParseHostValue(lexer, std::move(pattern));
  }
  for (const HeapName& heap : kHeaps) {
    if (token.text != absl::StrCat("ref.", heap.name)) continue;
    pattern.kind = ResultPattern::Kind::kKind;
    pattern.type = ValType::Ref(heap.kind, false);
    const bool has_value = token.Is("ref.extern") && lexer.Peek().kind == TokenKind::kNat;
    return has_value ? ParseHostValue(lexer, std::move(pattern)) : pattern;
  }
  return std::unexpected(lexer.UnexpectedToken(token));
}

// Alternatives do not nest, so this does not recurse.
Result<ResultPattern> ParseSimplePattern(Lexer& lexer) {
  TENON_ASSIGN_OR_RETURN(std::optional<ResultPattern> number, ParseNumber(lexer));
  if (number) return *std::move(number);
  return ParseReference(lexer);
}

}  // namespace

Status ExpectLeftParen(Lexer& lexer) {
  if (!lexer.TakeIf(TokenKind::kLeftParen)) return std::unexpected(lexer.UnexpectedToken());
  return {};
}

Status ExpectRightParen(Lexer& lexer) {
  if (!lexer.TakeIf(TokenKind::kRightParen)) return std::unexpected(lexer.UnexpectedToken());
  return {};
}

Result<ScriptValue> ParseScriptValue(Lexer& lexer) {
  TENON_RETURN_IF_ERROR(ExpectLeftParen(lexer));
  const Token token = lexer.Peek();
  TENON_ASSIGN_OR_RETURN(const ResultPattern pattern, ParseSimplePattern(lexer));
  TENON_RETURN_IF_ERROR(ExpectRightParen(lexer));

  ScriptValue value = {.type = pattern.type};
  switch (pattern.kind) {
    case ResultPattern::Kind::kNumber:
      for (size_t i = 0; i < pattern.lanes.size(); ++i) {
        const LanePattern& lane = pattern.lanes[i];
        if (lane.kind != LanePattern::Kind::kBits) return FailAt(token, "unexpected token");
        std::memcpy(value.bits.bytes + i * pattern.lane_bytes, &lane.bits, pattern.lane_bytes);
      }
      return value;
    case ResultPattern::Kind::kNull:
      if (pattern.type.is_bot()) return FailAt(token, "unexpected token");
      value.is_null = true;
      return value;
    case ResultPattern::Kind::kHost: value.host_value = pattern.host_value; return value;
    case ResultPattern::Kind::kKind:
    case ResultPattern::Kind::kEither: break;
  }
  return FailAt(token, "unexpected token");
}

Result<ResultPattern> ParseResultPattern(Lexer& lexer) {
  TENON_RETURN_IF_ERROR(ExpectLeftParen(lexer));
  ResultPattern pattern;
  if (lexer.TakeKeyword("either")) {
    pattern.kind = ResultPattern::Kind::kEither;
    while (lexer.TakeIf(TokenKind::kLeftParen)) {
      TENON_ASSIGN_OR_RETURN(ResultPattern alternative, ParseSimplePattern(lexer));
      TENON_RETURN_IF_ERROR(ExpectRightParen(lexer));
      pattern.alternatives.push_back(std::move(alternative));
    }
  } else {
    TENON_ASSIGN_OR_RETURN(pattern, ParseSimplePattern(lexer));
  }
  TENON_RETURN_IF_ERROR(ExpectRightParen(lexer));
  return pattern;
}

}  // namespace tenon::cli
