// The index spaces of one component definition, component type or instance type while it is being
// validated, and what its imports and exports have come to. abi: "Index Spaces".
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "abi/syntax/name_map.h"
#include "abi/types/small_map.h"
#include "abi/types/types.h"
#include "abi/valid/body.h"
#include "vm/valid/resolved_module.h"

namespace tenon::abi {

using CoreTypeDefId = std::variant<vm::TypeId, ModuleTypeId>;
// A core instance's exports; shared by all instances of a module.
using CoreExports = NameMap<vm::ResolvedImportType>;
using CoreInstanceType = std::shared_ptr<const CoreExports>;

// What the component model calls externally visible: resource types and named value types that an
// import or an export has introduced.
struct Visible {
  SmallSet<ResourceId> resources;
  SmallSet<ValType> types;
};

struct Scope {
  enum class Kind : uint8_t { kComponent, kComponentType, kInstanceType };

  Scope(Kind scope_kind, Scope* parent_scope) : kind(scope_kind), parent(parent_scope) {}

  const Kind kind;
  Scope* const parent;

  std::vector<FuncTypeId> funcs;
  std::vector<AnyType> types;
  std::vector<ComponentTypeId> components;
  std::vector<InstanceTypeId> instances;
  std::vector<vm::TypeId> core_funcs;
  std::vector<vm::TableType> core_tables;
  std::vector<vm::MemoryType> core_memories;
  std::vector<vm::GlobalType> core_globals;
  std::vector<vm::TypeId> core_tags;
  std::vector<CoreTypeDefId> core_types;
  std::vector<ModuleTypeId> core_modules;
  std::vector<CoreInstanceType> core_instances;

  std::vector<NamedItem> imports;
  std::vector<NamedItem> exports;
  UniqueNames import_names;  // in their unique form
  UniqueNames export_names;
  std::vector<ResourcePath> imported_resources;
  std::vector<ResourcePath> exported_resources;  // types only: abstract ones its exports bind
  // Resources named by type imports and exports of this scope, for [method] and its like.
  NameMap<ResourceId> import_labels;
  NameMap<ResourceId> export_labels;

  Visible visible_imports;
  Visible visible_exports;
  // Types by their definitions, resources and named value types, as opposed to the indices that
  // their imports or exports define; and what mentions one. Functions of such types cannot be
  // imported or exported as they are, nor instances whose type exports one; types can if no part is
  // private (the value).
  SmallMap<uint32_t, bool> private_types;         // by type index
  SmallMap<uint32_t, NamedItem> private_exports;  // of instance types: the first, by type index
  std::optional<NamedItem> private_export;        // of the instance type that this scope is
  SmallSet<uint32_t> private_funcs;               // by function index
  // Resources defined here, with their representation: what resource.new and .rep accept.
  SmallMap<ResourceId, vm::ValType> local_resources;

  Body body;  // components only
};

}  // namespace tenon::abi
