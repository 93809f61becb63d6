// Core modules, types and functions as definitions of a component. abi: "Core Type Definitions"
#include "abi/text/component_parser.h"
#include "vm/binary/encoder.h"
#include "vm/syntax/instruction_writer.h"
#include "vm/text/parser.h"

namespace tenon::abi {

using vm::Token;
using vm::TokenKind;

namespace {

void AppendValTypes(const std::vector<vm::ValType>& types, Bytes* out) {
  AppendVarU32(static_cast<uint32_t>(types.size()), out);
  for (const vm::ValType type : types) vm::InstructionWriter(out).WriteValType(type);
}

}  // namespace

bool ComponentParser::ParseCoreModuleField() {
  Head head;
  if (!ParseHead(Sort::kCoreModule, &head)) return false;
  if (head.import) return FinishImport(head, Sort::kCoreModule);
  const TextMark mark{.is_core_module = true, .where = lexer.Peek().where()};
  Result<vm::Module> module = vm::ParseModule(head.id.id, lexer, features_);
  if (!module) return Fail(std::move(module).error());
  scope_->AppendSection(kCoreModuleSection, vm::EncodeModule(*module), mark);
  return FinishDefinition(head, Sort::kCoreModule);
}

bool ComponentParser::ParseCoreTypeField() {
  Id id;
  Bytes type;
  uint32_t index;
  return TakeBinding(&id) && ParseCoreTypeDef(id, &type) && ExpectClose() &&
         Write(ListedKind::kCoreType, type, Sort::kCoreType, id, &index);
}

bool ComponentParser::ParseCoreTypeDef(const Id& id, Bytes* out) {
  if (lexer.TakeOpen("func")) return ParseCoreFuncType(out) && ExpectClose();
  if (lexer.TakeOpen("module")) return ParseModuleType(id, out) && ExpectClose();
  for (const char* keyword : {"rec", "sub", "struct", "array"}) {
    if (!lexer.PeekOpen(keyword)) continue;
    return Fail(Error(ErrorKind::kLimit,
                      "not supported by this version: core types other than functions",
                      lexer.Peek().where()));
  }
  return Unexpected();
}

bool ComponentParser::ParseCoreFuncType(Bytes* out) {
  vm::TypeUse use;
  const auto parse = [&](vm::ModuleParser& parser) { return parser.ParseTypeUse(true, &use); };
  if (lexer.PeekOpen("type")) return Unexpected(lexer.Peek(1));
  if (!WithCoreParser(parse)) return false;
  out->push_back(0x60);
  AppendValTypes(use.inline_type.params, out);
  AppendValTypes(use.inline_type.results, out);
  return true;
}

bool ComponentParser::ParseCoreValType(Bytes* out) {
  vm::ValType type;
  if (!WithCoreParser([&](vm::ModuleParser& parser) { return parser.ParseValType(&type); }))
    return false;
  vm::InstructionWriter(out).WriteValType(type);
  return true;
}

bool ComponentParser::ParseModuleType(const Id& id, Bytes* out) {
  const auto parse = [&] {
    while (lexer.Peek().kind == TokenKind::kLeftParen) {
      if (!ParseModuleDeclarator()) return false;
    }
    return true;
  };
  out->push_back(0x50);
  return WithScope(TextScope::Kind::kModuleType, id, parse, out);
}

// What is imported or exported cannot be referred to: its identifier says nothing.
bool ComponentParser::ParseModuleDeclarator() {
  field_ = lexer.Peek().where();
  if (lexer.TakeOpen("type")) return ParseCoreTypeField();
  if (lexer.TakeOpen("alias")) return ExpectKeyword("outer") && ParseOuterAlias();
  const bool is_import = lexer.TakeOpen("import");
  Bytes declarator;
  if (!is_import && !ExpectOpen("export")) return false;
  if (!ParseLabel(&declarator) || (is_import && !ParseLabel(&declarator))) return false;
  if (!ParseCoreExternType(&declarator) || !ExpectClose()) return false;
  Append(is_import ? ListedKind::kImport : ListedKind::kExport, declarator);
  return true;
}

bool ComponentParser::ParseCoreExternType(Bytes* out) {
  if (!Expect(TokenKind::kLeftParen)) return false;
  const Token kind = lexer.Peek();
  Sort sort;
  vm::ImportType type;
  uint32_t index;
  if (!TakeCoreSort(&sort)) return false;
  Id ignored;
  if (!TakeBinding(&ignored)) return false;
  switch (sort) {
    case Sort::kCoreFunc:
      if (!ParseCoreTypeUse(&index)) return false;
      type = vm::TypeIdx(index);
      break;
    case Sort::kCoreTag:
      if (!ParseCoreTypeUse(&index)) return false;
      type = vm::TagType{vm::TypeIdx(index)};
      break;
    case Sort::kCoreTable:
    case Sort::kCoreMemory:
    case Sort::kCoreGlobal: {
      const auto parse = [&](vm::ModuleParser& parser) {
        return parser.ParseImportType(kind.text, &type);
      };
      if (!WithCoreParser(parse)) return false;
      break;
    }
    default: return Unexpected(kind);
  }
  vm::EncodeExternType(type, out);
  return ExpectClose();
}

bool ComponentParser::ParseCoreTypeUse(uint32_t* type) {
  if (lexer.TakeOpen("type")) return ParseIdx(Sort::kCoreType, type) && ExpectClose();
  Bytes func;
  return ParseCoreFuncType(&func) && Write(ListedKind::kCoreType, func, Sort::kCoreType, {}, type);
}

// `$id? (canon ...)` or `$id? (alias core export ...)`
bool ComponentParser::ParseCoreFuncField() {
  Id id;
  if (!TakeBinding(&id)) return false;
  const bool is_alias = lexer.TakeOpen("alias");
  Bytes func;
  if (is_alias) {
    if (!ParseInlineAlias(Sort::kCoreFunc, &func)) return false;
  } else if (!ExpectOpen("canon") || !ParseCoreCanon(&func) || !ExpectClose()) {
    return false;
  }
  uint32_t index;
  const ListedKind kind = is_alias ? ListedKind::kAlias : ListedKind::kCanon;
  return ExpectClose() && Write(kind, func, Sort::kCoreFunc, id, &index);
}

}  // namespace tenon::abi
