// What the parsers of modules and of components share: a place in the text, the first failure, and
// the tokens, names and indices that both formats are made of. core: #text-lexical, #text-context
//
// Functions return false once parsing has failed; the first failure is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "vm/syntax/name_section.h"
#include "vm/text/lexer.h"

namespace tenon::vm {

// core: #text-context. Identifiers of one kind of thing, and how many things there are.
struct IndexSpace {
  const char* noun;  // for messages
  absl::flat_hash_map<std::string, uint32_t> ids = {};
  uint32_t count = 0;
  std::vector<IndexedName> names = {};  // of those that have one
  // Finds identifiers that are not among `ids`, where there is more than this text knows.
  std::function<bool(const Token& id, uint32_t* index)> find_elsewhere = {};
};

// What is written where a thing is bound: `$id`, `(@name "...")`, both or neither.
struct Binding {
  std::optional<Token> id;
  std::optional<std::string> name;
  bool has_name() const { return id || name; }
};

class TextParser {
 public:
  explicit TextParser(const Lexer& start) : lexer(start) {}

  // Failing.
  ABSL_ATTRIBUTE_COLD bool Fail(absl::string_view message, SourceLocation where);
  ABSL_ATTRIBUTE_COLD bool FailInvalid(absl::string_view message, SourceLocation where);
  // With what another parser of the same text has met.
  ABSL_ATTRIBUTE_COLD bool Fail(Error error);
  bool Unexpected() { return Unexpected(lexer.Peek()); }
  ABSL_ATTRIBUTE_COLD bool Unexpected(const Token& token);
  bool Limit(absl::string_view what, uint64_t limit);
  bool FailAnnotation(absl::string_view annotation, absl::string_view message, const Token& token);
  // Of a parser that has failed.
  Error TakeError();

  // Tokens.
  bool Expect(TokenKind kind) { return lexer.TakeIf(kind) || Unexpected(); }
  bool ExpectClose() { return Expect(TokenKind::kRightParen); }
  bool ExpectKeyword(absl::string_view keyword) {
    return lexer.TakeKeyword(keyword) || Unexpected();
  }
  bool ExpectOpen(absl::string_view keyword) { return lexer.TakeOpen(keyword) || Unexpected(); }
  bool AtIndex();
  bool ParseNat32(uint32_t* out);
  bool ParseNat64(uint64_t* out);
  bool ParseString(std::string* out);  // that is UTF-8
  bool SkipToClose();                  // the rest of the field, up to its unconsumed `)`

  // Indices and identifiers.
  bool ParseIndex(const IndexSpace& space, uint32_t* out);
  // The index of the next thing in the space, bound to the id when there is one.
  bool Bind(const Binding& binding, IndexSpace* space, uint32_t* index);
  std::optional<Token> TakeId();
  // `$id? (@name "...")?`
  bool TakeBinding(Binding* out);
  bool ParseNameAnnotation(std::optional<std::string>* out);
  static std::string NameOf(const Binding& binding);  // that has one

  Lexer lexer;

 private:
  std::optional<Error> error_;
};

}  // namespace tenon::vm
