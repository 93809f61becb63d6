// The steps of module validation, in the order the context grows; internal to vm/valid.
// core: #valid-module
#pragma once

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "vm/valid/body_checker.h"
#include "vm/valid/resolved_module.h"

namespace tenon::vm {

class ModuleValidator {
 public:
  explicit ModuleValidator(ResolvedModule& resolved)
      : resolved_(resolved), module_(*resolved.module) {}

  // Everything but the bodies. The types move to the type store.
  Status ValidateFields(std::vector<SubType> types);
  Status ValidateBodies();
  // A group alone, in a module whose types are `known` so far. Returns the id of the first.
  Result<TypeId> ResolveGroupAlone(absl::Span<SubType> members, absl::Span<const TypeId> known);

 private:
  // Types (validate_types.cc).
  Status ResolveTypes(absl::Span<SubType> types);
  Status ResolveGroup(absl::Span<SubType> members, const RecGroup& group);
  Status CheckType(const SubType& type, const RecGroup& group);
  Status CheckSupertype(const SubType& type);
  Status Intern(absl::Span<SubType> group);
  Status CheckSubtyping(uint32_t index) const;
  bool MatchesComposite(const SubType& sub, const SubType& super) const;
  Status ResolveFuncType(TypeIdx index, ResolvedFunc* out);
  // Text reaches validation with types of proposals that are off; the binary decoder refuses them.
  Status CheckFeatures(ValType type) const;
  Status CheckFeatures(const SubType& type, size_t group_size) const;
  Status ResolveValType(ValType type, ValType* out);
  Status CheckAddress(AddressType address) const;
  Status ResolveTable(const TableType& type, TableType* out);
  Status CheckMemoryType(const MemoryType& type);
  Status ResolveTag(const TagType& type, ResolvedFunc* out);

  // Fields (validate_fields.cc).
  Status ResolveImports();
  Status ResolveImport(const Import& import);
  Status ResolveFunctions();
  Status ResolveTables();
  Status ResolveMemories();
  Status ResolveGlobals();
  Status ResolveTags();
  Status ResolveExports();
  Status CheckExport(const Export& field);
  Status ResolveStart();
  Status ResolveElems();
  Status ResolveElem(const ElemSegment& segment);
  Status ResolveDatas();
  Status CheckCounts();
  Status EvaluateConstant(ByteRange range, ValType expected, ConstProgram* out);

  ABSL_ATTRIBUTE_COLD static Status Invalid(absl::string_view message) {
    return Fail(ErrorKind::kInvalid, message);
  }
  ABSL_ATTRIBUTE_COLD static Status InvalidAt(uint32_t offset, absl::string_view message) {
    return Fail(ErrorKind::kInvalid, message, SourceLocation{offset, 0, 0});
  }

  ResolvedModule& resolved_;
  const Module& module_;
  WalkerScratch scratch_;
  std::vector<uint8_t> subtype_depths_;  // by TypeIdx
};

}  // namespace tenon::vm
