// The first pass: indices and identifiers of everything a module defines. core: #text-identifiers
#include "absl/strings/str_cat.h"
#include "vm/text/keywords.h"
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
  while (lexer.Peek().kind == TokenKind::kLeftParen ||
         lexer.Peek().kind == TokenKind::kAnnotation) {
    if (!DeclareField()) return false;
  }
  return true;
}

bool ModuleParser::DeclareAnnotation() {
  if (lexer.PeekAnnotation(kBranchHintAnnotation)) {
    return FailAnnotation(kBranchHintAnnotation, "not in a function", lexer.Peek());
  }
  if (!lexer.TakeAnnotation(kCustomAnnotation)) return Unexpected();
  fields_.push_back({lexer.Peek().where(), kCustomAnnotation});
  return SkipToClose() && ExpectClose();
}

bool ModuleParser::DeclareField() {
  if (!lexer.TakeIf(TokenKind::kLeftParen)) return DeclareAnnotation();
  const Token keyword = lexer.Peek();
  if (keyword.kind != TokenKind::kKeyword) return Unexpected();
  lexer.Take();
  Field field{lexer.Peek().where(), keyword.text};
  bool ok = true;
  if (keyword.Is("type") || keyword.Is("rec")) {
    type_fields_.push_back(std::move(field));
    return DeclareTypes(keyword.Is("rec"));
  }
  if (keyword.Is("import")) {
    ok = CheckImportOrder(keyword.where()) && DeclareImport();
  } else if (keyword.Is("elem")) {
    ok = BindNext(&elems);
  } else if (keyword.Is("data")) {
    ok = BindNext(&datas);
  } else if (IndexSpace* space = DefinitionSpace(keyword.text)) {
    ok = DeclareDefinition(space, &field);
  } else if (!keyword.Is("export") && !keyword.Is("start")) {
    return Unexpected(keyword);
  }
  fields_.push_back(std::move(field));
  return ok && SkipToClose() && ExpectClose();
}

bool ModuleParser::DeclareTypes(bool is_rec) {
  if (!is_rec) return BindNext(&types) && SkipToClose() && ExpectClose();
  while (lexer.TakeOpen("type")) {
    if (!BindNext(&types) || !SkipToClose() || !ExpectClose()) return false;
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
  return BindNext(space) && SkipToClose() && ExpectClose();
}

bool ModuleParser::BindNext(IndexSpace* space) {
  Binding binding;
  uint32_t index;
  return TakeBinding(&binding) && Bind(binding, space, &index);
}

bool ModuleParser::DeclareDefinition(IndexSpace* space, Field* field) {
  Binding binding;
  if (!TakeBinding(&binding) || !Bind(binding, space, &field->index)) return false;
  const SourceLocation where = lexer.Peek().where();
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
      return Bind(Binding(), space, &index);
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
