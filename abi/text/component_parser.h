// The state of parsing one component text, shared by the files parse_*.cc. One pass: a definition
// is written to the scope it stands in when its end is read, and what it needs that has no
// definition of its own, types written inline, aliases of exports and of outer items, before it.
//
// Functions that take `Bytes*` append to it; what they parse is the content of the parentheses
// unless they say so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "abi/syntax/sort.h"
#include "abi/text/text_scope.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "vm/text/module_parser.h"
#include "vm/text/text_parser.h"

namespace tenon::abi {

class ComponentParser : public vm::TextParser {
 public:
  // `features`: of the core modules inside.
  ComponentParser(const vm::Lexer& start, const vm::Features& features)
      : TextParser(start), features_(features) {}

  // Definitions up to `closer`, which is consumed. `(@name "...")` before them is the component's
  // own name, which else is the id.
  bool ParseComponent(const std::optional<vm::Token>& id, vm::TokenKind closer, Bytes* out);
  // Of one that has been parsed.
  std::vector<TextMark> TakeMarks() { return std::move(marks_); }

 private:
  using Id = vm::Binding;

  // `$id (export "name")* (import "name")?` as they stand in front of a definition.
  struct Head {
    Id id;
    std::vector<Bytes> exports;   // extern names
    std::optional<Bytes> import;  // likewise
  };
  // What an import or export is.
  struct ExternDesc {
    Id id;
    Sort sort = Sort::kFunc;
    uint32_t type = 0;  // for the sorts that have one
    Bytes bytes;
  };

  // parse_component.cc
  bool ParseField();
  bool ParseCoreField();
  bool ParseComponentField();
  bool ParseFuncField();
  bool ParseTypeField();
  bool ParseImportField() { return ParseImportField(ListedKind::kImport); }
  // Or an export of a type's, which looks like one.
  bool ParseImportField(ListedKind kind);
  bool ParseExportField();
  bool ParseStartField();
  bool ParseValueField();
  bool ParseCustomField();
  bool ParseHead(Sort sort, Head* out);
  bool AtInlineName(absl::string_view keyword, Sort sort);
  // Writes the import, and the exports, that the head stands for.
  bool FinishImport(const Head& head, Sort sort);
  bool FinishDefinition(const Head& head, Sort sort);

  // parse_scope.cc: sorts, indices, names, scopes
  void Append(ListedKind kind, const Bytes& definition) {
    scope_->Append(kind, definition, {.where = field_});
  }
  void AppendSection(uint8_t id, const Bytes& content) {
    scope_->AppendSection(id, content, {.where = field_});
  }
  bool Define(Sort sort, const Id& id, uint32_t* index);
  bool Write(ListedKind kind, const Bytes& definition, Sort sort, const Id& id, uint32_t* index);
  bool WithScope(TextScope::Kind kind, const Id& id, absl::FunctionRef<bool()> parse, Bytes* out);
  bool Nested(absl::FunctionRef<bool()> parse);
  // A core type, or part of one, by the parser of modules. `group`: the types under way, which come
  // next in the scope.
  bool WithCoreParser(absl::FunctionRef<bool(vm::ModuleParser&)> parse,
                      const vm::IndexSpace* group = nullptr);
  bool TakeSort(Sort* out);
  bool TakeCoreSort(Sort* out);
  bool ParseIdx(Sort sort, uint32_t* out);  // a number or an identifier
  // What an identifier of this scope, or one around it, stands for here. False without a failure
  // if there is none.
  bool FindId(Sort sort, const vm::Token& token, uint32_t* out);
  bool ParseItemRest(Sort sort, uint32_t* out);   // `idx name*)`
  bool ParseRef(Sort sort, uint32_t* out);        // an idx, or `(sort idx name*)`
  bool ParseOptionRef(Sort sort, uint32_t* out);  // `idx name*)` or `(sort idx name*))`
  bool ParseItem(bool is_core, SortIndex* out);   // `(sort idx name*)` of any sort
  bool ParseExternName(Bytes* out);               // `"name" attribute*`
  bool ParseLabel(Bytes* out);
  // The alias that an identifier of an enclosing scope stands for.
  bool AliasOuter(Sort sort, uint32_t count, uint32_t index, uint32_t* out);
  bool WriteOuterAlias(Sort sort, uint32_t count, uint32_t index, const Id& id, uint32_t* out);
  bool ParseAliasField();
  bool ParseOuterAlias();
  bool ParseOuterScope(uint32_t* count, TextScope** out);
  bool ParseInlineAlias(Sort sort, Bytes* out);

  // parse_types.cc
  bool ParseTypeDef(const Id& id, Bytes* out);  // with parentheses
  bool ParseValueTypeDef(Bytes* out);           // likewise
  bool ParseValType(Bytes* out);
  bool ParseOptionalType(Bytes* out);
  bool ParseRecord(Bytes* out);
  bool ParseVariant(Bytes* out);
  bool ParseList(Bytes* out);
  bool ParseTuple(Bytes* out);
  bool ParseResult(Bytes* out);
  bool ParseHandle(Bytes* out);
  bool ParseMap(Bytes* out);
  bool ParseLabels(Bytes* out);
  bool ParseFuncType(Bytes* out);  // up to what is no part of it
  bool ParseResultList(Bytes* out);
  bool ParseResourceType(Bytes* out);
  bool ParseScopeType(Sort sort, const Id& id, Bytes* out);
  bool ParseDeclarator(Sort sort);
  bool ParseExternDesc(ExternDesc* out);                       // with parentheses and `$id`
  bool ParseExternType(ExternDesc* out);                       // what is behind the `$id`
  bool ParseTypeUse(Sort sort, const Id& id, uint32_t* type);  // `(type idx)`, or written inline

  // parse_core.cc
  bool ParseCoreModuleField();
  bool ParseCoreTypeField();
  bool ParseCoreRecField();
  bool ParseCoreFuncField();
  // The types of a group, one or `(type ...)*`, and what closes it.
  bool ParseCoreRecType(absl::Span<const Id> ids, bool is_rec);
  bool ParseCoreSubTypes(const vm::IndexSpace& group, bool is_rec, Bytes* out);
  bool ParseCoreFuncType(Bytes* out);
  bool ParseCoreValType(Bytes* out);
  bool ParseModuleType(const Id& id, Bytes* out);
  bool ParseModuleDeclarator();
  bool ParseCoreExternType(Bytes* out);  // with parentheses
  bool ParseCoreTypeUse(uint32_t* type);

  // parse_instance.cc
  bool ParseCoreInstanceField();
  bool ParseInstanceField();
  bool ParseInstanceDef(bool is_core, Bytes* out);
  bool ParseInstantiate(bool is_core, Bytes* out);
  bool ParseArgument(bool is_core, SortIndex* out);
  bool ParseExports(bool is_core, Bytes* out);

  // parse_canon.cc
  bool ParseCanonField();
  bool ParseLift(Bytes* out);       // up to the type
  bool ParseCoreCanon(Bytes* out);  // of what defines a core function
  bool ParseImmediate(char letter, Bytes* out);
  bool ParseOptions(Bytes* out);

  const vm::Features features_;
  std::vector<TextMark> marks_;  // of the whole component
  SourceLocation field_;         // where the definition under way begins
  TextScope* scope_ = nullptr;
  uint32_t depth_ = 0;  // of scopes and of types written inline
};

}  // namespace tenon::abi
