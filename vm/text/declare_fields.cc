// The first pass: indices and identifiers of everything a module defines. core: #text-identifiers
#include "absl/strings/str_cat.h"
#include "vm/text/module_parser.h"

namespace tenon::vm {

IndexSpace* ModuleParser::DefinitionSpace(absl::string_view keyword) {
  if (keyword == "func") return &funcs;
  if (keyword == "table") return &tables;
  if (keyword == "memory") return &memories;
  if (keyword == "global") return &globals;
  if (keyword == "tag") return &tags;
  return nullptr;
}

bool ModuleParser::DeclareFields() {
  while (lexer.TakeIf(TokenKind::kLeftParen)) {
    if (!DeclareField()) return false;
  }
  return true;
}

bool ModuleParser::DeclareField() {
  const Token keyword = lexer.Peek();
  if (keyword.kind != TokenKind::kKeyword) return Unexpected();
  lexer.Take();
  Field field{lexer, keyword.text};
  bool ok = true;
  if (keyword.Is("type") || keyword.Is("rec")) {
    type_fields_.push_back(std::move(field));
    return DeclareTypes(keyword.Is("rec"));
  }
  if (keyword.Is("import")) {
    ok = CheckImportOrder(keyword.where()) && DeclareImport();
  } else if (keyword.Is("elem")) {
    ok = DeclareSegment(&elems);
  } else if (keyword.Is("data")) {
    ok = DeclareSegment(&datas);
  } else if (IndexSpace* space = DefinitionSpace(keyword.text)) {
    ok = DeclareDefinition(space, &field);
  } else if (!keyword.Is("export") && !keyword.Is("start")) {
    return Unexpected(keyword);
  }
  fields_.push_back(std::move(field));
  return ok && SkipToClose() && ExpectClose();
}

bool ModuleParser::DeclareTypes(bool is_rec) {
  uint32_t index;
  if (!is_rec) return Bind(TakeId(), &types, &index) && SkipToClose() && ExpectClose();
  while (lexer.TakeOpen("type")) {
    if (!Bind(TakeId(), &types, &index) || !SkipToClose() || !ExpectClose()) return false;
  }
  return ExpectClose();
}

bool ModuleParser::DeclareImport() {
  if (!Expect(TokenKind::kString) || !Expect(TokenKind::kString)) return false;
  if (!Expect(TokenKind::kLeftParen)) return false;
  const Token kind = lexer.Peek();
  IndexSpace* space = kind.kind == TokenKind::kKeyword ? DefinitionSpace(kind.text) : nullptr;
  if (space == nullptr) return Unexpected();
  lexer.Take();
  uint32_t index;
  return Bind(TakeId(), space, &index) && SkipToClose() && ExpectClose();
}

bool ModuleParser::DeclareSegment(IndexSpace* space) {
  uint32_t index;
  return Bind(TakeId(), space, &index);
}

bool ModuleParser::DeclareDefinition(IndexSpace* space, Field* field) {
  const std::optional<Token> id = TakeId();
  const SourceLocation where = lexer.Peek().where();
  if (!Bind(id, space, &field->index)) return false;
  while (lexer.TakeOpen("export")) {
    if (!SkipToClose() || !ExpectClose()) return false;
  }
  field->is_import = lexer.PeekOpen("import");
  if (field->is_import) return CheckImportOrder(where);
  last_definition_ = space->noun;
  if (space == &tables) return DeclareInlineSegment("elem", &elems);
  if (space == &memories) return DeclareInlineSegment("data", &datas);
  return true;
}

// `(table t (elem ...))` and `(memory (data ...))` define a segment of their own.
bool ModuleParser::DeclareInlineSegment(absl::string_view keyword, IndexSpace* space) {
  TokenKind kind = lexer.Peek().kind;
  while (kind != TokenKind::kRightParen && kind != TokenKind::kEnd && kind != TokenKind::kError) {
    if (lexer.PeekOpen(keyword)) {
      uint32_t index;
      return Bind(std::nullopt, space, &index);
    }
    const bool is_open = lexer.Take().kind == TokenKind::kLeftParen;
    if (is_open && (!SkipToClose() || !ExpectClose())) return false;
    kind = lexer.Peek().kind;
  }
  return true;
}

bool ModuleParser::CheckImportOrder(SourceLocation where) {
  if (last_definition_.empty()) return true;
  return Fail(absl::StrCat("import after ", last_definition_), where);
}

}  // namespace tenon::vm
