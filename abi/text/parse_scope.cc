// Sorts, indices, names and aliases, and the scopes they live in. abi: "Index Spaces",
// "Alias Definitions", "Import and Export Definitions"
#include <utility>

#include "abi/syntax/limits.h"
#include "abi/text/component_parser.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {

using vm::Token;
using vm::TokenKind;

namespace {

constexpr uint32_t kMaxTextDepth = kMaxNestingDepth + kMaxTypeDepth;

struct SortKeyword {
  const char* keyword;
  Sort sort;
};
constexpr SortKeyword kCoreSorts[] = {
    {"func", Sort::kCoreFunc},     {"table", Sort::kCoreTable},      {"memory", Sort::kCoreMemory},
    {"global", Sort::kCoreGlobal}, {"tag", Sort::kCoreTag},          {"type", Sort::kCoreType},
    {"module", Sort::kCoreModule}, {"instance", Sort::kCoreInstance}};
constexpr SortKeyword kSorts[] = {{"func", Sort::kFunc},
                                  {"value", Sort::kValue},
                                  {"type", Sort::kType},
                                  {"component", Sort::kComponent},
                                  {"instance", Sort::kInstance}};

// What core instances export; everything else is exported by instances.
bool IsCoreExport(Sort sort) { return sort >= Sort::kCoreFunc && sort <= Sort::kCoreTag; }

bool HasOuterAliases(Sort sort) {
  return sort == Sort::kType || sort == Sort::kComponent || sort == Sort::kCoreType ||
         sort == Sort::kCoreModule;
}

struct Attribute {
  const char* keyword;
  uint8_t code;
};
constexpr Attribute kAttributes[] = {{"implements", 0}, {"versionsuffix", 1}, {"external-id", 2}};

Bytes ExportAlias(Sort sort, uint32_t instance, absl::string_view name) {
  Bytes alias;
  AppendSort(sort, &alias);
  alias.push_back(IsCoreExport(sort) ? 0x01 : 0x00);
  AppendVarU32(instance, &alias);
  AppendName(name, &alias);
  return alias;
}

}  // namespace

bool ComponentParser::Define(Sort sort, const Id& id, uint32_t* index) {
  return Bind(id, &scope_->space(sort), index);
}

bool ComponentParser::Write(ListedKind kind, const Bytes& definition, Sort sort, const Id& id,
                            uint32_t* index) {
  Append(kind, definition);
  return Define(sort, id, index);
}

bool ComponentParser::Nested(absl::FunctionRef<bool()> parse) {
  if (depth_ == kMaxTextDepth) return Limit("levels of nesting", kMaxTextDepth);
  ++depth_;
  const bool ok = parse();
  --depth_;
  return ok;
}

bool ComponentParser::WithScope(TextScope::Kind kind, const Id& id, absl::FunctionRef<bool()> parse,
                                Bytes* out) {
  return Nested([&] {
    TextScope scope(kind, id, scope_);
    const SourceLocation field = field_;
    scope_ = &scope;
    const bool ok = parse();
    scope_ = scope.parent();
    field_ = field;
    if (!ok) return false;
    const Bytes bytes = scope.Finish();
    AppendBytes(bytes, out);
    if (scope_ != nullptr) {
      scope_->Nest(scope.TakeMarks(), bytes.size());
    } else {
      marks_ = scope.TakeMarks();
    }
    return true;
  });
}

bool ComponentParser::WithCoreParser(absl::FunctionRef<bool(vm::ModuleParser&)> parse,
                                     const vm::IndexSpace* group) {
  vm::ModuleParser parser(lexer, features_);
  parser.types.noun = scope_->space(Sort::kCoreType).noun;
  parser.types.find_elsewhere = [&](const Token& id, uint32_t* index) {
    if (group == nullptr) return FindId(Sort::kCoreType, id, index);
    const auto found = group->ids.find(IdName(id));
    if (found == group->ids.end()) return FindId(Sort::kCoreType, id, index);
    *index = scope_->space(Sort::kCoreType).count + found->second;
    return true;
  };
  const bool ok = parse(parser);
  lexer = parser.lexer;
  return ok || Fail(parser.TakeError());
}

bool ComponentParser::TakeCoreSort(Sort* out) {
  for (const SortKeyword& row : kCoreSorts) {
    if (!lexer.TakeKeyword(row.keyword)) continue;
    *out = row.sort;
    return true;
  }
  return Unexpected();
}

