#include "cli/wast/component_value.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "abi/text/wit.h"
#include "absl/strings/str_cat.h"
#include "cli/wast/parse_constant.h"
#include "vm/base/utf8.h"
#include "vm/text/number.h"

namespace tenon::cli {
namespace {

using abi::TypeDef;
using abi::TypeKind;
using abi::TypeTable;
using abi::ValType;
using abi::Value;
using vm::Lexer;
using vm::NumberStatus;
using vm::Token;
using vm::TokenKind;

struct IntegerRow {
  TypeKind kind;
  const char* keyword;
  int bits;
  bool is_signed;
};
constexpr IntegerRow kIntegers[] = {
    {TypeKind::kU8, "u8.const", 8, false},    {TypeKind::kS8, "s8.const", 8, true},
    {TypeKind::kU16, "u16.const", 16, false}, {TypeKind::kS16, "s16.const", 16, true},
    {TypeKind::kU32, "u32.const", 32, false}, {TypeKind::kS32, "s32.const", 32, true},
    {TypeKind::kU64, "u64.const", 64, false}, {TypeKind::kS64, "s64.const", 64, true}};

class Parser {
 public:
  Parser(Lexer& lexer, const TypeTable& types) : lexer_(lexer), types_(types) {}

  Result<Value> Parse(ValType type) {
    TENON_RETURN_IF_ERROR(ExpectLeftParen(lexer_));
    TENON_ASSIGN_OR_RETURN(Value value, ParseBare(type));
    TENON_RETURN_IF_ERROR(ExpectRightParen(lexer_));
    return value;
  }

 private:
  // Without its parentheses.
  Result<Value> ParseBare(ValType type) {
    for (const IntegerRow& row : kIntegers) {
      if (row.kind == type.kind()) return ParseInteger(row, type);
    }
    switch (type.kind()) {
      case TypeKind::kBool: return ParseBool(type);
      case TypeKind::kF32:
      case TypeKind::kF64: return ParseFloat(type);
      case TypeKind::kChar: return ParseChar(type);
      case TypeKind::kString: {
        TENON_RETURN_IF_ERROR(Expect("str.const", type));
        TENON_ASSIGN_OR_RETURN(std::string text, TakeText());
        return Value::Text(std::move(text));
      }
      case TypeKind::kList:
      case TypeKind::kMap: return ParseList(type);
      case TypeKind::kFixedList: return ParseFixedList(type);
      case TypeKind::kTuple: return ParseTuple(type);
      case TypeKind::kRecord: return ParseRecord(type);
      case TypeKind::kFlags: return ParseFlags(type);
      case TypeKind::kEnum:
      case TypeKind::kVariant: return ParseCase(type);
      case TypeKind::kOption: return ParseEither(type, "option.none", "option.some");
      case TypeKind::kResult: return ParseEither(type, "result.ok", "result.err");
      default: break;
    }
    return WrongType(type);
  }

  std::unexpected<Error> Wrong(absl::string_view message) {
    return Fail(ErrorKind::kMalformed, message, lexer_.Peek().where());
  }
  std::unexpected<Error> WrongType(ValType type) {
    return Fail(ErrorKind::kUsage,
                absl::StrCat(ShownText(lexer_.Peek()), " is no ", ToString(types_, type)),
                lexer_.Peek().where());
  }
  Status Expect(absl::string_view keyword, ValType type) {
    if (!lexer_.TakeKeyword(keyword)) return WrongType(type);
    return {};
  }

  Result<std::string> TakeText() {
    if (lexer_.Peek().kind != TokenKind::kString) return std::unexpected(lexer_.UnexpectedToken());
    std::string text = StringValue(lexer_.Peek());
    if (!IsValidUtf8(text)) return Wrong("malformed UTF-8 encoding");
    lexer_.Take();
    return text;
  }

  Result<Value> Number(NumberStatus status, uint64_t bits) {
    if (status == NumberStatus::kOutOfRange) return Wrong("constant out of range");
    if (status == NumberStatus::kSyntax) return std::unexpected(lexer_.UnexpectedToken());
    lexer_.Take();
    return Value::Bits(bits);
  }

  Result<Value> ParseInteger(const IntegerRow& row, ValType type) {
    TENON_RETURN_IF_ERROR(Expect(row.keyword, type));
    uint64_t bits = 0;
    const NumberStatus status = vm::ParseInt(lexer_.Peek().text, row.bits, &bits);
    const int unused = 64 - row.bits;
    if (row.is_signed) {
      bits = static_cast<uint64_t>(static_cast<int64_t>(bits << unused) >> unused);
    }
    return Number(status, bits);
  }

  // A component has one NaN of each size.
  Result<Value> ParseFloat(ValType type) {
    const bool is_f32 = type.kind() == TypeKind::kF32;
    TENON_RETURN_IF_ERROR(Expect(is_f32 ? "f32.const" : "f64.const", type));
    const Token token = lexer_.Peek();
    const absl::string_view text = token.text == "nan:canonical" ? "nan" : token.text;
    if (!is_f32) {
      uint64_t bits = 0;
      const NumberStatus status = vm::ParseF64(text, &bits);
      return Number(status, bits);
    }
    uint32_t bits = 0;
    const NumberStatus status = vm::ParseF32(text, &bits);
    return Number(status, bits);
  }

