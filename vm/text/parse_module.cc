// Module fields other than types and segments, and the helpers all files share.
// core: #text-modulefield
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "vm/base/utf8.h"
#include "vm/syntax/instruction_writer.h"
#include "vm/syntax/limits.h"
#include "vm/text/expression_parser.h"
#include "vm/text/keywords.h"
#include "vm/text/module_parser.h"
#include "vm/text/number.h"
#include "vm/text/parser.h"

namespace tenon::vm {

Result<Module> ParseModule(const std::optional<Token>& id, Lexer& lexer, const Features& features) {
  ModuleParser parser(lexer, features);
  auto module = parser.Parse(id, TokenKind::kRightParen);
  lexer = parser.lexer;
  return module;
}

Result<Module> ParseModule(absl::string_view text, const Features& features) {
  if (text.size() > kMaxModuleBytes) {
    return tenon::Fail(ErrorKind::kLimit, absl::StrCat("more than ", kMaxModuleBytes, " bytes"));
  }
  Lexer lexer(text);
  const bool is_bare = !lexer.TakeOpen("module");
  std::optional<Token> id;
  if (!is_bare && lexer.Peek().kind == TokenKind::kId) id = lexer.Take();
  ModuleParser parser(lexer, features);
  auto module = parser.Parse(id, is_bare ? TokenKind::kEnd : TokenKind::kRightParen);
  if (module && parser.lexer.Peek().kind != TokenKind::kEnd) {
    return std::unexpected<Error>(parser.lexer.UnexpectedToken());
  }
  return module;
}

Result<Module> ModuleParser::Parse(const std::optional<Token>& id, TokenKind closer) {
  bool ok = ParseModuleName(id) && DeclareFields() && Expect(closer);
  const Lexer end = lexer;
  ok = ok && CheckLimits() && ParseModuleFields();
  lexer = end;
  if (!ok) return std::unexpected<Error>(TakeError());
  // Even without segments: naming one that is not there is invalid in a text, not malformed.
  if (names_data_) module.data_count = static_cast<uint32_t>(module.datas.size());
  WriteBranchHints();
  WriteNames();
  PlaceCustoms();
  return std::move(module);
}

bool ModuleParser::ParseName(absl::string_view* out) {
  std::string& name = module.texts.emplace_front();
  const bool ok = ParseString(&name);
  *out = name;
  return ok;
}

bool ModuleParser::ParseIndex(const IndexSpace& space, uint32_t* out) {
  names_data_ = names_data_ || &space == &datas;
  return TextParser::ParseIndex(space, out);
}

// Limits on counts, as the decoder has them. Imports and exports are within the text's size.
bool ModuleParser::CheckLimits() {
  const struct {
    const IndexSpace& space;
    const char* things;
    uint32_t limit;
  } rows[] = {{types, "types", kMaxTypes},
              {funcs, "functions", kMaxFunctions},
              {tables, "tables", kMaxTables},
              {memories, "memories", kMaxMemories},
              {globals, "globals", kMaxGlobals},
              {tags, "tags", kMaxTypes},
              {elems, "element segments", kMaxSegments},
              {datas, "data segments", kMaxSegments}};
  for (const auto& row : rows) {
    if (row.space.count > row.limit) return Limit(row.things, row.limit);
  }
  return true;
}

bool ModuleParser::ParseModuleFields() {
  for (const Field& field : type_fields_) {
    lexer.Seek(field.start);
    if (!ParseTypeField(field.keyword == "rec")) return false;
  }
  IndexFuncTypes();
  for (const Field& field : fields_) {
    lexer.Seek(field.start);
    if (!ParseField(field) || !ExpectClose()) return false;
  }
  return true;
}

bool ModuleParser::ParseField(const Field& field) {
  if (field.keyword == "import") return ParseImport();
  if (field.keyword == "export") return ParseExport();
  if (field.keyword == "start") return ParseStart();
  if (field.keyword == "elem") return ParseElem();
  if (field.keyword == "data") return ParseData();
  if (field.keyword == kCustomAnnotation) return ParseCustom();
  if (!SkipBinding()) return false;
  ExternKind kind = ExternKind::kFunc;
  if (field.keyword == "table") kind = ExternKind::kTable;
  if (field.keyword == "memory") kind = ExternKind::kMemory;
  if (field.keyword == "global") kind = ExternKind::kGlobal;
  if (field.keyword == "tag") kind = ExternKind::kTag;
  if (!ParseInlineExports(kind, field.index)) return false;
  if (field.is_import) return ParseInlineImport(field);
  switch (kind) {
    case ExternKind::kFunc: return ParseFunction(field.index);
    case ExternKind::kTable: return ParseTable(field.index);
    case ExternKind::kMemory: return ParseMemory(field.index);
    case ExternKind::kGlobal: return ParseGlobal();
    case ExternKind::kTag: return ParseTag();
  }
  return Unexpected();
}

bool ModuleParser::ParseInlineExports(ExternKind kind, uint32_t index) {
  while (lexer.PeekOpen("export")) {
    Export field{"", kind, index, MarkField()};
    lexer.TakeOpen("export");
    if (!ParseName(&field.name) || !ExpectClose()) return false;
    module.exports.push_back(field);
  }
  return true;
}

bool ModuleParser::ParseInlineImport(const Field& field) {
  Import import;
  import.offset = MarkField();
  if (!ExpectOpen("import") || !ParseName(&import.module) || !ParseName(&import.name)) {
    return false;
  }
  if (!ExpectClose() || !ParseImportType(field.keyword, &import.type)) return false;
  module.imports.push_back(import);
  return true;
}

bool ModuleParser::ParseImport() {
  Import import;
  import.offset = MarkField();
  if (!ParseName(&import.module) || !ParseName(&import.name)) return false;
  if (!Expect(TokenKind::kLeftParen)) return false;
  const absl::string_view kind = lexer.Take().text;  // the first pass has checked it
  if (!SkipBinding() || !ParseImportType(kind, &import.type) || !ExpectClose()) return false;
  module.imports.push_back(import);
  return true;
}

bool ModuleParser::ParseImportType(absl::string_view kind, ImportType* out) {
  if (kind == "table") return ParseTableType(&out->emplace<TableType>());
  if (kind == "memory") return ParseMemoryType(&out->emplace<MemoryType>());
  if (kind == "global") return ParseGlobalType(&out->emplace<GlobalType>());
  TypeUse use;
  uint32_t index;
  if (!ParseTypeUse(/*with_ids=*/true, &use) || !ResolveTypeUse(use, &index)) return false;
  if (kind == "tag") {
    *out = TagType{TypeIdx(index)};
  } else {
    *out = TypeIdx(index);
  }
  return true;
}

bool ModuleParser::ParseExport() {
  Export field;
  field.offset = MarkField();
  if (!ParseName(&field.name) || !Expect(TokenKind::kLeftParen)) return false;
  const Token kind = lexer.Peek();
  const IndexSpace* space = kind.kind == TokenKind::kKeyword ? DefinitionSpace(kind.text) : nullptr;
  if (space == nullptr) return Unexpected();
  lexer.Take();
  if (space == &tables) field.kind = ExternKind::kTable;
  if (space == &memories) field.kind = ExternKind::kMemory;
  if (space == &globals) field.kind = ExternKind::kGlobal;
  if (space == &tags) field.kind = ExternKind::kTag;
  if (!ParseIndex(*space, &field.index) || !ExpectClose()) return false;
  module.exports.push_back(field);
  return true;
}

bool ModuleParser::ParseFunction(uint32_t index) {
  TypeUse use;
  uint32_t type;
  IndexSpace locals{"local"};
  std::vector<ValType> local_types;
  if (!ParseTypeUse(/*with_ids=*/true, &use) || !ResolveTypeUse(use, &type)) return false;
  if (!ParseLocals(use, &locals, &local_types)) return false;
  ByteRange code{static_cast<uint32_t>(module.bytes.size()), 0};
  InstructionWriter(&module.bytes).WriteLocals(local_types);
  ExpressionParser expression(this, &locals);
  if (!expression.ParseSequence()) return false;
  code.size = static_cast<uint32_t>(module.bytes.size()) - code.offset;
  if (code.size > kMaxFunctionBody) {
    return Limit(absl::StrCat("bytes in the body of function ", module.bodies.size()),
                 kMaxFunctionBody);
  }
  module.functions.push_back(TypeIdx(type));
  module.bodies.push_back({code});
  if (!locals.names.empty()) local_names_.push_back({index, std::move(locals.names)});
  if (!expression.label_names().empty()) label_names_.push_back({index, expression.label_names()});
  FunctionHints hints = {index, expression.TakeHints(code.offset)};
  if (!hints.hints.empty()) hints_.push_back(std::move(hints));
  return true;
}

// `(local id t)` and `(local t*)`. Parameters come first in the index space: those written here, or
// else those of the explicit type.
bool ModuleParser::ParseLocals(const TypeUse& use, IndexSpace* locals,
                               std::vector<ValType>* types_out) {
  uint32_t index;
  for (const Binding& binding : use.param_ids) {
    if (!Bind(binding, locals, &index)) return false;
  }
  bool counts_params = !use.index || use.has_inline();
  while (lexer.TakeOpen("local")) {
    Binding binding;
    if (!TakeBinding(&binding)) return false;
    const bool is_one = binding.has_name();
    if (is_one && !counts_params) {
      const FuncType* type = FindFuncType(*use.index, use.where);
      if (type == nullptr) return false;
      locals->count += static_cast<uint32_t>(type->params.size());
      counts_params = true;
    }
    while (is_one || lexer.Peek().kind != TokenKind::kRightParen) {
      if (!Bind(binding, locals, &index) || !ParseValType(&types_out->emplace_back())) return false;
      if (is_one) break;
    }
    if (!ExpectClose()) return false;
    if (types_out->size() > kMaxLocals) return Limit("locals", kMaxLocals);
  }
  return true;
}

// core: #text-table
bool ModuleParser::ParseTable(uint32_t index) {
  Table table;
  ParseAddressType(&table.type.address);
  if (lexer.Peek().kind == TokenKind::kNat) {
    if (!ParseLimits(&table.type.limits) || !ParseRefType(&table.type.element)) return false;
    if (lexer.Peek().kind != TokenKind::kRightParen) {
      if (!ParseConstExpr(/*is_folded=*/false, &table.init.emplace())) return false;
    }
  } else if (!ParseRefType(&table.type.element) || !ExpectOpen("elem") ||
             !ParseInlineElems(index, &table.type)) {
    return false;
  }
  module.tables.push_back(std::move(table));
  return true;
}

// core: #text-mem
bool ModuleParser::ParseMemory(uint32_t index) {
  MemoryType type;
  ParseAddressType(&type.address);
  const bool has_limits = !lexer.PeekOpen("data") && !lexer.PeekOpen("pagesize");
  if (has_limits ? !ParseMemoryLimits(&type) : !ParsePageSize(&type.page_size_log2)) return false;
  if (!has_limits && !(ExpectOpen("data") && ParseInlineData(index, &type))) return false;
  module.memories.push_back(type);
  return true;
}

bool ModuleParser::ParseGlobal() {
  Global global;
  if (!ParseGlobalType(&global.type)) return false;
  if (!ParseConstExpr(/*is_folded=*/false, &global.init)) return false;
  module.globals.push_back(global);
  return true;
}

bool ModuleParser::ParseTag() {
  TypeUse use;
  uint32_t index;
  if (!ParseTypeUse(/*with_ids=*/true, &use) || !ResolveTypeUse(use, &index)) return false;
  module.tags.push_back({TypeIdx(index)});
  return true;
}

bool ModuleParser::ParseStart() {
  const SourceLocation where = lexer.Peek().where();
  uint32_t index;
  if (module.start) return Fail("multiple start sections", where);
  if (!ParseIndex(funcs, &index)) return false;
  module.start = FuncIdx(index);
  return true;
}

}  // namespace tenon::vm
