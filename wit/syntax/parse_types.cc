#include <algorithm>
#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wit/syntax/foreign_types.h"
#include "wit/syntax/limits.h"
#include "wit/syntax/parse.h"

namespace tenon::wit {
namespace {

using Kind = ast::Type::Kind;

// A type that takes others in angle brackets.
struct Generic {
  absl::string_view word;
  Kind kind;
  size_t least;
  size_t most;
};
constexpr Generic kGenerics[] = {
    {"list", Kind::kList, 1, 1},     {"option", Kind::kOption, 1, 1},
    {"result", Kind::kResult, 0, 2}, {"tuple", Kind::kTuple, 1, SIZE_MAX},
    {"map", Kind::kMap, 2, 2},       {"future", Kind::kFuture, 0, 1},
    {"stream", Kind::kStream, 0, 1}};

const Generic* FindGeneric(const Token& token) {
  for (const Generic& row : kGenerics) {
    if (token.Is(row.word)) return &row;
  }
  return nullptr;
}

}  // namespace

Result<ast::TypeDef> Parser::ParseTypeDef(ast::TypeDef::Kind kind) {
  const std::string word(token_.text);
  TENON_RETURN_IF_ERROR(AdvancePastKeyword());
  ast::TypeDef type;
  type.kind = kind;
  TENON_ASSIGN_OR_RETURN(type.name, ExpectName(absl::StrCat("the name of the ", word)));
  if (kind == ast::TypeDef::Kind::kAlias) {
    TENON_RETURN_IF_ERROR(Expect("=", "after the type's name"));
    TENON_ASSIGN_OR_RETURN(type.type, ParseType());
    TENON_RETURN_IF_ERROR(Expect(";", "after the type"));
    return type;
  }
  type.begin = token_.offset;
  if (kind == ast::TypeDef::Kind::kResource) {
    TENON_RETURN_IF_ERROR(ParseResourceBody(type));
    return type;
  }
  TENON_RETURN_IF_ERROR(Expect("{", absl::StrCat("after '", type.name.text, "'")));
  const bool is_record = kind == ast::TypeDef::Kind::kRecord;
  const bool is_variant = kind == ast::TypeDef::Kind::kVariant;
  TENON_RETURN_IF_ERROR(ParseFields("}", "a name", type.fields, [&](ast::Field& field) -> Status {
    if (is_record) {
      TENON_RETURN_IF_ERROR(Expect(":", "and the field's type"));
      TENON_ASSIGN_OR_RETURN(field.type, ParseType());
    } else if (is_variant && At("(")) {
      TENON_RETURN_IF_ERROR(Advance());
      TENON_ASSIGN_OR_RETURN(field.type, ParseType());
      TENON_RETURN_IF_ERROR(Expect(")", "after the case's type"));
    }
    return {};
  }));
  type.end = last_end_;
  if (!type.fields.empty()) return type;
  return FailAt(type.name.offset, absl::StrCat("the ", word, " '", type.name.text, "' is empty; ",
                                               "expected at least one name in it"));
}

Status Parser::ParseFields(absl::string_view close, absl::string_view what,
                           std::vector<ast::Field>& fields,
                           absl::FunctionRef<Status(ast::Field&)> parse) {
  while (!At(close)) {
    ast::Field& field = fields.emplace_back();
    field.head.begin = token_.offset;
    field.head.comments = {last_comments_, token_.comments};
    TENON_ASSIGN_OR_RETURN(field.name, ExpectName(absl::StrCat(what, " or '", close, "'")));
    TENON_RETURN_IF_ERROR(parse(field));
    TENON_ASSIGN_OR_RETURN(const bool has_comma, Take(","));
    field.head.end = last_end_;
    if (!has_comma && !At(close)) return FailHere(absl::StrCat("',' or '", close, "'"));
  }
  return Advance();
}

// wit: "Item: resource"
Status Parser::ParseResourceBody(ast::TypeDef& type) {
  TENON_ASSIGN_OR_RETURN(const bool has_none, Take(";"));
  if (has_none) return {};
  TENON_ASSIGN_OR_RETURN(ast::Body body, ParseBody(Scope::kResource, "or ';' after the resource"));
  type.methods = std::move(body.items);
  type.end = body.end;
  return {};
}

Result<ast::Func> Parser::ParseFunc(ast::Name name, Scope scope) {
  ast::Func func;
  func.name = name;
  if (scope == Scope::kResource && At("static")) {
    TENON_RETURN_IF_ERROR(Advance());
    func.kind = ast::Func::Kind::kStatic;
  }
  TENON_ASSIGN_OR_RETURN(func.is_async, Take("async"));
  const bool may_be_static = scope == Scope::kResource && func.kind == ast::Func::Kind::kPlain;
  TENON_RETURN_IF_ERROR(Expect("func", func.is_async   ? "after 'async'"
                                       : may_be_static ? "or 'static' after the name"
                                                       : "after the name"));
  TENON_RETURN_IF_ERROR(ParseSignature(func));
  return func;
}

Result<ast::Func> Parser::ParseConstructor() {
  ast::Func func;
  func.kind = ast::Func::Kind::kConstructor;
  func.name = {token_.text, token_.offset};
  TENON_RETURN_IF_ERROR(AdvancePastKeyword());
  TENON_RETURN_IF_ERROR(ParseSignature(func));
  TENON_RETURN_IF_ERROR(Expect(";", "after the constructor"));
  return func;
}

Status Parser::ParseSignature(ast::Func& func) {
  func.params_begin = token_.offset;
  TENON_RETURN_IF_ERROR(Expect("(", "before the parameters"));
  TENON_RETURN_IF_ERROR(
      ParseFields(")", "a parameter's name", func.params, [&](ast::Field& field) -> Status {
        TENON_RETURN_IF_ERROR(Expect(":", "and the parameter's type"));
        TENON_ASSIGN_OR_RETURN(field.type, ParseType());
        return {};
      }));
  func.params_end = last_end_;
  TENON_ASSIGN_OR_RETURN(const bool has_result, Take("->"));
  if (has_result) {
    TENON_ASSIGN_OR_RETURN(func.result, ParseType());
  }
  return {};
}

// wit: "Types"
Result<ast::Type> Parser::ParseType() {
  if (depth_ == kMaxTypeNesting) {
    return Fail(ErrorKind::kLimit, absl::StrCat("types nest more than ", kMaxTypeNesting, " deep"),
                Locate(lexer_.text(), token_.offset));
  }
  ast::Type type;
  type.name = {token_.text, token_.offset};
  const std::optional<Primitive> primitive =
      token_.is_keyword() ? PrimitiveOf(token_.text) : std::nullopt;
  if (primitive) {
    type.kind = Kind::kPrimitive;
    type.primitive = *primitive;
    TENON_RETURN_IF_ERROR(Advance());
    return type;
  }
  if (At("own") || At("borrow")) {
    TENON_RETURN_IF_ERROR(ParseHandle(type));
    return type;
  }
  if (FindGeneric(token_) != nullptr) {
    ++depth_;
    TENON_RETURN_IF_ERROR(ParseTypeArguments(type));
    --depth_;
    return type;
  }
  type.kind = Kind::kNamed;
  TENON_ASSIGN_OR_RETURN(type.name, ExpectName("a type"));
  if (At("<")) {
    return FailAt(type.name.offset, absl::StrCat("there is no type '", type.name.text, "<...>'",
                                                 AdviceOnType(type.name.text)));
  }
  return type;
}

Status Parser::ParseHandle(ast::Type& type) {
  type.kind = At("own") ? Kind::kOwn : Kind::kBorrow;
  TENON_RETURN_IF_ERROR(Advance());
  TENON_RETURN_IF_ERROR(Expect("<", "and a resource"));
  TENON_ASSIGN_OR_RETURN(type.name, ExpectName("the name of a resource"));
  return Expect(">", "after the resource");
}

Status Parser::ParseTypeArguments(ast::Type& type) {
  const Generic& row = *FindGeneric(token_);
  type.kind = row.kind;
  TENON_RETURN_IF_ERROR(Advance());
  if (row.least == 0 && !At("<")) return {};
  TENON_RETURN_IF_ERROR(Expect("<", absl::StrCat("after '", row.word, "'")));
  while (true) {
    if (row.kind == Kind::kResult && type.inner.empty() && At("_")) {
      type.inner.emplace_back();
      TENON_RETURN_IF_ERROR(Advance());
      if (!At(",")) return FailHere("',' and the error's type");
    } else {
      TENON_ASSIGN_OR_RETURN(ast::Type inner, ParseType());
      type.inner.push_back(std::move(inner));
    }
    if (row.kind == Kind::kMap && type.inner.size() == 1 &&
        !(type.inner[0].kind == Kind::kPrimitive && MayBeKey(type.inner[0].primitive))) {
      return FailAt(type.inner[0].name.offset,
                    "a map's key is an integer, 'char', 'bool' or 'string'");
    }
    TENON_ASSIGN_OR_RETURN(const bool has_comma, Take(","));
    if (!has_comma) break;
    if (row.kind == Kind::kList) return ParseListLength(type);
    if (At(">") && type.inner.size() >= row.least) break;
    if (type.inner.size() == row.most) return FailHere(absl::StrCat("'>' to end the ", row.word));
  }
  if (type.inner.size() < std::max<size_t>(row.least, 1)) return FailHere("',' and another type");
  return Expect(">", absl::StrCat("or ',' in the ", row.word));
}

Status Parser::ParseListLength(ast::Type& type) {
  const bool is_number =
      token_.kind == TokenKind::kInteger && absl::SimpleAtoi(token_.text, &type.length);
  if (!is_number || token_.text[0] == '0') return FailHere("the list's length, from 1 to 2^32-1");
  TENON_RETURN_IF_ERROR(Advance());
  return Expect(">", "after the list's length");
}

}  // namespace tenon::wit
