// Owner of the types of one component and all it nests: interns value and function types, keeps
// component, instance and module types, and substitutes resources. Handles are indices and stay
// good as long as the table; references do too (deque). Append-only; read by any thread once
// validation is over.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "abi/syntax/limits.h"
#include "abi/types/types.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"

namespace tenon::abi {

inline constexpr absl::string_view kTypeTooLarge =
    "type exceeds maximum byte size: its values take 2^28 bytes or more";

class TypeTable {
 public:
  // Component-level types may have `max_items` in all.
  explicit TypeTable(uint64_t max_items = kMaxTypeItems);
  TypeTable(const TypeTable&) = delete;
  TypeTable& operator=(const TypeTable&) = delete;
  // To an archive and back (abi/valid/archived_component.h). To what was read nothing is added.
  template <typename Archive>
  friend void Visit(Archive& archive, TypeTable& table) {
    archive(table.defs_, table.funcs_, table.func_has_resource_, table.instances_,
            table.components_, table.modules_, table.resource_names_);
  }

  // Interns a definition. Fails with kLimit (depth, size, number of types) or kInvalid (element
  // size; up to twice kMaxElementSize passes, which maps need). Labels are not looked at.
  Result<ValType> Intern(TypeDef def);
  Result<FuncTypeId> Intern(FuncType type);
  // Keep a type; nothing is interned. Fail with kLimit (depth, size, total of all items kept).
  Result<InstanceTypeId> Add(InstanceType type);
  Result<ComponentTypeId> Add(ComponentType type);
  Result<ModuleTypeId> Add(ModuleType type);
  // Counts copies of items against the total; a long name counts for more than one.
  Status Charge(uint64_t items);
  static uint64_t Cost(absl::string_view name) { return 1 + name.size() / 64; }
  static uint64_t Cost(const std::vector<ResourcePath>& paths);

  // A resource type different from all others of this table. The name is for messages; a view.
  ResourceId NewResource(absl::string_view name);
  absl::string_view ResourceName(ResourceId id) const { return resource_names_[id.value()]; }
  void SetResourceName(ResourceId id, absl::string_view name);
  uint32_t resource_count() const { return static_cast<uint32_t>(resource_names_.size()); }

  // The definition of a type that is not primitive.
  const TypeDef& Get(ValType type) const { return defs_[type.index()].def; }
  const FuncType& Get(FuncTypeId id) const { return funcs_[id.value()]; }
  const InstanceType& Get(InstanceTypeId id) const { return instances_[id.value()]; }
  const ComponentType& Get(ComponentTypeId id) const { return components_[id.value()]; }
  const ModuleType& Get(ModuleTypeId id) const { return modules_[id.value()]; }
  TypeFacts Facts(ValType type) const;
  // Of a table that was not read from an archive. Made once, when a type is interned: a type may be
  // large, and functions that have it many.
  FlatForm Flat(ValType type) const;
  // Of a whole function type: sums and disjunctions over params and result.
  bool HasResource(FuncTypeId id) const { return func_has_resource_[id.value()]; }

 private:
  using DefIndex = Index<struct DefIndexTag>;  // into defs_
  struct Entry {
    TypeDef def;
    TypeFacts facts;

    template <typename Archive>
    friend void Visit(Archive& archive, Entry& entry) {
      archive(entry.def, entry.facts);
    }
  };
  // Nodes and nesting of component-level types.
  struct Extent {
    uint64_t size = 1;
    uint32_t depth = 1;
  };
  // Types found by what they are, kept by their places.
  struct Hash {
    using is_transparent = void;
    const TypeTable& table;
    size_t operator()(const TypeDef& def) const { return absl::HashOf(def); }
    size_t operator()(const FuncType& type) const { return absl::HashOf(type); }
    size_t operator()(DefIndex index) const { return absl::HashOf(table.defs_[index.value()].def); }
    size_t operator()(FuncTypeId id) const { return absl::HashOf(table.Get(id)); }
  };
  struct Equal {
    using is_transparent = void;
    const TypeTable& table;
    bool operator()(DefIndex a, DefIndex b) const { return a == b; }
    bool operator()(FuncTypeId a, FuncTypeId b) const { return a == b; }
    bool operator()(DefIndex a, const TypeDef& b) const { return table.defs_[a.value()].def == b; }
    bool operator()(FuncTypeId a, const FuncType& b) const { return table.Get(a) == b; }
  };
  Result<TypeFacts> Measure(const TypeDef& def) const;
  FlatForm Flatten(const TypeDef& def) const;
  void Grow(const NamedItem& item, Extent* extent) const;
  Status Check(const Extent& extent);

  std::deque<Entry> defs_;
  std::deque<FlatForm> flat_;  // of defs_
  std::deque<FuncType> funcs_;
  std::vector<bool> func_has_resource_;
  std::deque<InstanceType> instances_;
  std::deque<ComponentType> components_;
  std::deque<ModuleType> modules_;
  absl::flat_hash_set<DefIndex, Hash, Equal> interned_defs_;
  absl::flat_hash_set<FuncTypeId, Hash, Equal> interned_funcs_;
  std::vector<Extent> instance_extents_;
  std::vector<Extent> component_extents_;
  uint64_t items_ = 0;  // nodes of all component-level types
  uint64_t max_items_;
  std::vector<absl::string_view> resource_names_;
};

}  // namespace tenon::abi
