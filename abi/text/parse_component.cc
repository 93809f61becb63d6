// A component's definitions but those of core WebAssembly, instances and canonical functions.
// abi: "Component Definitions", "Import and Export Definitions"
#include "abi/text/component_parser.h"
#include "abi/text/parse.h"
#include "absl/strings/str_cat.h"
#include "vm/syntax/limits.h"
#include "vm/text/keywords.h"

namespace tenon::abi {

using vm::Lexer;
using vm::Token;
using vm::TokenKind;

namespace {

// What the strings that stand here say together.
void TakeStrings(Lexer& lexer, Bytes* out) {
  while (lexer.Peek().kind == TokenKind::kString) {
    const std::string part = StringValue(lexer.Take());
    out->insert(out->end(), part.begin(), part.end());
  }
}

// `binary "..."*` behind `(component $id?`.
Result<Bytes> ParseBinary(Lexer& lexer) {
  Bytes bytes;
  lexer.Take();
  TakeStrings(lexer, &bytes);
  if (!lexer.TakeIf(TokenKind::kRightParen)) return std::unexpected(lexer.UnexpectedToken());
  return bytes;
}

Result<Bytes> ParseFields(const std::optional<Token>& id, TokenKind closer, Lexer& lexer,
                          const vm::Features& features, std::vector<TextMark>* marks) {
  ComponentParser parser(lexer, features);
  Bytes bytes;
  const bool ok = parser.ParseComponent(id, closer, &bytes);
  lexer = parser.lexer;
  if (!ok) return std::unexpected(parser.TakeError());
  if (marks != nullptr) *marks = parser.TakeMarks();
  return bytes;
}

}  // namespace

bool IsComponentText(absl::string_view text) {
  Lexer lexer(text);
  for (const char* field : {"component", "core", "instance", "alias", "canon", "value"}) {
    if (lexer.PeekOpen(field)) return true;
  }
  return false;
}

Result<std::vector<uint8_t>> ParseComponent(const std::optional<Token>& id, Lexer& lexer,
                                            const vm::Features& features) {
  return ParseFields(id, TokenKind::kRightParen, lexer, features, nullptr);
}

Result<std::vector<uint8_t>> ParseComponent(absl::string_view text, const vm::Features& features,
                                            std::vector<TextMark>* marks) {
  if (text.size() > vm::kMaxModuleBytes) {
    return Fail(ErrorKind::kLimit, absl::StrCat("more than ", vm::kMaxModuleBytes, " bytes"));
  }
  Lexer lexer(text);
  if (!lexer.TakeOpen("component")) {
    return ParseFields(std::nullopt, TokenKind::kEnd, lexer, features, marks);
  }
  std::optional<Token> id;
  if (lexer.Peek().kind == TokenKind::kId) id = lexer.Take();
  auto bytes = lexer.Peek().Is("binary")
                   ? ParseBinary(lexer)
                   : ParseFields(id, TokenKind::kRightParen, lexer, features, marks);
  if (bytes && lexer.Peek().kind != TokenKind::kEnd) {
    return std::unexpected(lexer.UnexpectedToken());
  }
  return bytes;
}

bool ComponentParser::ParseComponent(const std::optional<Token>& id, TokenKind closer, Bytes* out) {
  Id own{id, std::nullopt};
  if (!ParseNameAnnotation(&own.name)) return false;
  const auto parse_fields = [&] {
    while (lexer.Peek().kind == TokenKind::kLeftParen ||
           lexer.Peek().kind == TokenKind::kAnnotation) {
      if (!ParseField()) return false;
    }
    return Expect(closer);
  };
  return WithScope(TextScope::Kind::kComponent, own, parse_fields, out);
}

// With parentheses. Each parser of a field consumes the closing one.
bool ComponentParser::ParseField() {
  field_ = lexer.Peek().where();
  if (lexer.TakeAnnotation(vm::kCustomAnnotation)) return ParseCustomField();
  if (!Expect(TokenKind::kLeftParen)) return false;
  static constexpr struct {
    const char* keyword;
    bool (ComponentParser::*parse)();
  } kFields[] = {{"core", &ComponentParser::ParseCoreField},
                 {"component", &ComponentParser::ParseComponentField},
                 {"instance", &ComponentParser::ParseInstanceField},
                 {"alias", &ComponentParser::ParseAliasField},
                 {"type", &ComponentParser::ParseTypeField},
                 {"canon", &ComponentParser::ParseCanonField},
                 {"func", &ComponentParser::ParseFuncField},
                 {"start", &ComponentParser::ParseStartField},
                 {"value", &ComponentParser::ParseValueField},
                 {"import", &ComponentParser::ParseImportField},
                 {"export", &ComponentParser::ParseExportField}};
  for (const auto& field : kFields) {
    if (lexer.TakeKeyword(field.keyword)) return (this->*field.parse)();
  }
  return Unexpected();
}

bool ComponentParser::ParseCoreField() {
  if (lexer.TakeKeyword("module")) return ParseCoreModuleField();
  if (lexer.TakeKeyword("instance")) return ParseCoreInstanceField();
  if (lexer.TakeKeyword("type")) return ParseCoreTypeField();
  if (lexer.TakeKeyword("rec")) return ParseCoreRecField();
  if (lexer.TakeKeyword("func")) return ParseCoreFuncField();
  return Unexpected();
}

// `(export "name")` and not a definition inside that begins so too. Functions and types have none.
bool ComponentParser::AtInlineName(absl::string_view keyword, Sort sort) {
  if (!lexer.PeekOpen(keyword)) return false;
  return sort == Sort::kFunc || sort == Sort::kType || lexer.Peek(3).kind == TokenKind::kRightParen;
}

// In types there is the identifier alone. A name behind a module's or component's is its own.
bool ComponentParser::ParseHead(Sort sort, Head* out) {
  const bool has_own_name = sort == Sort::kCoreModule || sort == Sort::kComponent;
  out->id.id = TakeId();
  if (!has_own_name && !ParseNameAnnotation(&out->id.name)) return false;
  if (scope_->kind() != TextScope::Kind::kComponent) return true;
  while (AtInlineName("export", sort)) {
    lexer.TakeOpen("export");
    if (!ParseExternName(&out->exports.emplace_back()) || !ExpectClose()) return false;
  }
  if (!AtInlineName("import", sort)) return true;
  lexer.TakeOpen("import");
  return ParseExternName(&out->import.emplace()) && ExpectClose();
}

// The definition, which has been written, gets its index.
bool ComponentParser::FinishDefinition(const Head& head, Sort sort) {
  uint32_t index;
  if (!Define(sort, head.id, &index)) return false;
  for (const Bytes& name : head.exports) {
    Bytes item = name;
    AppendSortIndex({sort, index}, &item);
    item.push_back(0x00);  // no type
    uint32_t ignored;
    if (!Write(ListedKind::kExport, item, sort, {}, &ignored)) return false;
  }
  return true;
}

bool ComponentParser::FinishImport(const Head& head, Sort sort) {
  ExternDesc desc{.sort = sort};
  if (!ParseExternType(&desc) || !ExpectClose()) return false;
  Bytes import = *head.import;
  AppendBytes(desc.bytes, &import);
  Append(ListedKind::kImport, import);
  return FinishDefinition(head, sort);
}

bool ComponentParser::ParseComponentField() {
  Head head;
  if (!ParseHead(Sort::kComponent, &head)) return false;
  if (head.import) return FinishImport(head, Sort::kComponent);
  Bytes component;
  if (!ParseComponent(head.id.id, TokenKind::kRightParen, &component)) return false;
  AppendSection(kComponentSection, component);
  return FinishDefinition(head, Sort::kComponent);
}

bool ComponentParser::ParseFuncField() {
  Head head;
  if (!ParseHead(Sort::kFunc, &head)) return false;
  if (head.import) return FinishImport(head, Sort::kFunc);
  if (lexer.TakeOpen("alias")) {
    Bytes alias;
    if (!ParseInlineAlias(Sort::kFunc, &alias)) return false;
    Append(ListedKind::kAlias, alias);
    return ExpectClose() && FinishDefinition(head, Sort::kFunc);
  }
  uint32_t type;
  Bytes lift;
  if (!ParseTypeUse(Sort::kFunc, {}, &type)) return false;
  if (!ExpectOpen("canon") || !ExpectKeyword("lift") || !ParseLift(&lift)) return false;
  AppendVarU32(type, &lift);
  if (!ExpectClose() || !ExpectClose()) return false;
  Append(ListedKind::kCanon, lift);
  return FinishDefinition(head, Sort::kFunc);
}

bool ComponentParser::ParseTypeField() {
  Head head;
  Bytes type;
  if (!ParseHead(Sort::kType, &head)) return false;
  if (head.import) return FinishImport(head, Sort::kType);
  if (!ParseTypeDef(head.id, &type) || !ExpectClose()) return false;
  Append(ListedKind::kType, type);
  return FinishDefinition(head, Sort::kType);
}

bool ComponentParser::ParseImportField(ListedKind kind) {
  Bytes import;
  ExternDesc desc;
  if (!ParseExternName(&import) || !ParseExternDesc(&desc) || !ExpectClose()) return false;
  AppendBytes(desc.bytes, &import);
  uint32_t index;
  return Write(kind, import, desc.sort, desc.id, &index);
}

bool ComponentParser::ParseExportField() {
  Id id;
  Bytes item;
  SortIndex exported;
  if (!TakeBinding(&id) || !ParseExternName(&item) || !ParseItem(/*is_core=*/false, &exported))
    return false;
  AppendSortIndex(exported, &item);
  const bool is_ascribed = lexer.Peek().kind == TokenKind::kLeftParen;
  item.push_back(is_ascribed);
  if (is_ascribed) {
    ExternDesc desc;
    if (!ParseExternDesc(&desc)) return false;
    AppendBytes(desc.bytes, &item);
  }
  if (!ExpectClose()) return false;
  uint32_t index;
  return Write(ListedKind::kExport, item, exported.sort, id, &index);
}

// `func (value v)* (result (value $id?))*`
bool ComponentParser::ParseStartField() {
  Bytes start;
  uint32_t func, index;
  if (!ParseRef(Sort::kFunc, &func)) return false;
  AppendVarU32(func, &start);
  Items arguments;
  while (lexer.TakeOpen("value")) {
    if (!ParseItemRest(Sort::kValue, &index)) return false;
    ++arguments.count;
    AppendVarU32(index, &arguments.bytes);
  }
  uint32_t results = 0;
  for (; lexer.TakeOpen("result"); ++results) {
    Id id;
    if (!ExpectOpen("value") || !TakeBinding(&id) || !Define(Sort::kValue, id, &index))
      return false;
    if (!ExpectClose() || !ExpectClose()) return false;
  }
  arguments.AppendTo(&start);
  AppendVarU32(results, &start);
  AppendSection(kStartSection, start);
  return ExpectClose();
}

bool ComponentParser::ParseValueField() {
  return Fail(
      Error(ErrorKind::kLimit, "not supported by this version: values", lexer.Peek().where()));
}

// `"name" "bytes"*)` behind `(@custom`.
bool ComponentParser::ParseCustomField() {
  Bytes custom;
  if (!ParseLabel(&custom)) return false;
  TakeStrings(lexer, &custom);
  AppendSection(kCustomSection, custom);
  return ExpectClose();
}

}  // namespace tenon::abi
