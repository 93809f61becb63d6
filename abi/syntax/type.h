// Type definitions as decoded: indices are those of the enclosing definition's type index space and
// nothing is checked. abi: "Type Definitions". The validated form is abi/types.
//
// Component, instance and module types hold lists of declarators, which nest to kMaxNestingDepth.
// Lists and what is pointed to stand in the arena of the component (component.h).
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "abi/syntax/index.h"
#include "abi/syntax/sort.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
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
  absl::Span<const LabeledType> fields;
};
struct VariantType {
  absl::Span<const Case> cases;
};
struct ListType {
  ValType element;
  std::optional<uint32_t> length;  // fixed-length lists (gated)
};
struct TupleType {
  absl::Span<const ValType> types;
};
struct FlagsType {
  absl::Span<const absl::string_view> labels;
};
struct EnumType {
  absl::Span<const absl::string_view> labels;
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
  absl::Span<const LabeledType> params;
  std::optional<ValType> result;
  bool is_async = false;  // gated
};

struct ResourceType {
  vm::ValType rep;
  std::optional<CoreFuncIdx> destructor;
};

// --- Imports and exports -------------------------------------------------------------------------

// externname and its attributes, verbatim. Few names have attributes.
struct NameAttributes {
  std::optional<absl::string_view> implements;
  std::optional<absl::string_view> version_suffix;
  std::optional<absl::string_view> external_id;
};
struct Name {
  absl::string_view name;
  const NameAttributes* attributes = nullptr;
};

// externtype: what an import or export is. `index` is in the core type space for kCoreModule and in
// the type space otherwise; kType and kValue carry a bound. Values are gated: the type that bounds
// one (kValueType) is read and not kept.
struct ExternType {
  enum class Bound : uint8_t { kEq, kSubResource, kValueType };
  Sort sort = Sort::kFunc;
  Bound bound = Bound::kEq;  // kType: kEq or kSubResource; kValue: kEq or kValueType
  uint32_t index = 0;        // of the type, or of the type or value it is equal to (kEq)
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

struct CoreFuncType {
  absl::Span<const vm::ValType> params;
  absl::Span<const vm::ValType> results;
};
// Any other recursive type. They are rare: their bytes are kept, which have the format of a
// module's.
struct CoreRecType {
  absl::Span<const uint8_t> bytes;
  uint32_t count = 0;  // of types that it defines
};

struct CoreModuleType;
using CoreTypeDef = std::variant<CoreFuncType, CoreRecType, const CoreModuleType*>;
inline uint32_t DefinedTypes(const CoreTypeDef& def) {
  const auto* rec = std::get_if<CoreRecType>(&def);
  return rec == nullptr ? 1 : rec->count;
}
struct CoreModuleDecl {
  std::variant<CoreImportDecl, CoreTypeDef, CoreTypeAlias, CoreExportDecl> decl;
  uint32_t offset = 0;
};
struct CoreModuleType {
  absl::Span<const CoreModuleDecl> decls;
};

struct ComponentType;  // component and instance types; instance types hold no ImportDecl
using TypeDef = std::variant<PrimType, RecordType, VariantType, ListType, TupleType, FlagsType,
                             EnumType, OptionType, ResultType, OwnType, BorrowType, StreamType,
                             FutureType, MapType, FuncType, ResourceType, const ComponentType*>;

struct Declarator {
  std::variant<CoreTypeDef, TypeDef, Alias, ImportDecl, ExportDecl> decl;
  uint32_t offset = 0;  // of the declarator in the whole binary
};

struct ComponentType {
  bool is_instance = false;  // (instance ...) rather than (component ...)
  absl::Span<const Declarator> decls;
};

}  // namespace tenon::abi::syntax
