// Type definitions as decoded: indices are those of the enclosing definition's type index space and
// nothing is checked. abi: "Type Definitions". The validated form is abi/types.
//
// Component, instance and module types hold lists of declarators, which nest to kMaxNestingDepth.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "abi/syntax/index.h"
#include "abi/syntax/sort.h"
#include "absl/strings/string_view.h"
#include "vm/syntax/module.h"
#include "vm/syntax/types.h"

namespace tenon::abi::syntax {

enum class PrimType : uint8_t {
  kBool,
  kS8,
  kU8,
  kS16,
  kU16,
  kS32,
  kU32,
  kS64,
  kU64,
  kF32,
  kF64,
  kChar,
  kString,
  kErrorContext,
};

// valtype: a primitive written inline, or a type index.
using ValType = std::variant<PrimType, TypeIdx>;

struct LabeledType {
  absl::string_view label;
  ValType type;
};
struct Case {
  absl::string_view label;
  std::optional<ValType> type;
};

struct RecordType {
  std::vector<LabeledType> fields;
};
struct VariantType {
  std::vector<Case> cases;
};
struct ListType {
  ValType element;
  std::optional<uint32_t> length;  // fixed-length lists (gated)
};
struct TupleType {
  std::vector<ValType> types;
};
struct FlagsType {
  std::vector<absl::string_view> labels;
};
struct EnumType {
  std::vector<absl::string_view> labels;
};
struct OptionType {
  ValType type;
};
struct ResultType {
  std::optional<ValType> ok;
  std::optional<ValType> error;
};
struct OwnType {
  TypeIdx resource;
};
struct BorrowType {
  TypeIdx resource;
};
struct StreamType {
  std::optional<ValType> element;
};  // gated
struct FutureType {
  std::optional<ValType> element;
};  // gated
struct MapType {
  ValType key, value;
};  // gated

struct FuncType {
  bool is_async = false;  // gated
  std::vector<LabeledType> params;
  std::optional<ValType> result;
};

struct ResourceType {
  vm::ValType rep;
  std::optional<CoreFuncIdx> destructor;
};

// --- Imports and exports -------------------------------------------------------------------------

// externname and its attributes, verbatim.
struct Name {
  absl::string_view name;
  std::optional<absl::string_view> implements;
  std::optional<absl::string_view> version_suffix;
  std::optional<absl::string_view> external_id;
};

// externtype: what an import or export is. `index` is in the core type space for kCoreModule and in
// the type space otherwise; kType and kValue carry a bound.
struct ExternType {
  enum class Bound : uint8_t { kEq, kSubResource, kValueType };
  Sort sort = Sort::kFunc;
  uint32_t index = 0;        // of the type, or of the type or value it is equal to (kEq)
  Bound bound = Bound::kEq;  // kType: kEq or kSubResource; kValue: kEq or kValueType (gated)
  std::optional<ValType> value_type;
};

// --- Declarators ---------------------------------------------------------------------------------

struct Alias {
  enum class Target : uint8_t { kExport, kCoreExport, kOuter };
  Sort sort = Sort::kFunc;
  Target target = Target::kExport;
  uint32_t instance = 0;     // kExport: InstanceIdx; kCoreExport: CoreInstanceIdx
  absl::string_view name;    // kExport, kCoreExport
  uint32_t outer_count = 0;  // kOuter: enclosing scopes to skip, 0 is the current one
  uint32_t outer_index = 0;
};

struct ImportDecl {
  Name name;
  ExternType type;
};
struct ExportDecl {
  Name name;
  ExternType type;
};

// core:importdesc inside a module type; type indices are the module type's own.
struct CoreImportDecl {
  absl::string_view module;
  absl::string_view name;
  vm::ImportType type;
};
struct CoreExportDecl {
  absl::string_view name;
  vm::ImportType type;
};
// (alias outer count index (type)), the only alias of module types.
struct CoreTypeAlias {
  uint32_t outer_count = 0;
  uint32_t outer_index = 0;
};

// One rec group of core types; most hold one.
struct CoreRecGroup {
  std::vector<vm::SubType> types;
};

struct CoreModuleType;
using CoreTypeDef = std::variant<CoreRecGroup, std::unique_ptr<CoreModuleType>>;
struct CoreModuleDecl {
  uint64_t offset = 0;
  std::variant<CoreImportDecl, CoreTypeDef, CoreTypeAlias, CoreExportDecl> decl;
};
struct CoreModuleType {
  std::vector<CoreModuleDecl> decls;
};

struct ComponentType;  // component and instance types; instance types hold no ImportDecl
using TypeDef =
    std::variant<PrimType, RecordType, VariantType, ListType, TupleType, FlagsType, EnumType,
                 OptionType, ResultType, OwnType, BorrowType, StreamType, FutureType, MapType,
                 FuncType, ResourceType, std::unique_ptr<ComponentType>>;

struct Declarator {
  uint64_t offset = 0;  // of the declarator in the whole binary
  std::variant<CoreTypeDef, TypeDef, Alias, ImportDecl, ExportDecl> decl;
};

struct ComponentType {
  bool is_instance = false;  // (instance ...) rather than (component ...)
  std::vector<Declarator> decls;
};

}  // namespace tenon::abi::syntax