  Result<Value> ParseBool(ValType type) {
    TENON_RETURN_IF_ERROR(Expect("bool.const", type));
    if (lexer_.TakeKeyword("true")) return Value::Bits(1);
    if (lexer_.TakeKeyword("false")) return Value::Bits(0);
    return std::unexpected(lexer_.UnexpectedToken());
  }

  Result<Value> ParseChar(ValType type) {
    TENON_RETURN_IF_ERROR(Expect("char.const", type));
    const Token token = lexer_.Peek();
    TENON_ASSIGN_OR_RETURN(const std::string text, TakeText());
    uint32_t size = 0;
    const uint32_t code = text.empty() ? 0 : DecodeUtf8(text, &size);
    if (size == 0 || size != text.size()) {
      return Fail(ErrorKind::kMalformed, "not a single character", token.where());
    }
    return Value::Bits(code);
  }

  Result<Value> ParseList(ValType type) {
    TENON_RETURN_IF_ERROR(Expect("list.const", type));
    const ValType element = types_.Get(type).types[0];
    Value list;
    while (lexer_.Peek().kind == TokenKind::kLeftParen) {
      TENON_ASSIGN_OR_RETURN(Value item, Parse(element));
      list.items.push_back(std::move(item));
    }
    return list;
  }

  Result<Value> ParseFixedList(ValType type) {
    TENON_ASSIGN_OR_RETURN(Value list, ParseList(type));
    if (list.items.size() == types_.Get(type).length) return list;
    return Wrong(absl::StrCat("not the length of ", ToString(types_, type)));
  }

  Result<Value> ParseTuple(ValType type) {
    TENON_RETURN_IF_ERROR(Expect("tuple.const", type));
    Value tuple;
    for (const ValType member : types_.Get(type).types) {
      TENON_ASSIGN_OR_RETURN(Value item, Parse(member));
      tuple.items.push_back(std::move(item));
    }
    return tuple;
  }

  // `(field "name" u8.const 1)*`, in the type's order.
  Result<Value> ParseRecord(ValType type) {
    TENON_RETURN_IF_ERROR(Expect("record.const", type));
    const TypeDef& def = types_.Get(type);
    Value record;
    for (size_t i = 0; i < def.labels.size(); ++i) {
      if (!lexer_.TakeOpen("field")) return std::unexpected(lexer_.UnexpectedToken());
      TENON_ASSIGN_OR_RETURN(const uint32_t index, TakeLabel(type));
      if (index != i) return Wrong(absl::StrCat("expected the field ", def.labels[i]));
      TENON_ASSIGN_OR_RETURN(Value item, ParseBare(def.types[i]));
      record.items.push_back(std::move(item));
      TENON_RETURN_IF_ERROR(ExpectRightParen(lexer_));
    }
    return record;
  }

  Result<uint32_t> TakeLabel(ValType type) {
    const Token token = lexer_.Peek();
    TENON_ASSIGN_OR_RETURN(const std::string text, TakeText());
    const auto& labels = types_.Get(type).labels;
    const auto found = std::find(labels.begin(), labels.end(), text);
    if (found != labels.end()) return static_cast<uint32_t>(found - labels.begin());
    return Fail(ErrorKind::kUsage,
                absl::StrCat(ShownText(token), " is not of ", ToString(types_, type)),
                token.where());
  }

  Result<Value> ParseFlags(ValType type) {
    TENON_RETURN_IF_ERROR(Expect("flags.const", type));
    Value flags;
    while (lexer_.Peek().kind == TokenKind::kString) {
      TENON_ASSIGN_OR_RETURN(const uint32_t index, TakeLabel(type));
      flags.bits |= uint64_t{1} << index;
    }
    return flags;
  }

  Result<Value> ParsePayload(ValType type, uint32_t index) {
    const ValType payload = CasePayload(types_.Get(type), index);
    if (!payload.has_value()) return Value::Case(index);
    TENON_ASSIGN_OR_RETURN(Value value, Parse(payload));
    return Value::Case(index, std::move(value));
  }

  Result<Value> ParseCase(ValType type) {
    const bool is_enum = type.kind() == TypeKind::kEnum;
    TENON_RETURN_IF_ERROR(Expect(is_enum ? "enum.const" : "variant.const", type));
    TENON_ASSIGN_OR_RETURN(const uint32_t index, TakeLabel(type));
    return ParsePayload(type, index);
  }

  // Of a type whose two cases have keywords of their own.
  Result<Value> ParseEither(ValType type, absl::string_view first, absl::string_view second) {
    if (lexer_.TakeKeyword(first)) return ParsePayload(type, 0);
    TENON_RETURN_IF_ERROR(Expect(second, type));
    return ParsePayload(type, 1);
  }

  Lexer& lexer_;
  const TypeTable& types_;
};

}  // namespace

bool IsComponentConstant(const Token& word) {
  static constexpr const char* kOthers[] = {
      "bool.const",   "char.const",    "str.const",  "list.const",  "tuple.const",
      "record.const", "variant.const", "enum.const", "flags.const", "option.none",
      "option.some",  "result.ok",     "result.err"};
  const auto is = [&](const char* keyword) { return word.Is(keyword); };
  return std::ranges::any_of(kOthers, is) ||
         std::ranges::any_of(kIntegers, is, &IntegerRow::keyword);
}

Result<abi::Value> ParseComponentValue(Lexer& lexer, const TypeTable& types, ValType type) {
  return Parser(lexer, types).Parse(type);
}

}  // namespace tenon::cli
