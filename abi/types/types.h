// Component-level types after validation. abi: "Type Definitions", "Type Checking".
//
// Value and function types are interned in a TypeTable: two are equal exactly when their handles
// are. A resource type is abstract: own and borrow name a ResourceId, and two ResourceIds are
// different types, always. Type trees are at most kMaxTypeDepth deep, so they may be walked
// recursively. Names are views of the text that a type was made from, the component's bytes.
#pragma once

#include <tenon/layout.h>
#include <tenon/type_kind.h>  // IWYU pragma: export

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "abi/syntax/sort.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "vm/base/index.h"
#include "vm/syntax/module.h"
#include "vm/syntax/types.h"
#include "vm/valid/resolved_module.h"

namespace tenon::abi {

// Which resource type. In a validated component's plan this is the index into Plan::resources.
using ResourceId = Index<struct ResourceIdTag>;
using FuncTypeId = Index<struct FuncTypeIdTag>;            // into TypeTable
using InstanceTypeId = Index<struct InstanceTypeIdTag>;    // into TypeTable
using ComponentTypeId = Index<struct ComponentTypeIdTag>;  // into TypeTable
using ModuleTypeId = Index<struct ModuleTypeIdTag>;        // into TypeTable

// A value type: four bytes, compared as a whole. The default is no type at all, as in a variant
// case without payload.
class ValType {
 public:
  constexpr ValType() = default;
  constexpr ValType(TypeKind primitive) : bits_(static_cast<uint32_t>(primitive)) {}  // NOLINT
  constexpr ValType(TypeKind kind, uint32_t index)
      : bits_(static_cast<uint32_t>(kind) | index << 8) {}

  constexpr bool has_value() const { return bits_ != kNone; }
  constexpr TypeKind kind() const { return static_cast<TypeKind>(bits_ & 0xff); }
  constexpr uint32_t index() const { return bits_ >> 8; }
  constexpr uint32_t bits() const { return bits_; }
  static constexpr ValType FromBits(uint32_t bits) {
    ValType type;
    type.bits_ = bits;
    return type;
  }
  constexpr auto operator<=>(const ValType&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, ValType type) {
    return H::combine(std::move(state), type.bits_);
  }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  uint32_t bits_ = kNone;
};

// A defined value type, one shape for all kinds so that walkers need no visitor:
//   record   labels[i] : types[i]           variant  labels[i] : types[i], which may be no type
//   tuple    types                          flags, enum   labels
//   list     types[0]                       option   types[0]
//   fixed-length list   types[0], length    map      types[0], a tuple of key and value
//   result   types[0] ok, types[1] error; each may be no type
//   own, borrow   resource                 stream, future   types[0], which may be no type
struct TypeDef {
  TypeKind kind = TypeKind::kRecord;
  std::vector<absl::string_view> labels;
  std::vector<ValType> types;
  ResourceId resource;
  uint32_t length = 0;
  bool operator==(const TypeDef&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, const TypeDef& def) {
    return H::combine(std::move(state), def.kind, def.labels, def.types, def.resource, def.length);
  }
};

// Whether its values are an address and a length: lists, and maps, which are lists of pairs.
constexpr bool IsList(TypeKind kind) { return kind == TypeKind::kList || kind == TypeKind::kMap; }

// What stands one behind the other: the fields of a record, the members of a tuple, the elements of
// a fixed-length list.
constexpr bool IsProduct(TypeKind kind) {
  return kind == TypeKind::kRecord || kind == TypeKind::kTuple || kind == TypeKind::kFixedList;
}
inline uint32_t PartCount(const TypeDef& def) {
  return def.kind == TypeKind::kFixedList ? def.length : static_cast<uint32_t>(def.types.size());
}
inline ValType PartAt(const TypeDef& def, uint32_t index) {
  return def.types[def.kind == TypeKind::kFixedList ? 0 : index];
}

// How many cases a variant, option, result or enum has, and the payload of each.
uint32_t CaseCount(const TypeDef& def);
ValType CasePayload(const TypeDef& def, uint32_t index);

// The bits of the core value that flags of so many labels have.
constexpr uint32_t FlagsMask(size_t labels) {
  return static_cast<uint32_t>((uint64_t{1} << labels) - 1);
}

// Facts computed once, when a type is interned.
struct TypeFacts {
  uint32_t size = 1;  // nodes of the type written out as a tree, at most kMaxTypeSize
  uint32_t depth = 1;
  uint32_t element_size64 = 0;  // abi: "Element Size" in a 64-bit memory
  uint8_t alignment64 = 1;
  bool has_borrow = false;
  bool has_resource = false;  // an own or a borrow
  bool has_async = false;     // a stream, a future or an error context
  bool has_pointer = false;   // a string or a list: loads and stores need a memory
};

// The core types that a type flattens to, as far as they may be passed by value. abi: "Flattening"
struct FlatForm {
  enum class Part : uint8_t { kI32, kF32, kI64, kF64, kPointer };  // as wide as the memory's
  std::array<Part, kMaxFlatParams> parts = {};
  uint8_t size = 0;  // kMaxFlatParams + 1: more than there is room for
};

struct FuncType {
  std::vector<std::pair<absl::string_view, ValType>> params;
  ValType result;         // no type when the function returns nothing
  bool is_async = false;  // it may block
  bool operator==(const FuncType&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, const FuncType& type) {
    return H::combine(std::move(state), type.params, type.result, type.is_async);
  }
};

// The type of a type import, export or index: what a `(type ...)` item stands for.
using AnyType = std::variant<ValType, FuncTypeId, InstanceTypeId, ComponentTypeId, ResourceId>;

// The type of an import or export. Alternatives: core module, func, type (an AnyType), component,
// instance.
struct TypeItem {
  AnyType type;
  bool operator==(const TypeItem&) const = default;
};
using ExternType =
    std::variant<ModuleTypeId, FuncTypeId, TypeItem, ComponentTypeId, InstanceTypeId>;
Sort SortOf(const ExternType& type);

struct NamedItem {
  absl::string_view name;
  ExternType type;
};

// Where an abstract resource type stands in a list of items: the name of an item, then the names of
// exports of nested instances, down to the type item.
using NamePath = absl::InlinedVector<absl::string_view, 2>;
struct ResourcePath {
  ResourceId id;
  NamePath path;
};

// An instance's exports. `resources` are bound here: the types that the instance brings into
// existence, as opposed to those it merely mentions.
struct InstanceType {
  std::vector<NamedItem> exports;
  std::vector<ResourcePath> resources;
};

// abi: "Type Checking". imported_resources are bound over everything, defined_resources over the
// exports.
struct ComponentType {
  std::vector<NamedItem> imports;
  std::vector<NamedItem> exports;
  std::vector<ResourcePath> imported_resources;
  std::vector<ResourcePath> defined_resources;
};

// A core module's imports and exports; concrete types are ids of the engine's vm::TypeStore.
struct ModuleType {
  struct ImportItem {
    absl::string_view module;
    absl::string_view name;
    vm::ResolvedImportType type;
  };
  struct ExportItem {
    absl::string_view name;
    vm::ResolvedImportType type;
  };
  std::vector<ImportItem> imports;
  std::vector<ExportItem> exports;
};

}  // namespace tenon::abi
