// Component-level types, and what imports and exports are. abi: "Type Definitions"
#include "abi/text/component_parser.h"

namespace tenon::abi {

using vm::Token;
using vm::TokenKind;

namespace {

struct PrimKeyword {
  const char* keyword;
  uint8_t code;
};
constexpr PrimKeyword kPrims[] = {
#define PRIMITIVE(name, text, code, is_key) {text, code},
#include "abi/syntax/primitive_types.def"
};

const PrimKeyword* FindPrim(const Token& token) {
  for (const PrimKeyword& row : kPrims) {
    if (token.Is(row.keyword)) return &row;
  }
  return nullptr;
}

}  // namespace

// A type of any kind, with its parentheses.
bool ComponentParser::ParseTypeDef(const Id& id, Bytes* out) {
  for (const Sort sort : {Sort::kComponent, Sort::kInstance}) {
    if (lexer.TakeOpen(SortName(sort))) return ParseScopeType(sort, id, out) && ExpectClose();
  }
  if (lexer.TakeOpen("func")) return ParseFuncType(out) && ExpectClose();
  if (lexer.TakeOpen("resource")) return ParseResourceType(out) && ExpectClose();
  return ParseValueTypeDef(out);
}

// The same for a value type.
bool ComponentParser::ParseValueTypeDef(Bytes* out) {
  if (const PrimKeyword* prim = FindPrim(lexer.Peek())) {
    lexer.Take();
    out->push_back(prim->code);
    return true;
  }
  static constexpr struct {
    const char* keyword;
    uint8_t code;
    bool (ComponentParser::*parse)(Bytes*);
  } kTypes[] = {{"record", 0x72, &ComponentParser::ParseRecord},
                {"variant", 0x71, &ComponentParser::ParseVariant},
                {"list", 0x70, &ComponentParser::ParseList},
                {"tuple", 0x6f, &ComponentParser::ParseTuple},
                {"flags", 0x6e, &ComponentParser::ParseLabels},
                {"enum", 0x6d, &ComponentParser::ParseLabels},
                {"option", 0x6b, &ComponentParser::ParseValType},
                {"result", 0x6a, &ComponentParser::ParseResult},
                {"own", 0x69, &ComponentParser::ParseHandle},
                {"borrow", 0x68, &ComponentParser::ParseHandle},
                {"stream", 0x66, &ComponentParser::ParseOptionalType},
                {"future", 0x65, &ComponentParser::ParseOptionalType},
                {"map", 0x63, &ComponentParser::ParseMap}};
  if (!Expect(TokenKind::kLeftParen)) return false;
  for (const auto& type : kTypes) {
    if (!lexer.TakeKeyword(type.keyword)) continue;
    out->push_back(type.code);
    return Nested([&] { return (this->*type.parse)(out); }) && ExpectClose();
  }
  return Unexpected();
}

// A type written inline becomes a definition of its own in front of the one that uses it.
bool ComponentParser::ParseValType(Bytes* out) {
  if (const PrimKeyword* prim = FindPrim(lexer.Peek())) {
    lexer.Take();
    out->push_back(prim->code);
    return true;
  }
  uint32_t index;
  if (AtIndex() || lexer.PeekOpen("type")) {
    if (!ParseRef(Sort::kType, &index)) return false;
  } else {
    Bytes type;
    if (!ParseValueTypeDef(&type)) return false;
    if (!Write(ListedKind::kType, type, Sort::kType, {}, &index)) return false;
  }
  AppendVarS64(index, out);
  return true;
}

// Up to a closing parenthesis or another part.
bool ComponentParser::ParseOptionalType(Bytes* out) {
  const bool is_there = lexer.Peek().kind != TokenKind::kRightParen && !lexer.PeekOpen("error");
  out->push_back(is_there);
  return !is_there || ParseValType(out);
}

bool ComponentParser::ParseRecord(Bytes* out) {
  Items fields;
  for (; lexer.TakeOpen("field"); ++fields.count) {
    if (!ParseLabel(&fields.bytes) || !ParseValType(&fields.bytes) || !ExpectClose()) return false;
  }
  fields.AppendTo(out);
  return true;
}

bool ComponentParser::ParseVariant(Bytes* out) {
  Items cases;
  for (; lexer.TakeOpen("case"); ++cases.count) {
    if (!ParseLabel(&cases.bytes) || !ParseOptionalType(&cases.bytes)) return false;
    cases.bytes.push_back(0x00);
    if (!ExpectClose()) return false;
  }
  cases.AppendTo(out);
  return true;
}

bool ComponentParser::ParseList(Bytes* out) {
  constexpr uint8_t kFixedLength = 0x67;
  uint32_t length;
  const size_t code = out->size() - 1;
  if (!ParseValType(out)) return false;
  if (lexer.Peek().kind != TokenKind::kNat) return true;
  if (!ParseNat32(&length)) return false;
  (*out)[code] = kFixedLength;
  AppendVarU32(length, out);
  return true;
}

bool ComponentParser::ParseTuple(Bytes* out) {
  Items types;
  for (; lexer.Peek().kind != TokenKind::kRightParen; ++types.count) {
    if (!ParseValType(&types.bytes)) return false;
  }
  types.AppendTo(out);
  return true;
}

bool ComponentParser::ParseLabels(Bytes* out) {
  Items labels;
  for (; lexer.Peek().kind == TokenKind::kString; ++labels.count) {
    if (!ParseLabel(&labels.bytes)) return false;
  }
  labels.AppendTo(out);
  return true;
}

bool ComponentParser::ParseResult(Bytes* out) {
  if (!ParseOptionalType(out)) return false;
  if (!lexer.TakeOpen("error")) {
    out->push_back(0x00);
    return true;
  }
  out->push_back(0x01);
  return ParseValType(out) && ExpectClose();
}

bool ComponentParser::ParseHandle(Bytes* out) {
  uint32_t resource;
  if (!ParseRef(Sort::kType, &resource)) return false;
  AppendVarU32(resource, out);
  return true;
}

bool ComponentParser::ParseMap(Bytes* out) { return ParseValType(out) && ParseValType(out); }

bool ComponentParser::ParseFuncType(Bytes* out) {
  out->push_back(lexer.TakeKeyword("async") ? 0x43 : 0x40);
  Items params;
  for (; lexer.TakeOpen("param"); ++params.count) {
    if (!ParseLabel(&params.bytes) || !ParseValType(&params.bytes) || !ExpectClose()) return false;
  }
  params.AppendTo(out);
  return ParseResultList(out);
}

bool ComponentParser::ParseResultList(Bytes* out) {
  if (!lexer.TakeOpen("result")) {
    out->insert(out->end(), {0x01, 0x00});
    return true;
  }
  out->push_back(0x00);
  return ParseValType(out) && ExpectClose();
}

bool ComponentParser::ParseResourceType(Bytes* out) {
  out->push_back(0x3f);
  if (!ExpectOpen("rep") || !ParseCoreValType(out) || !ExpectClose()) return false;
  const bool has_destructor = lexer.TakeOpen("dtor");
  out->push_back(has_destructor);
  if (!has_destructor) return true;
  uint32_t func;
  if (!ParseOptionRef(Sort::kCoreFunc, &func)) return false;
  AppendVarU32(func, out);
  return true;
}

// The declarators of a component or instance type.
bool ComponentParser::ParseScopeType(Sort sort, const Id& id, Bytes* out) {
  const auto parse = [&] {
    while (lexer.Peek().kind == TokenKind::kLeftParen) {
      if (!ParseDeclarator(sort)) return false;
    }
    return true;
  };
  out->push_back(sort == Sort::kComponent ? 0x41 : 0x42);
  return WithScope(TextScope::Kind::kType, id, parse, out);
}

bool ComponentParser::ParseDeclarator(Sort sort) {
  field_ = lexer.Peek().where();
  if (!Expect(TokenKind::kLeftParen)) return false;
  if (lexer.TakeKeyword("core")) {
    if (lexer.TakeKeyword("rec")) return ParseCoreRecField();
    return ExpectKeyword("type") && ParseCoreTypeField();
  }
  if (lexer.TakeKeyword("type")) return ParseTypeField();
  if (lexer.TakeKeyword("alias")) return ParseAliasField();
  if (sort == Sort::kComponent && lexer.TakeKeyword("import")) {
    return ParseImportField(ListedKind::kImport);
  }
  return ExpectKeyword("export") && ParseImportField(ListedKind::kExport);
}

bool ComponentParser::ParseExternDesc(ExternDesc* out) {
  if (!Expect(TokenKind::kLeftParen) || !TakeSort(&out->sort)) return false;
  return TakeBinding(&out->id) && ParseExternType(out) && ExpectClose();
}

bool ComponentParser::ParseExternType(ExternDesc* out) {
  constexpr uint8_t kEqual = 0x00, kOther = 0x01;
  AppendSort(out->sort, &out->bytes);
  switch (out->sort) {
    case Sort::kFunc:
    case Sort::kComponent:
    case Sort::kInstance:
    case Sort::kCoreModule:
      if (!ParseTypeUse(out->sort, out->id, &out->type)) return false;
      AppendVarU32(out->type, &out->bytes);
      return true;
    case Sort::kType:
    case Sort::kValue: break;
    default: return Unexpected();
  }
  if (lexer.TakeOpen("eq")) {
    uint32_t index;
    out->bytes.push_back(kEqual);
    if (!ParseRef(out->sort, &index) || !ExpectClose()) return false;
    AppendVarU32(index, &out->bytes);
    return true;
  }
  out->bytes.push_back(kOther);
  if (out->sort == Sort::kValue) return ParseValType(&out->bytes);
  return ExpectOpen("sub") && ExpectKeyword("resource") && ExpectClose();
}

bool ComponentParser::ParseTypeUse(Sort sort, const Id& id, uint32_t* type) {
  const bool is_core = sort == Sort::kCoreModule;
  const Sort type_sort = is_core ? Sort::kCoreType : Sort::kType;
  // A type written inline may begin with a definition: `(type $t u8)`.
  const TokenKind behind = lexer.PeekOpen("type") ? lexer.Peek(3).kind : TokenKind::kEnd;
  if (behind == TokenKind::kRightParen || behind == TokenKind::kString) {
    return lexer.TakeOpen("type") && ParseItemRest(type_sort, type);
  }
  Bytes def;
  const auto parse = [&] {
    if (is_core) return ParseModuleType(id, &def);
    return sort == Sort::kFunc ? ParseFuncType(&def) : ParseScopeType(sort, id, &def);
  };
  const ListedKind kind = is_core ? ListedKind::kCoreType : ListedKind::kType;
  return parse() && Write(kind, def, type_sort, {}, type);
}

}  // namespace tenon::abi
