#include "abi/text/wave_parse.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "abi/text/wave_lexer.h"
#include "abi/text/wave_print.h"
#include "abi/text/wit.h"
#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/charconv.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "vm/base/near_match.h"
#include "vm/base/utf8.h"

namespace tenon::abi {
namespace {

using Kind = WaveToken::Kind;

// A token as messages show it.
std::string Describe(const WaveToken& token) {
  constexpr size_t kMaxShown = 40;
  switch (token.kind) {
    case Kind::kEnd: return "the end";
    case Kind::kChar: return "a character";
    case Kind::kString: return "a string";
    default:
      return absl::StrCat("'", token.is_escaped ? "%" : "", token.text.substr(0, kMaxShown), "'");
  }
}

// "; did you mean 'x'?", or which there are.
std::string Suggestion(absl::string_view label, absl::Span<const absl::string_view> labels) {
  const absl::string_view nearest = NearMatch(label, labels);
  if (!nearest.empty()) return absl::StrCat("; did you mean '", nearest, "'?");
  constexpr size_t kMaxListed = 20;
  return absl::StrCat("; there are ", absl::StrJoin(labels.subspan(0, kMaxListed), ", "),
                      labels.size() > kMaxListed ? ", ..." : "");
}

// Options and results have no flat form inside each other.
bool MayBeFlat(ValType payload) {
  return payload.has_value() && payload.kind() != TypeKind::kOption &&
         payload.kind() != TypeKind::kResult;
}

class Parser {
 public:
  Parser(const TypeTable& types, absl::string_view text, size_t offset)
      : types_(types), text_(text), lexer_(text, offset) {}

  // The first token; before anything else.
  Status Begin() { return Advance(); }
  Result<Value> Whole(ValType type);
  Result<std::vector<Value>> Arguments(const FuncType& type);

 private:
  Status Advance() {
    TENON_ASSIGN_OR_RETURN(token_, lexer_.Next());
    return {};
  }
  std::unexpected<Error> Wrong(absl::string_view message) const {
    return WaveFailure(text_, token_.offset, message);
  }
  // What is wrong is known where a sequence has ended.
  std::unexpected<Error> WrongAtClose(absl::string_view message) const {
    return WaveFailure(text_, closed_, message);
  }
  std::unexpected<Error> Expected(absl::string_view what) const {
    return Wrong(absl::StrCat("expected ", what, ", found ", Describe(token_)));
  }
  std::unexpected<Error> ExpectedValue(ValType type) const { return Expected(TypeName(type)); }
  // A type in few words.
  std::string TypeName(ValType type) const;

  Status Expect(char punctuation);
  // Items, commas between them and perhaps one behind, up to `close`, which is passed: closed_.
  Status Sequence(char close, absl::FunctionRef<Status()> item);
  Status Take(size_t count);

  Status Parse(ValType type, Value* out);
  Status ParseBool(Value* out);
  template <typename T>
  Status ParseInteger(ValType type, Value* out);
  template <typename T, typename Bits>
  Status ParseFloat(ValType type, Value* out);
  Status ParseChar(Value* out);
  Status ParseString(Value* out);
  Status ParseList(const TypeDef& def, Value* out);
  Status ParseFixedList(ValType type, const TypeDef& def, Value* out);
  Status ParseTuple(ValType type, const TypeDef& def, Value* out);
  Status ParseRecord(ValType type, const TypeDef& def, Value* out);
  Status ParseField(const TypeDef& def, std::vector<bool>* seen, Value* out);
  Status ParseFlags(ValType type, const TypeDef& def, Value* out);
  Status ParseLabeledCase(ValType type, const TypeDef& def, Value* out);
  Status ParseKeywordCase(ValType type, const TypeDef& def, Value* out);
  Status ParsePayload(const TypeDef& def, uint32_t index, Value* out);
  // Which of the labels the token is; `what` it is the label of: "field".
  Result<uint32_t> FindLabel(const TypeDef& def, absl::string_view what) const;

