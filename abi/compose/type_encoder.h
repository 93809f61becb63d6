// Validated types written again as definitions: into a component, or into the type of an instance
// or component (a child). Equal types are defined once a scope, and named types are used by the
// name under which they stand there or in a scope around, which the rules of visibility ask for;
// types of a scope around are reached by aliases. abi: "Type Definitions", "External Visibility of
// Types"
#pragma once

#include <optional>
#include <vector>

#include "abi/binary/component_writer.h"
#include "abi/types/type_table.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "vm/base/status.h"
#include "vm/syntax/type_store.h"

namespace tenon::abi {

class TypeEncoder {
 public:
  // Of a component. All outlive the encoder.
  TypeEncoder(const TypeTable& types, const vm::TypeStore& core_types, ComponentWriter& writer)
      : types_(types), core_types_(core_types), writer_(writer), parent_(nullptr) {}
  // Of an instance or component type, in `writer`, within what `parent` writes.
  TypeEncoder(TypeEncoder& parent, ComponentWriter& writer)
      : types_(parent.types_), core_types_(parent.core_types_), writer_(writer), parent_(&parent) {}
  TypeEncoder(const TypeEncoder&) = delete;
  TypeEncoder& operator=(const TypeEncoder&) = delete;

  // The type that an item has: kInvalid when it mentions a resource type that stands nowhere;
  // kLimit for what can't be written. A resource type that stands nowhere yet is a new one.
  Result<syntax::ExternType> Extern(const ExternType& type);
  // The instance type of these items.
  Result<syntax::ExternType> Instance(const std::vector<NamedItem>& items);

  // An item of this type now stands at `index`: the types that it names are used by that name.
  void Declared(const ExternType& type, uint32_t index);

 private:
  // `is_own`: for a name of the instance's own, not one that stands around it for an equal type.
  Result<TypeIdx> Define(ValType type, bool is_own = false);
  Result<TypeIdx> Applied(const TypeDef& def,
                          absl::Span<const std::optional<syntax::ValType>> parts);
  Result<syntax::ValType> Value(ValType type);
  Result<std::optional<syntax::ValType>> Optional(ValType type);
  Result<TypeIdx> Func(FuncTypeId id);
  Result<TypeIdx> Resource(ResourceId id);
  Result<syntax::ExternType> Component(const ComponentType& type);
  Result<syntax::ExternType> Type(const AnyType& type);
  void Named(const AnyType& type, TypeIdx index);
  // Resource types that stand nowhere else are aliases of the instance's, which is asked for only
  // if there are any.
  void AliasResources(const std::vector<NamedItem>& items, absl::FunctionRef<uint32_t()> instance);
  // Where named value types stand in an instance, by the names that lead there. They are aliases
  // when they are asked for.
  struct Shown {
    uint32_t instance = 0;
    NamePath path;
  };
  bool IsNominal(ValType type) const;
  void Show(const std::vector<NamedItem>& items, Shown& place);
  // The index of a value type that has a name here, or in the nearest scope around where it has
  // one.
  std::optional<TypeIdx> FindNamedHere(ValType type);
  std::optional<TypeIdx> FindNamed(ValType type);
  // How many scopes out the resource type stands.
  std::optional<uint32_t> DistanceOf(ResourceId id) const;

  const TypeTable& types_;
  const vm::TypeStore& core_types_;
  ComponentWriter& writer_;
  TypeEncoder* const parent_;
  bool is_instance_ = false;  // of an instance type
  absl::flat_hash_map<ValType, TypeIdx> values_;
  absl::flat_hash_map<ValType, TypeIdx> named_;  // those of them that have a name
  absl::flat_hash_map<ValType, Shown> shown_;    // and those that have one in an instance
  absl::flat_hash_map<FuncTypeId, TypeIdx> funcs_;
  absl::flat_hash_map<ResourceId, TypeIdx> resources_;
};

}  // namespace tenon::abi