bool ComponentParser::TakeSort(Sort* out) {
  if (lexer.TakeKeyword("core")) return TakeCoreSort(out);
  for (const SortKeyword& row : kSorts) {
    if (!lexer.TakeKeyword(row.keyword)) continue;
    *out = row.sort;
    return true;
  }
  return Unexpected();
}

bool ComponentParser::ParseIdx(Sort sort, uint32_t* out) {
  const Token token = lexer.Peek();
  if (token.kind != TokenKind::kId) return ParseNat32(out);
  if (FindId(sort, token, out)) return lexer.TakeIf(TokenKind::kId);
  return vm::TextParser::ParseIndex(scope_->space(sort), out);  // which says that it is unknown
}

// An identifier that this scope does not have may be one of an enclosing scope.
bool ComponentParser::FindId(Sort sort, const Token& token, uint32_t* out) {
  const std::string id = IdName(token);
  uint32_t count = 0;
  for (TextScope* scope = scope_; scope != nullptr; scope = scope->parent(), ++count) {
    const auto found = scope->space(sort).ids.find(id);
    if (found == scope->space(sort).ids.end()) continue;
    if (count != 0 && !HasOuterAliases(sort)) {
      return Fail(absl::StrCat("outer item `", id, "` is not a module, type, or component"),
                  token.where());
    }
    *out = found->second;
    return count == 0 || AliasOuter(sort, count, found->second, out);
  }
  return false;
}

bool ComponentParser::AliasOuter(Sort sort, uint32_t count, uint32_t index, uint32_t* out) {
  const auto key = TextScope::OuterItem({sort, count}, index);
  auto& known = scope_->outer_aliases();
  if (const auto found = known.find(key); found != known.end()) {
    *out = found->second;
    return true;
  }
  if (!WriteOuterAlias(sort, count, index, {}, out)) return false;
  known.emplace(key, *out);
  return true;
}

bool ComponentParser::WriteOuterAlias(Sort sort, uint32_t count, uint32_t index, const Id& id,
                                      uint32_t* out) {
  Bytes alias;
  if (scope_->kind() == TextScope::Kind::kModuleType) {
    alias = {0x10, 0x01};  // of types, outer
  } else {
    AppendSort(sort, &alias);
    alias.push_back(0x02);
  }
  AppendVarU32(count, &alias);
  AppendVarU32(index, &alias);
  return Write(ListedKind::kAlias, alias, sort, id, out);
}

// abi: "Inline aliases". Names but the last are of instances in instances.
bool ComponentParser::ParseItemRest(Sort sort, uint32_t* out) {
  if (lexer.Peek(1).kind != TokenKind::kString) return ParseIdx(sort, out) && ExpectClose();
  uint32_t index;
  if (!ParseIdx(IsCoreExport(sort) ? Sort::kCoreInstance : Sort::kInstance, &index)) return false;
  for (bool is_last = false; !is_last;) {
    std::string name;
    if (!ParseString(&name)) return false;
    is_last = IsCoreExport(sort) || lexer.Peek().kind != TokenKind::kString;
    const Sort found = is_last ? sort : Sort::kInstance;
    const Bytes alias = ExportAlias(found, index, name);
    if (!Write(ListedKind::kAlias, alias, found, {}, &index)) return false;
  }
  *out = index;
  return ExpectClose();
}

bool ComponentParser::ParseRef(Sort sort, uint32_t* out) {
  if (AtIndex()) return ParseIdx(sort, out);
  if (!Expect(TokenKind::kLeftParen)) return false;
  const Token token = lexer.Peek();
  Sort found = sort;
  // The prefix `core` may be left out where no other sort can stand.
  const bool is_core = sort >= Sort::kCoreFunc && !token.Is("core");
  if (!(is_core ? TakeCoreSort(&found) : TakeSort(&found))) return false;
  return found == sort ? ParseItemRest(sort, out) : Unexpected(token);
}

bool ComponentParser::ParseOptionRef(Sort sort, uint32_t* out) {
  if (AtIndex()) return ParseItemRest(sort, out);
  return ParseRef(sort, out) && ExpectClose();
}

bool ComponentParser::ParseItem(bool is_core, SortIndex* out) {
  if (!Expect(TokenKind::kLeftParen)) return false;
  if (!(is_core ? TakeCoreSort(&out->sort) : TakeSort(&out->sort))) return false;
  return ParseItemRest(out->sort, &out->index);
}