  const TypeTable& types_;
  absl::string_view text_;
  WaveLexer lexer_;
  WaveToken token_;    // the next one
  size_t closed_ = 0;  // where the last sequence was closed
  size_t values_left_ = kMaxWaveValues;
};

std::string Parser::TypeName(ValType type) const {
  constexpr size_t kMaxLength = 60;
  const std::string text = ToString(types_, type);
  return text.size() <= kMaxLength ? text : absl::StrCat(text.substr(0, kMaxLength), "...");
}

Status Parser::Expect(char punctuation) {
  if (!token_.Is(punctuation)) return Expected(absl::StrCat("'", std::string(1, punctuation), "'"));
  return Advance();
}

Status Parser::Sequence(char close, absl::FunctionRef<Status()> item) {
  while (!token_.Is(close)) {
    TENON_RETURN_IF_ERROR(item());
    if (token_.Is(close)) break;
    if (!token_.Is(',')) return Expected(absl::StrCat("',' or '", std::string(1, close), "'"));
    TENON_RETURN_IF_ERROR(Advance());
  }
  closed_ = token_.offset;
  return Advance();
}

Status Parser::Take(size_t count) {
  if (count > values_left_) {
    return Wrong(absl::StrCat("more values than the limit of ", kMaxWaveValues));
  }
  values_left_ -= count;
  return {};
}

Result<Value> Parser::Whole(ValType type) {
  Value value;
  TENON_RETURN_IF_ERROR(Parse(type, &value));
  if (token_.kind != Kind::kEnd) return Expected("the end");
  return value;
}

Result<std::vector<Value>> Parser::Arguments(const FuncType& type) {
  const auto& params = type.params;
  std::vector<Value> values;
  TENON_RETURN_IF_ERROR(Expect('('));
  TENON_RETURN_IF_ERROR(Sequence(')', [&]() -> Status {
    if (values.size() == params.size()) {
      return Wrong(absl::StrCat("too many arguments; the function has ", params.size()));
    }
    const ValType param = params[values.size()].second;
    values.emplace_back();
    return Parse(param, &values.back());
  }));
  if (token_.kind != Kind::kEnd) return Expected("the end");
  while (values.size() < params.size() &&
         params[values.size()].second.kind() == TypeKind::kOption) {
    values.push_back(Value::Case(0));
  }
  if (values.size() == params.size()) return values;
  const auto& [name, param] = params[values.size()];
  return WrongAtClose(absl::StrCat("missing argument '", name, ": ", TypeName(param), "'"));
}

Status Parser::Parse(ValType type, Value* out) {
  switch (type.kind()) {
    case TypeKind::kBool: return ParseBool(out);
    case TypeKind::kS8: return ParseInteger<int8_t>(type, out);
    case TypeKind::kU8: return ParseInteger<uint8_t>(type, out);
    case TypeKind::kS16: return ParseInteger<int16_t>(type, out);
    case TypeKind::kU16: return ParseInteger<uint16_t>(type, out);
    case TypeKind::kS32: return ParseInteger<int32_t>(type, out);
    case TypeKind::kU32: return ParseInteger<uint32_t>(type, out);
    case TypeKind::kS64: return ParseInteger<int64_t>(type, out);
    case TypeKind::kU64: return ParseInteger<uint64_t>(type, out);
    case TypeKind::kF32: return ParseFloat<float, uint32_t>(type, out);
    case TypeKind::kF64: return ParseFloat<double, uint64_t>(type, out);
    case TypeKind::kChar: return ParseChar(out);
    case TypeKind::kString: return ParseString(out);
    case TypeKind::kList:
    case TypeKind::kMap: return ParseList(types_.Get(type), out);
    case TypeKind::kFixedList: return ParseFixedList(type, types_.Get(type), out);
    case TypeKind::kTuple: return ParseTuple(type, types_.Get(type), out);
    case TypeKind::kRecord: return ParseRecord(type, types_.Get(type), out);
    case TypeKind::kFlags: return ParseFlags(type, types_.Get(type), out);
    case TypeKind::kVariant:
    case TypeKind::kEnum: return ParseLabeledCase(type, types_.Get(type), out);
    case TypeKind::kOption:
    case TypeKind::kResult: return ParseKeywordCase(type, types_.Get(type), out);
    default: return Wrong(absl::StrCat("a value of type ", TypeName(type), " can't be written"));
  }
}

Status Parser::ParseBool(Value* out) {
  if (!token_.IsKeyword("true") && !token_.IsKeyword("false")) {
    return Expected("bool, true or false");
  }
  *out = Value::Bits(token_.IsKeyword("true"));
  return Advance();
}

template <typename T>
Status Parser::ParseInteger(ValType type, Value* out) {
  const absl::string_view text = token_.text;
  T number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (token_.kind != Kind::kNumber || end != text.data() + text.size() || error != std::errc()) {
    using Limits = std::numeric_limits<T>;
    return Expected(
        absl::StrCat(TypeName(type), ", an integer from ", Limits::min(), " to ", Limits::max()));
  }
  *out = Value::Bits(static_cast<uint64_t>(number));
  return Advance();
}

template <typename T, typename Bits>
Status Parser::ParseFloat(ValType type, Value* out) {
  T number = std::numeric_limits<T>::quiet_NaN();
  if (token_.IsKeyword("inf")) {
    number = std::numeric_limits<T>::infinity();
  } else if (token_.kind == Kind::kNumber) {
    const auto result =
        absl::from_chars(token_.text.data(), token_.text.data() + token_.text.size(), number);
    if (result.ec == std::errc::result_out_of_range && std::abs(number) > 1) {
      return Wrong(
          absl::StrCat("out of range for ", TypeName(type), "; infinity is written inf or -inf"));
    }
  } else if (!token_.IsKeyword("nan")) {
    return ExpectedValue(type);
  }
  *out = Value::Bits(std::bit_cast<Bits>(number));
  return Advance();
}

Status Parser::ParseChar(Value* out) {
  if (token_.kind != Kind::kChar) return Expected("char, in single quotes");
  uint32_t length;
  *out = Value::Bits(DecodeUtf8(token_.value, &length));
  return Advance();
}

Status Parser::ParseString(Value* out) {
  if (token_.kind != Kind::kString) return Expected("string, in double quotes");
  *out = Value::Text(std::move(token_.value));
  return Advance();
}

Status Parser::ParseList(const TypeDef& def, Value* out) {
  TENON_RETURN_IF_ERROR(Expect('['));
  return Sequence(']', [&]() -> Status {
    TENON_RETURN_IF_ERROR(Take(1));
    out->items.emplace_back();
    return Parse(def.types[0], &out->items.back());
  });
}

Status Parser::ParseFixedList(ValType type, const TypeDef& def, Value* out) {
  TENON_RETURN_IF_ERROR(ParseList(def, out));
  if (out->items.size() == def.length) return {};
  return WrongAtClose(absl::StrCat("expected ", def.length, " values of ", TypeName(type),
                                   ", found ", out->items.size()));
}

Status Parser::ParseTuple(ValType type, const TypeDef& def, Value* out) {
  if (!token_.Is('(')) return ExpectedValue(type);
  TENON_RETURN_IF_ERROR(Advance());
  TENON_RETURN_IF_ERROR(Take(def.types.size()));
  const auto count = absl::StrCat(def.types.size(), " values of ", TypeName(type));
  TENON_RETURN_IF_ERROR(Sequence(')', [&]() -> Status {
    const size_t index = out->items.size();
    if (index == def.types.size()) return Expected(absl::StrCat("no more than ", count));
    out->items.emplace_back();
    return Parse(def.types[index], &out->items.back());
  }));
  if (out->items.size() == def.types.size()) return {};
  return WrongAtClose(absl::StrCat("expected ", count, ", found ", out->items.size()));
}

Status Parser::ParseRecord(ValType type, const TypeDef& def, Value* out) {
  if (!token_.Is('{')) return ExpectedValue(type);
  TENON_RETURN_IF_ERROR(Take(def.types.size()));
  out->items.resize(def.types.size());
  std::vector<bool> seen(def.types.size());
  TENON_RETURN_IF_ERROR(Advance());
  const bool is_empty = token_.Is(':');
  if (is_empty) TENON_RETURN_IF_ERROR(Advance());
  if (is_empty && !token_.Is('}')) return Expected("'}'");
  TENON_RETURN_IF_ERROR(Sequence('}', [&] { return ParseField(def, &seen, out); }));
  // Fields that were left out are none, which their Values are already.
  for (size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] || def.types[i].kind() == TypeKind::kOption) continue;
    return WrongAtClose(
        absl::StrCat("missing field '", def.labels[i], ": ", TypeName(def.types[i]), "'"));
  }
  if (is_empty || absl::c_linear_search(seen, true)) return {};
  return WrongAtClose("a record whose fields are all left out is written {:}");
}

