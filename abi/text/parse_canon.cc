// Canonical definitions. abi: "Canonical Definitions"
#include "abi/text/component_parser.h"

namespace tenon::abi {

using vm::Token;
using vm::TokenKind;

namespace {

// The immediates' letters are those of canon_builtins.def.
struct BuiltinRow {
  const char* name;
  uint8_t code;
  const char* immediates;
};
constexpr BuiltinRow kBuiltins[] = {
    {"resource.new", 0x02, "t"},
    {"resource.drop", 0x03, "t"},
    {"resource.rep", 0x04, "t"},
#define CANON_BUILTIN(kind, code, name, immediates, core_type, gate) {name, code, immediates},
#include "abi/syntax/canon_builtins.def"
};

// The option that comes next, without its index; null if none does.
const syntax::CanonOptionRow* TakeOption(vm::Lexer& lexer) {
  for (const syntax::CanonOptionRow& row : syntax::kCanonOptions) {
    if (row.sort ? lexer.TakeOpen(row.keyword) : lexer.TakeKeyword(row.keyword)) return &row;
  }
  return nullptr;
}

}  // namespace

// `(canon ...)` as a field: what it defines stands at its end.
bool ComponentParser::ParseCanonField() {
  Bytes canon;
  uint32_t index;
  if (lexer.TakeKeyword("lift")) {
    ExternDesc desc;
    if (!ParseLift(&canon) || !Expect(TokenKind::kLeftParen) || !ExpectKeyword("func"))
      return false;
    if (!TakeBinding(&desc.id) || !ParseTypeUse(Sort::kFunc, {}, &desc.type)) return false;
    AppendVarU32(desc.type, &canon);
    return ExpectClose() && ExpectClose() &&
           Write(ListedKind::kCanon, canon, Sort::kFunc, desc.id, &index);
  }
  if (!ParseCoreCanon(&canon) || !ExpectOpen("core") || !ExpectKeyword("func")) return false;
  Id id;
  return TakeBinding(&id) && ExpectClose() && ExpectClose() &&
         Write(ListedKind::kCanon, canon, Sort::kCoreFunc, id, &index);
}

bool ComponentParser::ParseLift(Bytes* out) {
  uint32_t func;
  if (!ParseRef(Sort::kCoreFunc, &func)) return false;
  out->insert(out->end(), {0x00, 0x00});
  AppendVarU32(func, out);
  return ParseOptions(out);
}

bool ComponentParser::ParseCoreCanon(Bytes* out) {
  const Token name = lexer.Peek();
  if (lexer.TakeKeyword("lower")) {
    uint32_t func;
    if (!ParseRef(Sort::kFunc, &func)) return false;
    out->insert(out->end(), {0x01, 0x00});
    AppendVarU32(func, out);
    return ParseOptions(out);
  }
  for (const BuiltinRow& row : kBuiltins) {
    if (!lexer.TakeKeyword(row.name)) continue;
    out->push_back(row.code);
    for (const char* letter = row.immediates; *letter != 0; ++letter) {
      if (!ParseImmediate(*letter, out)) return false;
    }
    return true;
  }
  return Unexpected(name);
}

bool ComponentParser::ParseImmediate(char letter, Bytes* out) {
  uint32_t index = 0;
  switch (letter) {
    case 'a': out->push_back(lexer.TakeKeyword("async")); return true;
    case 'c': out->push_back(lexer.TakeKeyword("cancellable")); return true;
    case 's': out->push_back(lexer.TakeKeyword("shared")); return true;
    case 'o': return ParseOptions(out);
    case 'r': return ParseResultList(out);
    case 'v': return ParseCoreValType(out);
    case 'u':
      if (!ParseNat32(&index)) return false;
      break;
    case 'm':
      if (!ExpectOpen("memory") || !ParseOptionRef(Sort::kCoreMemory, &index)) return false;
      break;
    case 'b':
      if (!ParseRef(Sort::kCoreTable, &index)) return false;
      break;
    case 'f':
      if (!ParseRef(Sort::kCoreType, &index)) return false;
      break;
    default:
      if (!ParseRef(Sort::kType, &index)) return false;
  }
  AppendVarU32(index, out);
  return true;
}

bool ComponentParser::ParseOptions(Bytes* out) {
  Items options;
  while (const syntax::CanonOptionRow* row = TakeOption(lexer)) {
    ++options.count;
    options.bytes.push_back(static_cast<uint8_t>(row - syntax::kCanonOptions));
    if (!row->sort) continue;
    uint32_t index;
    if (!ParseOptionRef(*row->sort, &index)) return false;
    AppendVarU32(index, &options.bytes);
  }
  options.AppendTo(out);
  return true;
}

}  // namespace tenon::abi