bool ComponentParser::ParseLabel(Bytes* out) {
  std::string label;
  if (!ParseString(&label)) return false;
  AppendName(label, out);
  return true;
}

bool ComponentParser::ParseExternName(Bytes* out) {
  Bytes name;
  Items attributes;
  if (!ParseLabel(&name)) return false;
  bool seen[std::size(kAttributes)] = {};
  for (const Attribute* row = kAttributes; row != std::end(kAttributes);) {
    if (!lexer.PeekOpen(row->keyword)) {
      ++row;
      continue;
    }
    lexer.Take();
    const Token token = lexer.Take();
    if (std::exchange(seen[row->code], true)) {
      return Fail(absl::StrCat("unexpected token ", token.text, ": there is one already"),
                  token.where());
    }
    ++attributes.count;
    attributes.bytes.push_back(row->code);
    if (!ParseLabel(&attributes.bytes) || !ExpectClose()) return false;
    row = kAttributes;  // they stand in any order
  }
  out->push_back(attributes.count == 0 ? 0x00 : 0x02);
  AppendBytes(name, out);
  if (attributes.count != 0) attributes.AppendTo(out);
  return true;
}

// abi: "Alias Definitions"
bool ComponentParser::ParseAliasField() {
  if (lexer.TakeKeyword("outer")) return ParseOuterAlias();
  const bool is_core = lexer.TakeKeyword("core");
  uint32_t instance, index;
  std::string name;
  if (!ExpectKeyword("export")) return false;
  if (!ParseIdx(is_core ? Sort::kCoreInstance : Sort::kInstance, &instance)) return false;
  if (!ParseString(&name) || !Expect(TokenKind::kLeftParen)) return false;
  const Token token = lexer.Peek();
  Sort sort;
  if (!TakeSort(&sort)) return false;
  if (IsCoreExport(sort) != is_core) return Unexpected(token);
  const Bytes alias = ExportAlias(sort, instance, name);
  Id id;
  return TakeBinding(&id) && Write(ListedKind::kAlias, alias, sort, id, &index) && ExpectClose() &&
         ExpectClose();
}

// `outer idx idx (sort $id?)`. Where the item's index is looked up follows from the sort, which
// stands behind it.
bool ComponentParser::ParseOuterAlias() {
  TextScope* target = nullptr;
  uint32_t count, index;
  if (!ParseOuterScope(&count, &target)) return false;
  vm::TextParser item(lexer);
  lexer.Take();
  if (!Expect(TokenKind::kLeftParen)) return false;
  const Token token = lexer.Peek();
  Sort sort = Sort::kCoreType;
  const bool is_module_type = scope_->kind() == TextScope::Kind::kModuleType;
  if (!(is_module_type ? ExpectKeyword("type") : TakeSort(&sort))) return false;
  if (!HasOuterAliases(sort)) return Unexpected(token);
  const bool is_found =
      target == nullptr ? item.ParseNat32(&index) : item.ParseIndex(target->space(sort), &index);
  if (!is_found) return Fail(item.TakeError());
  Id id;
  return TakeBinding(&id) && WriteOuterAlias(sort, count, index, id, &index) && ExpectClose() &&
         ExpectClose();
}

// A number or a name of a scope around; none for a number that is too large.
bool ComponentParser::ParseOuterScope(uint32_t* count, TextScope** out) {
  const Token token = lexer.Peek();
  *out = scope_;
  if (token.kind != TokenKind::kId) {
    if (!ParseNat32(count)) return false;
    for (uint32_t i = 0; i < *count && *out != nullptr; ++i) *out = (*out)->parent();
    return true;
  }
  for (*count = 0; *out != nullptr && (*out)->id() != IdName(token); ++*count) {
    *out = (*out)->parent();
  }
  if (*out == nullptr) {
    return Fail(absl::StrCat("unknown component ", ShownText(token)), token.where());
  }
  lexer.Take();
  return true;
}

// `core? export idx "name")` behind `(alias`, for the definition around it.
bool ComponentParser::ParseInlineAlias(Sort sort, Bytes* out) {
  uint32_t instance;
  std::string name;
  if (IsCoreExport(sort) && !ExpectKeyword("core")) return false;
  const Sort of = IsCoreExport(sort) ? Sort::kCoreInstance : Sort::kInstance;
  if (!ExpectKeyword("export") || !ParseIdx(of, &instance) || !ParseString(&name)) return false;
  *out = ExportAlias(sort, instance, name);
  return ExpectClose();
}

}  // namespace tenon::abi