Status Parser::ParseField(const TypeDef& def, std::vector<bool>* seen, Value* out) {
  TENON_ASSIGN_OR_RETURN(const uint32_t field, FindLabel(def, "field"));
  if ((*seen)[field]) return Wrong(absl::StrCat("field '", token_.text, "' is given twice"));
  (*seen)[field] = true;
  TENON_RETURN_IF_ERROR(Advance());
  TENON_RETURN_IF_ERROR(Expect(':'));
  return Parse(def.types[field], &out->items[field]);
}

Status Parser::ParseFlags(ValType type, const TypeDef& def, Value* out) {
  if (!token_.Is('{')) return ExpectedValue(type);
  TENON_RETURN_IF_ERROR(Advance());
  return Sequence('}', [&]() -> Status {
    TENON_ASSIGN_OR_RETURN(const uint32_t flag, FindLabel(def, "flag"));
    const uint64_t bit = uint64_t{1} << flag;
    if ((out->bits & bit) != 0) {
      return Wrong(absl::StrCat("flag '", token_.text, "' is given twice"));
    }
    out->bits |= bit;
    return Advance();
  });
}

Result<uint32_t> Parser::FindLabel(const TypeDef& def, absl::string_view what) const {
  if (token_.kind != Kind::kLabel) return Expected(absl::StrCat("the label of a ", what));
  const auto found = absl::c_find(def.labels, token_.text);
  if (found != def.labels.end()) return static_cast<uint32_t>(found - def.labels.begin());
  return Wrong(
      absl::StrCat("unknown ", what, " ", Describe(token_), Suggestion(token_.text, def.labels)));
}

