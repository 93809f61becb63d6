// The recursive-descent parser behind ParseWit, one token ahead. It recurses as deep as types
// nest (kMaxTypeNesting) and three braces deep at most, as the grammar has it.
#pragma once

#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "wit/syntax/ast.h"
#include "wit/syntax/lexer.h"

namespace tenon::wit {

class Parser {
 public:
  // Where items stand decides which there may be.
  enum class Scope : uint8_t { kFile, kPackage, kInterface, kWorld, kResource };

  explicit Parser(Lexer lexer) : lexer_(std::move(lexer)) {}
  Result<ast::Document> Run();

 private:
  // Tokens.
  Status Advance();
  Status AdvanceToVersion();
  bool At(absl::string_view spelling) const { return token_.Is(spelling); }
  Result<bool> Take(absl::string_view spelling);  // whether it was there
  Status Expect(absl::string_view spelling, absl::string_view where);
  Result<ast::Name> ExpectName(absl::string_view what);
  std::unexpected<Error> FailHere(absl::string_view expected) const;
  // Of a keyword where a name is expected.
  std::unexpected<Error> FailAtKeyword(const Token& keyword, absl::string_view expected) const;
  std::unexpected<Error> FailAt(uint32_t offset, absl::string_view message) const;

  // Items: parse_items.cc
  Result<ast::Body> ParseBody(Scope scope, absl::string_view where);
  Status ParseItems(Scope scope, std::vector<ast::Item>& items);
  Result<ast::Head> ParseHead();
  Result<ast::Gate> ParseGate();
  Status ParseItem(Scope scope, ast::Item& item);
  Status ParsePackage(Scope scope, ast::Item& item);
  Result<ast::TopLevelUse> ParseTopLevelUse();
  Result<ast::Use> ParseUse();
  Result<ast::Extern> ParseExtern();
  Status ParseNamedExtern(ast::Extern& item);
  Result<ast::Include> ParseInclude();
  Result<std::vector<ast::Rename>> ParseRenames(bool needs_as);
  Result<ast::PackageName> ParsePackageName();
  Result<ast::Path> ParsePath(absl::string_view what);
  Result<ast::Path> ParsePathAfter(ast::Name space);
  Result<std::optional<ast::Name>> ParseVersion();
  std::unexpected<Error> FailAtItem(Scope scope) const;
  // Past a keyword that begins an item; fails where it is meant as a function's name.
  Status AdvancePastKeyword();

  // Types: parse_types.cc
  Result<ast::TypeDef> ParseTypeDef(ast::TypeDef::Kind kind);
  Status ParseResourceBody(ast::TypeDef& type);
  Result<ast::Func> ParseFunc(ast::Name name, Scope scope);
  Result<ast::Func> ParseConstructor();
  Status ParseSignature(ast::Func& func);
  // Fields up to `close`, which is taken; `parse` reads one behind its head.
  Status ParseFields(absl::string_view close, absl::string_view what,
                     std::vector<ast::Field>& fields, absl::FunctionRef<Status(ast::Field&)> parse);
  Result<ast::Type> ParseType();
  Status ParseTypeArguments(ast::Type& type);
  Status ParseListLength(ast::Type& type);
  Status ParseHandle(ast::Type& type);

  Lexer lexer_;
  Token token_;                 // the one ahead
  uint32_t last_end_ = 0;       // past the token before it
  uint32_t last_comments_ = 0;  // how many comments stand before that one
  uint32_t depth_ = 0;          // of types
};

}  // namespace tenon::wit
