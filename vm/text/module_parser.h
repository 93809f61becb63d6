// The state of parsing one module, shared by the files parse_*.cc. Two passes over the fields: the
// first (declare_fields.cc) binds identifiers and remembers where each field stands, the second
// parses types, then everything else in order, so identifiers may be used before their definition.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "vm/syntax/branch_hints.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"
#include "vm/syntax/name_section.h"
#include "vm/syntax/section.h"
#include "vm/text/text_parser.h"

namespace tenon::vm {

// A function's type as written. core: #text-typeuse
struct TypeUse {
  std::optional<uint32_t> index;  // `(type x)`
  SourceLocation where;           // of x
  FuncType inline_type;
  std::vector<Binding> param_ids;  // one a parameter of inline_type
  bool has_inline() const { return !inline_type.params.empty() || !inline_type.results.empty(); }
};

class ModuleParser : public TextParser {
 public:
  ModuleParser(const Lexer& start, const Features& features)
      : TextParser(start), features_(features) {}

  // Parses fields and consumes `closer`; then `lexer` stands after it. `id` is the module's.
  Result<Module> Parse(const std::optional<Token>& id, TokenKind closer);

  // The offset of what is encoded next, with its place in the text.
  uint32_t Mark(SourceLocation where) {
    const auto offset = static_cast<uint32_t>(module.bytes.size());
    module.positions.push_back(
        {offset, static_cast<uint32_t>(where.offset), where.line, where.column});
    return offset;
  }
  // The same for a field: it takes a byte, so that it has an offset of its own.
  uint32_t MarkField() {
    const uint32_t offset = Mark(lexer.Peek().where());
    module.bytes.push_back(0);
    return offset;
  }

  bool ParseName(absl::string_view* out);  // kept in module.texts
  bool ParseIndex(const IndexSpace& space, uint32_t* out);
  // Where the first pass has bound it.
  bool SkipBinding() {
    Binding binding;
    return TakeBinding(&binding);
  }

  // parse_types.cc
  bool ParseTypeField(bool is_rec);
  bool ParseSubType(SubType* out);
  bool ParseHeapType(HeapType* out);
  bool AtRefType();
  bool ParseRefType(ValType* out);
  bool AtValType();
  bool ParseValType(ValType* out);
  bool ParseGlobalType(GlobalType* out);
  bool ParseTableType(TableType* out);
  bool ParseMemoryType(MemoryType* out);
  void ParseAddressType(AddressType* out);
  bool ParseLimit(uint64_t* out);
  bool ParseLimits(Limits* out);
  bool ParseMemoryLimits(MemoryType* out);  // whether it is shared, and its pages' size
  bool ParsePageSize(uint8_t* log2);
  bool ParseTypeUse(bool with_ids, TypeUse* out);
  // The index of the type, which is appended to the module when it is only written inline.
  bool ResolveTypeUse(const TypeUse& use, uint32_t* out);
  bool ParseImportType(absl::string_view kind, ImportType* out);  // parse_module.cc
  // The function type with this index, or nothing with the failure recorded.
  const FuncType* FindFuncType(uint32_t index, SourceLocation where);

  Module module;
  IndexSpace types{"type"};
  IndexSpace funcs{"function"};
  IndexSpace tables{"table"};
  IndexSpace memories{"memory"};
  IndexSpace globals{"global"};
  IndexSpace tags{"tag"};
  IndexSpace elems{"elem segment"};
  IndexSpace datas{"data segment"};
  absl::flat_hash_map<uint32_t, IndexSpace> fields;  // of structs that name some, by type

 private:
  // Where a field's content begins, after `(keyword`, and the index it defines.
  struct Field {
    SourceLocation start;
    absl::string_view keyword;
    uint32_t index = 0;
    bool is_import = false;  // abbreviated
  };

  // declare_fields.cc
  bool DeclareFields();
  bool DeclareField();
  bool DeclareImport();
  bool DeclareTypes(bool is_rec);
  bool DeclareAnnotation();
  bool BindNext(IndexSpace* space);
  bool DeclareDefinition(IndexSpace* space, Field* field);
  bool DeclareInlineSegment(absl::string_view keyword, IndexSpace* space);
  bool CheckImportOrder(SourceLocation where);
  IndexSpace* DefinitionSpace(absl::string_view keyword);

  // parse_types.cc
  bool ParseCompositeType(SubType* out);
  bool ParseStructFields(SubType* out);
  bool ParseFieldType(FieldType* out);
  bool ParseParams(bool with_ids, std::vector<ValType>* types, std::vector<Binding>* ids);
  bool ParseResults(std::vector<ValType>* types);
  void IndexFuncTypes();

  // parse_module.cc
  bool CheckLimits();
  bool ParseModuleFields();
  bool ParseField(const Field& field);
  bool ParseInlineExports(ExternKind kind, uint32_t index);
  bool ParseImport();
  bool ParseInlineImport(const Field& field);
  bool ParseExport();
  bool ParseFunction(uint32_t index);
  bool ParseLocals(const TypeUse& use, IndexSpace* locals, std::vector<ValType>* types);
  bool ParseTable(uint32_t index);
  bool ParseMemory(uint32_t index);
  bool ParseGlobal();
  bool ParseTag();
  bool ParseStart();

  // parse_segments.cc
  bool ParseElem();
  bool ParseElemList(bool func_may_be_omitted, ElemSegment* segment);
  bool ParseElemFuncs(ElemSegment* segment);
  bool ParseElemExprs(ElemSegment* segment);
  bool ParseInlineElems(uint32_t table, TableType* type);
  bool ParseData();
  bool ParseInlineData(uint32_t memory, MemoryType* type);
  void ParseStrings(ByteRange* out);
  bool ParseOffset(ByteRange* out);
  void WriteZero(AddressType type, ByteRange* out);
  // Instructions up to an unconsumed `)`, or one folded instruction.
  bool ParseConstExpr(bool is_folded, ByteRange* out);

  // parse_annotations.cc
  bool ParseModuleName(const std::optional<Token>& id);
  bool ParseCustom();
  bool ParseCustomPlace(int* place);
  void AddCustom(int place, CustomSection custom);
  void PlaceCustoms();
  void WriteBranchHints();
  void WriteNames();

  std::vector<Field> type_fields_;
  std::vector<Field> fields_;
  absl::string_view last_definition_;  // a definition seen that no import may follow
  uint32_t next_type_ = 0;             // types parsed so far
  absl::flat_hash_map<std::string, uint32_t> func_type_indices_;
  // By place: an even one before the section of that order, the odd one after it.
  std::array<std::vector<CustomSection>, 2 * kSectionCount + 2> customs_;
  std::vector<FunctionHints> hints_;
  std::vector<NameSectionWriter::NameMap> local_names_;  // by function
  std::vector<NameSectionWriter::NameMap> label_names_;
  bool names_data_ = false;  // only instructions name data segments
  const Features features_;
};

}  // namespace tenon::vm
