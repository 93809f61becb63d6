// Core modules, types and functions as definitions of a component. abi: "Core Type Definitions"
#include "abi/text/component_parser.h"
#include "vm/binary/encoder.h"
#include "vm/syntax/instruction_writer.h"
#include "vm/text/parser.h"

namespace tenon::abi {

using vm::Token;
using vm::TokenKind;

namespace {

constexpr uint8_t kModuleTypeCode = 0x50;
constexpr uint8_t kRecTypeCode = 0x4e;

void AppendValTypes(const std::vector<vm::ValType>& types, Bytes* out) {
  AppendVarU32(static_cast<uint32_t>(types.size()), out);
  for (const vm::ValType type : types) vm::InstructionWriter(out).WriteValType(type);
}

// `sub final` without supertypes may be left out, and has a code nevertheless where it is not.
bool ParseCoreSubType(vm::ModuleParser& parser, Bytes* out) {
  const bool has_sub = parser.lexer.PeekOpen("sub");
  vm::SubType type;
  if (!parser.ParseSubType(&type)) return false;
  if (has_sub && type.is_final && type.supertype_count == 0) out->insert(out->end(), {0x4f, 0x00});
  vm::EncodeSubType(type, out);
  return true;
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
  if (!TakeBinding(&id)) return false;
  if (!lexer.TakeOpen("module")) return ParseCoreRecType({&id, 1}, /*is_rec=*/false);
  return ParseModuleType(id, &type) && ExpectClose() && ExpectClose() &&
         Write(ListedKind::kCoreType, type, Sort::kCoreType, id, &index);
}

bool ComponentParser::ParseCoreRecField() {
  const vm::Lexer start = lexer;
  std::vector<Id> ids;
  while (lexer.TakeOpen("type")) {
    if (!TakeBinding(&ids.emplace_back()) || !SkipToClose() || !ExpectClose()) return false;
  }
  lexer = start;
  return ParseCoreRecType(ids, /*is_rec=*/true);
}

// An alias that an identifier of an enclosing scope stands for comes before the group and moves its
// indices: then it is read once more, with no new alias.
bool ComponentParser::ParseCoreRecType(absl::Span<const Id> ids, bool is_rec) {
  vm::IndexSpace& space = scope_->space(Sort::kCoreType);
  vm::IndexSpace group{space.noun};
  uint32_t ignored;
  for (const Id& id : ids) {
    if (!Bind(id, &group, &ignored)) return false;
  }
  const vm::Lexer start = lexer;
  Bytes type;
  for (uint32_t first = space.count + 1; first != space.count;) {
    first = space.count;
    type.clear();
    lexer = start;
    if (!ParseCoreSubTypes(group, is_rec, &type)) return false;
  }
  // A non-final `sub` alone has the code of a module type. abi: "Type Definitions" (Binary.md)
  if (type.front() == kModuleTypeCode) type.insert(type.begin(), 0x00);
  Append(ListedKind::kCoreType, type);
  for (const Id& id : ids) {
    if (!Define(Sort::kCoreType, id, &ignored)) return false;
  }
  return true;
}

bool ComponentParser::ParseCoreSubTypes(const vm::IndexSpace& group, bool is_rec, Bytes* out) {
  const auto parse = [&](vm::ModuleParser& parser) {
    Items types;
    Id ignored;
    if (!is_rec) return ParseCoreSubType(parser, out) && parser.ExpectClose();
    for (; parser.lexer.TakeOpen("type"); ++types.count) {
      if (!parser.TakeBinding(&ignored) || !ParseCoreSubType(parser, &types.bytes)) return false;
      if (!parser.ExpectClose()) return false;
    }
    out->push_back(kRecTypeCode);
    types.AppendTo(out);
    return parser.ExpectClose();
  };
  return WithCoreParser(parse, &group);
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
  out->push_back(kModuleTypeCode);
  return WithScope(TextScope::Kind::kModuleType, id, parse, out);
}

// What is imported or exported cannot be referred to: its identifier says nothing.
bool ComponentParser::ParseModuleDeclarator() {
  field_ = lexer.Peek().where();
  if (lexer.TakeOpen("type")) return ParseCoreTypeField();
  if (lexer.TakeOpen("rec")) return ParseCoreRecField();
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
