// The text of one instruction, and of the types in it: the counterpart of parse_immediates.cc,
// driven by the same rows. core: #text-instr-plain
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "vm/syntax/instruction.h"
#include "vm/syntax/module.h"
#include "vm/text/print_names.h"

namespace tenon::vm {

// The labels in scope, for printing a branch's target by name where that name means it.
class LabelScope {
 public:
  void Push(absl::string_view name);
  void Pop();
  size_t depth() const { return names_.size(); }
  // `$l` or `1`.
  void AppendTarget(uint32_t label, std::string* out) const;

 private:
  std::vector<absl::string_view> names_;  // innermost last
  absl::flat_hash_map<absl::string_view, std::vector<size_t>> places_;
};

void AppendMemoryType(const MemoryType& type, std::string* out);

// What an instruction's text needs to know. Borrows everything.
struct PrintContext {
  const Module& module;
  const ModuleNames& names;
  const NameTable* locals = nullptr;  // in a function
  const LabelScope* labels = nullptr;

  // The instruction without indentation and, for a block, without the label it binds.
  void AppendInstruction(const Instruction& instruction, std::string* out) const;
  // What follows the opcode, with a space before each part.
  void AppendImmediates(const Instruction& instruction, std::string* out) const;

  void AppendHeapType(HeapType type, std::string* out) const;
  void AppendValType(ValType type, std::string* out) const;
  void AppendSpaced(ValType type, std::string* out) const;  // after a space
  // ` (result i32 i64)`, or nothing when there are no types.
  void AppendValTypes(absl::string_view keyword, absl::Span<const ValType> types,
                      std::string* out) const;
  // ` (type $t)`
  void AppendTypeUse(uint32_t index, std::string* out) const;
  void AppendIndex(NameKind kind, uint32_t index, std::string* out) const;

  // print_types.cc: what stands behind the keyword, with a space before each part.
  void AppendTableType(const TableType& type, std::string* out) const;
  void AppendGlobalType(const GlobalType& type, std::string* out) const;
  void AppendExternType(const ImportType& type, std::string* out) const;
  // In parentheses, with `sub` if asked to. core: #text-subtype
  void AppendSubType(const SubType& type, bool with_sub, const NameTable& fields,
                     std::string* out) const;

 private:
  void AppendOptionalIndex(NameKind kind, uint32_t index, std::string* out) const;
  void AppendIndexPair(NameKind kind, const Instruction& instruction, std::string* out) const;
  void AppendCatches(absl::Span<const CatchClause> catches, std::string* out) const;
  void AppendBlockType(const BlockType& type, std::string* out) const;
  void AppendOneIndex(const Instruction& instruction, std::string* out) const;
  void AppendTwoIndices(const Instruction& instruction, std::string* out) const;
  void AppendOther(const Instruction& instruction, std::string* out) const;
  void AppendTypeAndMore(const Instruction& instruction, std::string* out) const;
  void AppendNumber(const Instruction& instruction, std::string* out) const;
  void AppendMemArg(const Instruction& instruction, std::string* out) const;
  void AppendStruct(const SubType& type, const NameTable& fields, std::string* out) const;
  void AppendFieldType(const FieldType& type, std::string* out) const;
  void AppendLabel(uint32_t label, std::string* out) const;
};

}  // namespace tenon::vm
