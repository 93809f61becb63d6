// What validation produces and everyone after it consumes: every index space counted once (imports
// first), every type canonical (TypeIds of the engine's store), constant expressions reduced to
// short programs. Nobody downstream counts imports or looks at a type section again.
// core: #context, #modules
// Immutable after validation but for the lazily validated bodies, which are the interpreter's
// affair (see vm/interp). Shared by all instances.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "vm/sem/v128.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"
#include "vm/syntax/opcode.h"
#include "vm/syntax/type_store.h"

namespace tenon::vm {

// One instruction of a constant expression, in postfix order. core: #valid-constant
struct ConstInstruction {
  Opcode op;           // a row with kConst or kExtendedConst
  uint32_t index = 0;  // global or function; TypeId of the structure or array to make
  V128 bits;           // constants; scalars in the low bytes, upper bytes zero. array.new_fixed:
                       // how many elements
};
using ConstProgram = std::vector<ConstInstruction>;

struct ResolvedFunc {
  TypeId type_id;
  const FuncType* type = nullptr;  // owned by the TypeStore
};

// The functions that a module defines whose bodies are elsewhere: a compiled file's.
class OutlinedFuncs {
 public:
  virtual ~OutlinedFuncs() = default;
  virtual size_t size() const = 0;
  virtual TypeIdx TypeOf(size_t func) const = 0;  // of the func-th
};

struct ResolvedModule;

// All functions by FuncIdx, imports first.
class FuncTable {
 public:
  size_t size() const { return listed_.size() + outlined_count_; }
  ResolvedFunc operator[](size_t func) const {
    return func < listed_.size() ? listed_[func] : Outlined(func - listed_.size());
  }
  void reserve(size_t count) { listed_.reserve(count); }
  ResolvedFunc& emplace_back() { return listed_.emplace_back(); }
  // Behind those listed. The module, whose types are known, keeps the table.
  void Append(std::shared_ptr<const OutlinedFuncs> funcs, const ResolvedModule& module);

 private:
  ResolvedFunc Outlined(size_t func) const;

  std::vector<ResolvedFunc> listed_;
  std::shared_ptr<const OutlinedFuncs> outlined_;
  size_t outlined_count_ = 0;
  const ResolvedModule* module_ = nullptr;
};

struct ResolvedTable {
  TableType type;
  ConstProgram init;  // empty: ref.null
};

struct ResolvedGlobal {
  GlobalType type;
  ConstProgram init;  // empty for imports
};

struct ResolvedElem {
  ElemSegment::Mode mode = ElemSegment::Mode::kPassive;
  TableIdx table;
  ConstProgram table_offset;
  ValType type;
  std::vector<FuncIdx> funcs;       // either these
  std::vector<ConstProgram> exprs;  // or these
  size_t size() const { return funcs.empty() ? exprs.size() : funcs.size(); }
};

struct ResolvedData {
  bool active = false;
  MemoryIdx memory;
  ConstProgram memory_offset;
  absl::Span<const uint8_t> bytes;  // the module's, or a compiled file's
};

// An import's canonical type; the alternative's order is ExternKind's.
using ResolvedImportType = std::variant<TypeId, TableType, MemoryType, GlobalType, TypeId>;

struct ResolvedImport {
  const Import* syntax = nullptr;  // names
  ExternKind kind = ExternKind::kFunc;
  uint32_t index = 0;  // within its kind's index space
};

struct ResolvedModule {
  std::unique_ptr<const Module> module;
  Features features;
  TypeStore* types = nullptr;  // outlives the module

  std::vector<TypeId> type_ids;           // by TypeIdx
  std::vector<const SubType*> type_defs;  // by TypeIdx, owned by the store

  std::vector<ResolvedImport> imports;
  FuncTable funcs;
  std::vector<ResolvedTable> tables;  // by TableIdx, imports first; likewise below
  std::vector<MemoryType> memories;
  std::vector<ResolvedGlobal> globals;
  std::vector<ResolvedFunc> tags;  // the function types of what they carry
  uint32_t imported_funcs = 0;
  uint32_t imported_tables = 0;
  uint32_t imported_memories = 0;
  uint32_t imported_globals = 0;
  uint32_t imported_tags = 0;

  std::vector<ResolvedElem> elems;
  std::vector<ResolvedData> datas;
  std::vector<bool> declared_funcs;  // by FuncIdx: may appear in ref.func inside bodies
  std::optional<FuncIdx> start;
  absl::flat_hash_map<absl::string_view, const Export*> exports;  // views into `module`

  // Converts a module-level type (concrete heap types are TypeIdx) to canonical form. Indices must
  // be in range.
  ValType Canonical(ValType type) const;
  HeapType Canonical(HeapType type) const;
  // Names of functions, for messages: the name section's, else one that the function is exported
  // by, else "". Reads all names, once.
  std::vector<absl::string_view> FunctionNames(absl::Span<const FuncIdx> funcs) const;
  absl::string_view FunctionName(FuncIdx func) const { return FunctionNames({&func, 1}).front(); }
};

}  // namespace tenon::vm
