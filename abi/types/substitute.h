// Replaces resource types in types: the one operation behind instantiation, opening of instance
// types and subtyping. abi: "Type Checking". Types may move from one table to another on the way.
#pragma once

#include <cstdint>

#include "abi/types/small_map.h"
#include "abi/types/type_table.h"

namespace tenon::abi {

using ResourceMap = SmallMap<ResourceId, ResourceId>;

// Rewrites types of `from` into `to` (which may be the same table). Resources without a row in the
// map stay as they are. Component and instance types under binders keep their own bound resources:
// the ids of binders are never in a map, except across tables, where they get fresh ids.
class Substitution {
 public:
  Substitution(const TypeTable& from, TypeTable& to, ResourceMap map)
      : from_(from), to_(to), map_(std::move(map)) {}

  // Adds a row. No type that mentions `from` may have been rewritten yet.
  void Bind(ResourceId from, ResourceId to) { map_.Set(from, to); }
  const ResourceMap& map() const { return map_; }

  // Fails with kLimit when a type grows too large.
  Result<ValType> Apply(ValType type);
  Result<FuncTypeId> Apply(FuncTypeId id);
  Result<InstanceTypeId> Apply(InstanceTypeId id);
  Result<ComponentTypeId> Apply(ComponentTypeId id);
  Result<ModuleTypeId> Apply(ModuleTypeId id);
  Result<AnyType> ApplyAny(const AnyType& type);
  Result<ExternType> ApplyExtern(const ExternType& type);
  Result<std::vector<NamedItem>> ApplyItems(const std::vector<NamedItem>& items);
  ResourceId Apply(ResourceId id);

 private:
  bool identity() const { return &from_ == &to_ && map_.empty(); }
  std::vector<ResourcePath> ApplyBinders(const std::vector<ResourcePath>& binders);

  const TypeTable& from_;
  TypeTable& to_;
  ResourceMap map_;
  SmallMap<ValType, ValType> val_memo_;
  SmallMap<FuncTypeId, FuncTypeId> func_memo_;
};

}  // namespace tenon::abi
