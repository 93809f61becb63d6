// Core types as seen by components: function types, module types, the types of modules.
// abi: "Type Definitions" (core:type)
#include "abi/valid/validator.h"
#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "vm/valid/matching.h"

namespace tenon::abi {
namespace {

bool IsConcrete(vm::ValType type) { return type.is_ref() && type.heap().is_concrete(); }

// Function types whose types are numbers, vectors and abstract references.
Result<vm::TypeId> InternFunc(vm::TypeStore& store, const syntax::CoreFuncType& func) {
  for (const auto* list : {&func.params, &func.results}) {
    for (vm::ValType type : *list) {
      if (IsConcrete(type)) return NotSupported("typed references in core types of components");
    }
  }
  return store.InternFunc(
      {{func.params.begin(), func.params.end()}, {func.results.begin(), func.results.end()}});
}

}  // namespace

Result<CoreTypeDefId> Validator::DefineCoreType(Scope* scope, const syntax::CoreTypeDef& def) {
  if (const auto* func = std::get_if<syntax::CoreFuncType>(&def)) {
    TENON_ASSIGN_OR_RETURN(const vm::TypeId id, InternFunc(core_types_, *func));
    return CoreTypeDefId(id);
  }
  TENON_ASSIGN_OR_RETURN(const ModuleTypeId id,
                         DefineModuleType(scope, *std::get<const syntax::CoreModuleType*>(def)));
  return CoreTypeDefId(id);
}

namespace {

Status CheckLimits(const vm::Limits& limits, uint64_t most, absl::string_view too_large) {
  if (limits.min > most || (limits.has_max && limits.max > most)) return Invalid(too_large);
  if (limits.has_max && limits.max < limits.min) {
    return Invalid("size minimum must not be greater than maximum");
  }
  return {};
}

// A module type's declaration of an import or export, its function types looked up.
Result<vm::ResolvedImportType> ResolveCoreExtern(const std::vector<vm::TypeId>& types,
                                                 const vm::ImportType& type) {
  const auto type_at = [&](uint32_t index) -> Result<vm::TypeId> {
    if (index >= types.size()) return UnknownIndex("type", index);
    return types[index];
  };
  vm::ResolvedImportType resolved;
  switch (static_cast<vm::ExternKind>(type.index())) {
    case vm::ExternKind::kFunc: {
      TENON_ASSIGN_OR_RETURN(const vm::TypeId id, type_at(std::get<vm::TypeIdx>(type).value()));
      resolved.emplace<0>(id);
      return resolved;
    }
    case vm::ExternKind::kTable: {
      const auto& table = std::get<vm::TableType>(type);
      if (IsConcrete(table.element))
        return NotSupported("typed references in core types of components");
      const uint64_t most = table.address == vm::AddressType::kI64 ? ~uint64_t{0} : 0xffff'ffff;
      TENON_RETURN_IF_ERROR(CheckLimits(table.limits, most, "table size must be at most 2^32-1"));
      resolved = table;
      return resolved;
    }
    case vm::ExternKind::kMemory: {
      const auto& memory = std::get<vm::MemoryType>(type);
      TENON_RETURN_IF_ERROR(CheckLimits(memory.limits, vm::MaxPages(memory),
                                        "memory size must be at most 2^32 bytes"));
      resolved = memory;
      return resolved;
    }
    case vm::ExternKind::kGlobal: {
      const auto& global = std::get<vm::GlobalType>(type);
      if (IsConcrete(global.type))
        return NotSupported("typed references in core types of components");
      resolved = global;
      return resolved;
    }
    case vm::ExternKind::kTag: {
      TENON_ASSIGN_OR_RETURN(const vm::TypeId id,
                             type_at(std::get<vm::TagType>(type).type.value()));
      resolved.emplace<4>(id);
      return resolved;
    }
  }
  return Invalid("unknown core extern kind");
}

}  // namespace

Result<ModuleTypeId> Validator::DefineModuleType(Scope* scope, const syntax::CoreModuleType& type) {
  ModuleType module;
  std::vector<vm::TypeId> types;
  SmallSet<std::pair<absl::string_view, absl::string_view>> import_names;
  SmallSet<absl::string_view> export_names;
  for (const syntax::CoreModuleDecl& decl : type.decls) {
    if (const auto* import = std::get_if<syntax::CoreImportDecl>(&decl.decl)) {
      TENON_ASSIGN_OR_RETURN(auto resolved, ResolveCoreExtern(types, import->type));
      if (!import_names.Insert({import->module, import->name})) {
        return Invalid(
            absl::StrCat("duplicate import name `", import->module, ":", import->name, "`"));
      }
      module.imports.push_back({import->module, import->name, resolved});
    } else if (const auto* def = std::get_if<syntax::CoreTypeDef>(&decl.decl)) {
      const auto* func = std::get_if<syntax::CoreFuncType>(def);
      if (func == nullptr)
        return Invalid(
            "invalid leading byte (0x50) for a type of a module type: they cannot be nested");
      TENON_ASSIGN_OR_RETURN(const vm::TypeId id, InternFunc(core_types_, *func));
      types.push_back(id);
    } else if (const auto* alias = std::get_if<syntax::CoreTypeAlias>(&decl.decl)) {
      Scope* target = scope;
      if (alias->outer_count == 0) {
        TENON_ASSIGN_OR_RETURN(const vm::TypeId* id, At(types, alias->outer_index, "type"));
        types.push_back(vm::TypeId(*id));
        continue;
      }
      for (uint32_t i = 1; i < alias->outer_count && target != nullptr; ++i)
        target = target->parent;
      if (target == nullptr)
        return Invalid(absl::StrCat("invalid outer alias count of ", alias->outer_count));
      TENON_ASSIGN_OR_RETURN(const CoreTypeDefId* found,
                             At(target->core_types, alias->outer_index, "type"));
      const auto* id = std::get_if<vm::TypeId>(found);
      if (id == nullptr)
        return Invalid("outer type alias in a module type cannot be a module type");
      types.push_back(*id);
    } else {
      const auto& exported = std::get<syntax::CoreExportDecl>(decl.decl);
      TENON_ASSIGN_OR_RETURN(auto resolved, ResolveCoreExtern(types, exported.type));
      if (!export_names.Insert(exported.name)) {
        return Invalid(absl::StrCat("export name `", exported.name, "` already defined"));
      }
      module.exports.push_back({exported.name, resolved});
    }
  }
  return types_.Add(std::move(module));
}

Result<ModuleTypeId> Validator::TypeOfModule(const vm::ResolvedModule& module) {
  constexpr size_t kFew = 32;  // these are compared one by one
  ModuleType type;
  absl::flat_hash_set<std::pair<absl::string_view, absl::string_view>> names;
  const auto is_new = [&](const vm::Import& import) {
    if (module.imports.size() > kFew) return names.emplace(import.module, import.name).second;
    return absl::c_none_of(type.imports, [&](const ModuleType::ImportItem& item) {
      return item.name == import.name && item.module == import.module;
    });
  };
  type.imports.reserve(module.imports.size());
  type.exports.reserve(module.module->exports.size());
  for (const vm::ResolvedImport& import : module.imports) {
    // Core modules may import a name twice; inside a component they may not.
    if (!is_new(*import.syntax)) {
      return Invalid(absl::StrCat("duplicate import name `", import.syntax->module, ":",
                                  import.syntax->name, "`"));
    }
    type.imports.push_back({import.syntax->module, import.syntax->name,
                            vm::ExternTypeOf(module, import.kind, import.index)});
  }
  for (const vm::Export& item : module.module->exports) {
    type.exports.push_back({item.name, vm::ExternTypeOf(module, item.kind, item.index)});
  }
  return types_.Add(std::move(type));
}

}  // namespace tenon::abi
