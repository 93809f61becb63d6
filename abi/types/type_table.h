// Owner of the types of one component and all it nests: interns value and function types, keeps
// component, instance and module types, and substitutes resources. Handles are indices and stay
// good as long as the table; references do too (deque). Append-only; read by any thread once
// validation is over.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "abi/types/types.h"
#include "absl/container/flat_hash_map.h"
#include "vm/base/status.h"

namespace tenon::abi {

class TypeTable {
 public:
  // Interns a definition. Fails with kLimit (depth, size, number of types) or kInvalid (element
  // size). Labels are not looked at.
  Result<ValType> Intern(TypeDef def);
  Result<FuncTypeId> Intern(FuncType type);
  InstanceTypeId Add(InstanceType type);
  ComponentTypeId Add(ComponentType type);
  ModuleTypeId Add(ModuleType type);
  // A resource type different from all others of this table.
  ResourceId NewResource() { return ResourceId(resources_++); }
  uint32_t resource_count() const { return resources_; }

  // The definition of a type that is not primitive.
  const TypeDef& Get(ValType type) const { return defs_[type.index()].def; }
  const FuncType& Get(FuncTypeId id) const { return funcs_[id.value()]; }
  const InstanceType& Get(InstanceTypeId id) const { return instances_[id.value()]; }
  const ComponentType& Get(ComponentTypeId id) const { return components_[id.value()]; }
  const ModuleType& Get(ModuleTypeId id) const { return modules_[id.value()]; }
  TypeFacts Facts(ValType type) const;
  // Of a whole function type: sums and disjunctions over params and result.
  bool HasResource(FuncTypeId id) const { return func_has_resource_[id.value()]; }

 private:
  struct Entry {
    TypeDef def;
    TypeFacts facts;
  };
  Result<TypeFacts> Measure(const TypeDef& def) const;

  std::deque<Entry> defs_;
  std::deque<FuncType> funcs_;
  std::deque<bool> func_has_resource_;
  std::deque<InstanceType> instances_;
  std::deque<ComponentType> components_;
  std::deque<ModuleType> modules_;
  absl::flat_hash_map<std::string, uint32_t> def_keys_;
  absl::flat_hash_map<std::string, uint32_t> func_keys_;
  uint32_t resources_ = 0;
};

}  // namespace tenon::abi