Status Parser::ParseLabeledCase(ValType type, const TypeDef& def, Value* out) {
  if (token_.kind != Kind::kLabel) return ExpectedValue(type);
  TENON_ASSIGN_OR_RETURN(const uint32_t index, FindLabel(def, "case"));
  if (!token_.is_escaped && IsWaveKeyword(token_.text)) {
    return Wrong(
        absl::StrCat("'", token_.text, "' is a keyword; the case is written '%", token_.text, "'"));
  }
  TENON_RETURN_IF_ERROR(Advance());
  return ParsePayload(def, index, out);
}

Status Parser::ParseKeywordCase(ValType type, const TypeDef& def, Value* out) {
  const bool is_option = def.kind == TypeKind::kOption;
  for (const uint32_t index : {0, 1}) {
    const absl::string_view keyword =
        is_option ? (index == 0 ? "none" : "some") : (index == 0 ? "ok" : "err");
    if (!token_.IsKeyword(keyword)) continue;
    TENON_RETURN_IF_ERROR(Advance());
    return ParsePayload(def, index, out);
  }
  const uint32_t flat_case = is_option ? 1 : 0;
  const ValType payload = CasePayload(def, flat_case);
  if (!MayBeFlat(payload)) {
    return Expected(
        absl::StrCat(TypeName(type), is_option ? ", some(...) or none" : ", ok or err"));
  }
  TENON_RETURN_IF_ERROR(Take(1));
  *out = Value::Case(flat_case, {});
  return Parse(payload, &out->items[0]);
}

// Behind the label of a case.
Status Parser::ParsePayload(const TypeDef& def, uint32_t index, Value* out) {
  const ValType payload = CasePayload(def, index);
  if (!payload.has_value()) {
    *out = Value::Case(index);
    return token_.Is('(') ? Status(Wrong("this case has no payload")) : Status();
  }
  if (!token_.Is('(')) return Expected(absl::StrCat("(", TypeName(payload), ")"));
  TENON_RETURN_IF_ERROR(Advance());
  TENON_RETURN_IF_ERROR(Take(1));
  *out = Value::Case(index, {});
  TENON_RETURN_IF_ERROR(Parse(payload, &out->items[0]));
  return Expect(')');
}

Status CheckUtf8(absl::string_view text) {
  if (IsValidUtf8(text)) return {};
  return Fail(ErrorKind::kMalformed, "not UTF-8");
}

}  // namespace

Result<Value> ParseWave(const TypeTable& types, ValType type, absl::string_view text) {
  TENON_RETURN_IF_ERROR(CheckUtf8(text));
  Parser parser(types, text, 0);
  TENON_RETURN_IF_ERROR(parser.Begin());
  return parser.Whole(type);
}

Result<WaveCall> ParseWaveCall(absl::string_view text) {
  TENON_RETURN_IF_ERROR(CheckUtf8(text));
  const size_t parenthesis = text.find('(');
  const absl::string_view name = absl::StripAsciiWhitespace(text.substr(0, parenthesis));
  if (name.empty()) return WaveFailure(text, 0, "expected a function's name");
  if (parenthesis == absl::string_view::npos) {
    return WaveFailure(text, text.size(),
                       absl::StrCat("expected '(', found the end; without arguments the call is "
                                    "written '",
                                    name, "()'"));
  }
  return WaveCall{name, parenthesis};
}

Result<std::vector<Value>> ParseWaveArguments(const TypeTable& types, const FuncType& type,
                                              absl::string_view text, size_t offset) {
  Parser parser(types, text, offset);
  TENON_RETURN_IF_ERROR(parser.Begin());
  return parser.Arguments(type);
}

}  // namespace tenon::abi
