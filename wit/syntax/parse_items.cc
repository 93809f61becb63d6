#include <iterator>

#include "absl/strings/str_cat.h"
#include "vm/base/near_match.h"
#include "wit/syntax/parse.h"

namespace tenon::wit {
namespace {

using Scope = Parser::Scope;

constexpr const char* kExpected[] = {
    "'package', 'use', 'interface' or 'world'", "'use', 'interface' or 'world'",
    "a function's name, 'use' or a type ('record', 'variant', 'enum', 'flags', 'resource', 'type')",
    "'import', 'export', 'include', 'use' or a type", "a function's name or 'constructor'"};

struct TypeKeyword {
  absl::string_view word;
  ast::TypeDef::Kind kind;
};
constexpr TypeKeyword kTypeKeywords[] = {
    {"type", ast::TypeDef::Kind::kAlias},      {"record", ast::TypeDef::Kind::kRecord},
    {"variant", ast::TypeDef::Kind::kVariant}, {"flags", ast::TypeDef::Kind::kFlags},
    {"enum", ast::TypeDef::Kind::kEnum},       {"resource", ast::TypeDef::Kind::kResource}};

// Stores the outcome of parsing one kind of item.
template <typename T>
Status Store(Result<T> parsed, ast::Item& item) {
  if (!parsed) return std::unexpected(std::move(parsed).error());
  item.what = std::move(*parsed);
  return {};
}

bool HasTypes(Scope scope) { return scope == Scope::kInterface || scope == Scope::kWorld; }
bool IsTop(Scope scope) { return scope == Scope::kFile || scope == Scope::kPackage; }

}  // namespace

Status Parser::ParseItems(Scope scope, std::vector<ast::Item>& items) {
  while (token_.kind != TokenKind::kEnd && !At("}")) {
    ast::Item& item = items.emplace_back();
    TENON_ASSIGN_OR_RETURN(item.head, ParseHead());
    TENON_RETURN_IF_ERROR(ParseItem(scope, item));
    item.head.end = last_end_;
  }
  if (scope == Scope::kFile && At("}")) return FailHere(kExpected[0]);
  return {};
}

Result<ast::Body> Parser::ParseBody(Scope scope, absl::string_view where) {
  ast::Body body;
  body.begin = token_.offset;
  TENON_RETURN_IF_ERROR(Expect("{", where));
  TENON_RETURN_IF_ERROR(ParseItems(scope, body.items));
  if (!At("}")) {
    const SourceLocation opened = Locate(lexer_.text(), body.begin);
    return FailHere(absl::StrCat("'}' for the '{' of line ", opened.line));
  }
  TENON_RETURN_IF_ERROR(Advance());
  body.end = last_end_;
  return body;
}

// Comments between the gates are the item's too.
Result<ast::Head> Parser::ParseHead() {
  ast::Head head;
  head.begin = token_.offset;
  head.comments.first = last_comments_;
  while (At("@")) {
    TENON_RETURN_IF_ERROR(Advance());
    if (At("external-id")) {
      TENON_RETURN_IF_ERROR(Advance());
      TENON_RETURN_IF_ERROR(Expect("(", "after '@external-id'"));
      if (token_.kind != TokenKind::kString) return FailHere("a string");
      head.external_id = ast::Name{token_.text, token_.offset};
      TENON_RETURN_IF_ERROR(Advance());
      TENON_RETURN_IF_ERROR(Expect(")", "after the string"));
      continue;
    }
    TENON_ASSIGN_OR_RETURN(const ast::Gate gate, ParseGate());
    head.gates.push_back(gate);
  }
  head.comments.last = token_.comments;
  return head;
}

// wit: "Feature gate syntax"
Result<ast::Gate> Parser::ParseGate() {
  struct Row {
    absl::string_view word, field;
  };
  constexpr Row kRows[] = {
      {"since", "version"}, {"unstable", "feature"}, {"deprecated", "version"}};
  for (size_t i = 0; i < std::size(kRows); ++i) {
    const Row& row = kRows[i];
    if (!At(row.word)) continue;
    TENON_RETURN_IF_ERROR(Advance());
    ast::Gate gate;
    gate.kind = static_cast<ast::Gate::Kind>(i);
    TENON_RETURN_IF_ERROR(Expect("(", absl::StrCat("after '@", row.word, "'")));
    TENON_RETURN_IF_ERROR(Expect(row.field, absl::StrCat("in '@", row.word, "'")));
    if (!At("=")) return FailHere(absl::StrCat("'=' after '", row.field, "'"));
    if (row.field == "version") {
      TENON_RETURN_IF_ERROR(AdvanceToVersion());
      gate.value = {token_.text, token_.offset};
      TENON_RETURN_IF_ERROR(Advance());
    } else {
      TENON_RETURN_IF_ERROR(Advance());
      TENON_ASSIGN_OR_RETURN(gate.value, ExpectName("a feature's name"));
    }
    TENON_RETURN_IF_ERROR(Expect(")", absl::StrCat("at the end of '@", row.word, "'")));
    return gate;
  }
  return FailHere("'since', 'unstable', 'deprecated' or 'external-id' after '@'");
}

Status Parser::AdvancePastKeyword() {
  const Token keyword = token_;
  TENON_RETURN_IF_ERROR(Advance());
  if (At(":")) return FailAtKeyword(keyword, "a function's name");
  return {};
}

std::unexpected<Error> Parser::FailAtItem(Scope scope) const {
  std::string expected = kExpected[static_cast<size_t>(scope)];
  const bool may_be_named = scope == Scope::kInterface || scope == Scope::kResource;
  if (token_.is_keyword() && may_be_named) return FailAtKeyword(token_, expected);
  if (token_.kind != TokenKind::kName || token_.is_escaped || token_.is_keyword()) {
    return FailHere(expected);
  }
  const absl::string_view near = NearMatch(token_.text, ItemKeywords());
  if (near.empty()) return FailHere(expected);
  return FailAt(token_.offset, absl::StrCat("expected ", expected, ", found '", token_.text,
                                            "'; did you mean '", near, "'?"));
}

Status Parser::ParseItem(Scope scope, ast::Item& item) {
  if (HasTypes(scope)) {
    for (const TypeKeyword& row : kTypeKeywords) {
      if (At(row.word)) return Store(ParseTypeDef(row.kind), item);
    }
  }
  if (At("use") && IsTop(scope)) return Store(ParseTopLevelUse(), item);
  if (At("use") && HasTypes(scope)) return Store(ParseUse(), item);
  if (At("package") && IsTop(scope)) return ParsePackage(scope, item);
  if (IsTop(scope) && (At("interface") || At("world"))) {
    const bool is_world = At("world");
    TENON_RETURN_IF_ERROR(Advance());
    TENON_ASSIGN_OR_RETURN(const ast::Name name,
                           ExpectName(is_world ? "the world's name" : "the interface's name"));
    const std::string where = absl::StrCat("after '", name.text, "'");
    TENON_ASSIGN_OR_RETURN(ast::Body body,
                           ParseBody(is_world ? Scope::kWorld : Scope::kInterface, where));
    if (is_world) {
      item.what = ast::World{name, std::move(body)};
    } else {
      item.what = ast::Interface{name, std::move(body)};
    }
    return {};
  }
  if (scope == Scope::kWorld) {
    if (At("import") || At("export")) return Store(ParseExtern(), item);
    if (At("include")) return Store(ParseInclude(), item);
    return FailAtItem(scope);
  }
  if (scope == Scope::kResource && At("constructor")) return Store(ParseConstructor(), item);
  const bool is_name = token_.kind == TokenKind::kName && !token_.is_keyword();
  if (IsTop(scope) || !is_name) return FailAtItem(scope);
  const ast::Name name{token_.text, token_.offset};
  const Token first = token_;
  TENON_RETURN_IF_ERROR(Advance());
  if (!At(":")) {
    const absl::string_view near = first.is_escaped ? "" : NearMatch(name.text, ItemKeywords());
    return FailHere(absl::StrCat("':' after the function's name '", name.text, "'",
                                 near.empty() ? "" : absl::StrCat(" (or is it '", near, "'?)")));
  }
  TENON_RETURN_IF_ERROR(Advance());
  TENON_RETURN_IF_ERROR(Store(ParseFunc(name, scope), item));
  return Expect(";", "after the function");
}

// wit: "Package declaration"
Status Parser::ParsePackage(Scope scope, ast::Item& item) {
  const uint32_t offset = token_.offset;
  TENON_RETURN_IF_ERROR(Advance());
  TENON_ASSIGN_OR_RETURN(ast::PackageName name, ParsePackageName());
  if (At("{")) {
    if (scope != Scope::kFile) return FailAt(offset, "a package may not stand within a package");
    TENON_ASSIGN_OR_RETURN(ast::Body body, ParseBody(Scope::kPackage, "after the package's name"));
    item.what = ast::NestedPackage{std::move(name), std::move(body)};
    return {};
  }
  if (scope != Scope::kFile || item.head.gates.size() > 0) {
    return FailHere("'{' after the package's name");
  }
  item.what = ast::PackageHeader{std::move(name)};
  return Expect(";", "or '{' after the package's name");
}

Result<ast::PackageName> Parser::ParsePackageName() {
  ast::PackageName package;
  TENON_ASSIGN_OR_RETURN(package.space, ExpectName("a package's name as in 'wasi:io@0.2.0'"));
  TENON_RETURN_IF_ERROR(Expect(":", "after the namespace"));
  TENON_ASSIGN_OR_RETURN(package.name, ExpectName("the package's name"));
  if (At(":") || At("/")) {
    return FailAt(token_.offset, "not supported by this version: nested namespaces and packages");
  }
  TENON_ASSIGN_OR_RETURN(package.version, ParseVersion());
  return package;
}

Result<std::optional<ast::Name>> Parser::ParseVersion() {
  if (!At("@")) return std::nullopt;
  TENON_RETURN_IF_ERROR(AdvanceToVersion());
  const ast::Name version{token_.text, token_.offset};
  TENON_RETURN_IF_ERROR(Advance());
  return version;
}

// wit: "Item: toplevel-use"
Result<ast::Path> Parser::ParsePath(absl::string_view what) {
  TENON_ASSIGN_OR_RETURN(const ast::Name name, ExpectName(what));
  if (!At(":")) return ast::Path{std::nullopt, name};
  TENON_RETURN_IF_ERROR(Advance());
  return ParsePathAfter(name);
}

// Behind "wasi:".
Result<ast::Path> Parser::ParsePathAfter(ast::Name space) {
  ast::Path path;
  ast::PackageName& package = path.package.emplace();
  package.space = space;
  TENON_ASSIGN_OR_RETURN(package.name, ExpectName("the package's name"));
  TENON_RETURN_IF_ERROR(Expect("/", absl::StrCat("and a name of what is in the package '",
                                                 space.text, ":", package.name.text, "'")));
  TENON_ASSIGN_OR_RETURN(path.name, ExpectName("the name of what is in the package"));
  if (At("/")) {
    return FailAt(token_.offset, "not supported by this version: nested namespaces and packages");
  }
  TENON_ASSIGN_OR_RETURN(package.version, ParseVersion());
  return path;
}

Result<ast::TopLevelUse> Parser::ParseTopLevelUse() {
  TENON_RETURN_IF_ERROR(Advance());
  ast::TopLevelUse use;
  TENON_ASSIGN_OR_RETURN(use.path, ParsePath("the name of an interface"));
  TENON_ASSIGN_OR_RETURN(const bool has_as, Take("as"));
  if (has_as) {
    TENON_ASSIGN_OR_RETURN(use.as, ExpectName("a new name"));
  }
  TENON_RETURN_IF_ERROR(Expect(";", "after 'use'"));
  return use;
}

Result<std::vector<ast::Rename>> Parser::ParseRenames(bool needs_as) {
  std::vector<ast::Rename> names;
  TENON_RETURN_IF_ERROR(Expect("{", "before the names"));
  while (!At("}") || names.empty()) {
    ast::Rename& rename = names.emplace_back();
    TENON_ASSIGN_OR_RETURN(rename.name, ExpectName("a name"));
    if (needs_as && !At("as")) return FailHere("'as'");
    TENON_ASSIGN_OR_RETURN(const bool has_as, Take("as"));
    if (has_as) {
      TENON_ASSIGN_OR_RETURN(rename.as, ExpectName("a new name"));
    }
    TENON_ASSIGN_OR_RETURN(const bool has_comma, Take(","));
    if (!has_comma && !At("}")) return FailHere("',' or '}'");
  }
  TENON_RETURN_IF_ERROR(Expect("}", "after the names"));
  return names;
}

// wit: "Item: use"
Result<ast::Use> Parser::ParseUse() {
  TENON_RETURN_IF_ERROR(AdvancePastKeyword());
  ast::Use use;
  TENON_ASSIGN_OR_RETURN(use.path, ParsePath("the name of an interface"));
  TENON_RETURN_IF_ERROR(Expect(".", "and the names of types in braces"));
  TENON_ASSIGN_OR_RETURN(use.names, ParseRenames(false));
  TENON_RETURN_IF_ERROR(Expect(";", "after 'use'"));
  return use;
}

// wit: "Item: include"
Result<ast::Include> Parser::ParseInclude() {
  TENON_RETURN_IF_ERROR(Advance());
  ast::Include include;
  TENON_ASSIGN_OR_RETURN(include.path, ParsePath("the name of a world"));
  TENON_ASSIGN_OR_RETURN(const bool has_with, Take("with"));
  if (!has_with) {
    TENON_RETURN_IF_ERROR(Expect(";", "or 'with' after the included world"));
    return include;
  }
  TENON_ASSIGN_OR_RETURN(include.names, ParseRenames(true));
  TENON_RETURN_IF_ERROR(Take(";"));  // the grammar has none behind the brace, everyone else does
  return include;
}

// wit: "Item: world"
Result<ast::Extern> Parser::ParseExtern() {
  ast::Extern item;
  item.is_export = At("export");
  TENON_RETURN_IF_ERROR(Advance());
  TENON_ASSIGN_OR_RETURN(const ast::Name name, ExpectName("a name"));
  const uint32_t name_end = last_end_;
  if (!At(":")) {
    item.what = ast::Path{std::nullopt, name};
    TENON_RETURN_IF_ERROR(Expect(";", absl::StrCat("or ':' after '", name.text, "'")));
    return item;
  }
  const Token colon = token_;
  TENON_RETURN_IF_ERROR(Advance());
  // `a:b` in one piece is a package's name; `a: b` gives an interface the name a.
  const bool is_one_piece = name_end == colon.offset && colon.end == token_.offset;
  const bool is_keyword = At("func") || At("async") || At("interface");
  if (is_one_piece && !is_keyword) {
    TENON_ASSIGN_OR_RETURN(item.what, ParsePathAfter(name));
    TENON_RETURN_IF_ERROR(Expect(";", "after the interface"));
    return item;
  }
  item.name = name;
  TENON_RETURN_IF_ERROR(ParseNamedExtern(item));
  return item;
}

Status Parser::ParseNamedExtern(ast::Extern& item) {
  if (At("interface")) {
    TENON_RETURN_IF_ERROR(Advance());
    TENON_ASSIGN_OR_RETURN(item.what, ParseBody(Scope::kInterface, "after 'interface'"));
    return {};
  }
  if (At("func") || At("async")) {
    TENON_ASSIGN_OR_RETURN(item.what, ParseFunc(*item.name, Scope::kWorld));
    return Expect(";", "after the function");
  }
  if (token_.is_keyword()) {
    return FailHere("'func', 'async', 'interface' or an interface's name");
  }
  TENON_ASSIGN_OR_RETURN(item.what, ParsePath("'func', 'interface' or an interface's name"));
  return Expect(";", "after the interface");
}

}  // namespace tenon::wit
