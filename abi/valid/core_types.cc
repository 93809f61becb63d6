// Core types as seen by components: recursive types, module types, the types of modules.
// abi: "Type Definitions" (core:type)
#include "abi/valid/mismatch.h"
#include "abi/valid/validator.h"
#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "vm/binary/decoder.h"
#include "vm/valid/matching.h"
#include "vm/valid/validate.h"

namespace tenon::abi {
namespace {

bool IsConcrete(vm::ValType type) { return type.is_ref() && type.heap().is_concrete(); }

vm::SubType SubTypeOf(const syntax::CoreFuncType& func) {
  vm::SubType type;
  type.func = {{func.params.begin(), func.params.end()},
               {func.results.begin(), func.results.end()}};
  return type;
}

// The type at an index, which may be no module type.
Result<vm::TypeId> CoreTypeAt(const std::vector<CoreTypeDefId>& types, uint32_t index) {
  if (index >= types.size()) return UnknownIndex("type", index);
  if (const auto* id = std::get_if<vm::TypeId>(&types[index])) return *id;
  return Invalid(absl::StrCat("core type index ", index, " is a module type"));
}

// Type indices beyond the known ones are the group's own, or wrong, which is found later.
Status NamesNoModuleType(const std::vector<CoreTypeDefId>& types, const vm::SubType& type) {
  const auto check = [&](uint32_t index) -> Status {
    if (index < types.size()) TENON_RETURN_IF_ERROR(CoreTypeAt(types, index));
    return {};
  };
  const auto check_part = [&](vm::ValType part) {
    return IsConcrete(part) ? check(part.heap().index()) : Status();
  };
  if (type.supertype_count != 0) TENON_RETURN_IF_ERROR(check(type.supertype));
  for (const auto* list : {&type.func.params, &type.func.results}) {
    for (const vm::ValType part : *list) TENON_RETURN_IF_ERROR(check_part(part));
  }
  for (const vm::FieldType& field : type.fields) {
    TENON_RETURN_IF_ERROR(check_part(field.storage.type));
  }
  return {};
}

}  // namespace

Status Validator::DefineCoreType(Scope& scope, const syntax::CoreTypeDef& def) {
  const auto* module = std::get_if<const syntax::CoreModuleType*>(&def);
  if (module == nullptr) return AppendCoreType(def, &scope.core_types);
  TENON_ASSIGN_OR_RETURN(const ModuleTypeId id, DefineModuleType(scope, **module));
  scope.core_types.push_back(CoreTypeDefId(id));
  return {};
}

Status Validator::AppendCoreType(const syntax::CoreTypeDef& def,
                                 std::vector<CoreTypeDefId>* types) {
  if (const auto* rec = std::get_if<syntax::CoreRecType>(&def)) {
    ByteReader reader(rec->bytes, static_cast<uint64_t>(rec->bytes.data() - root_.bytes->data()));
    std::vector<vm::SubType> group;
    if (!vm::DecodeRecType(reader, features_, &group)) return reader.TakeFailure();
    return AppendRecType(std::move(group), types);
  }
  const auto& func = std::get<syntax::CoreFuncType>(def);
  vm::SubType type = SubTypeOf(func);
  if (absl::c_any_of(func.params, IsConcrete) || absl::c_any_of(func.results, IsConcrete)) {
    std::vector<vm::SubType> group;
    group.push_back(std::move(type));
    return AppendRecType(std::move(group), types);
  }
  TENON_ASSIGN_OR_RETURN(const vm::TypeId id, core_types_.InternFunc(std::move(type.func)));
  types->push_back(CoreTypeDefId(id));
  return {};
}

Status Validator::AppendRecType(std::vector<vm::SubType> group, std::vector<CoreTypeDefId>* types) {
  const size_t count = group.size();
  if (count == 0) return {};
  work_ += types->size();
  if (work_ > kMaxMatchingWork) return Fail(ErrorKind::kLimit, "the types take too long to check");
  for (const vm::SubType& type : group) TENON_RETURN_IF_ERROR(NamesNoModuleType(*types, type));
  TENON_ASSIGN_OR_RETURN(const vm::TypeId unnamed, core_types_.InternFunc({}));
  std::vector<vm::TypeId> known;
  known.reserve(types->size());
  for (const CoreTypeDefId& type : *types) {
    const auto* id = std::get_if<vm::TypeId>(&type);
    known.push_back(id == nullptr ? unnamed : *id);
  }
  TENON_ASSIGN_OR_RETURN(const vm::TypeId first,
                         vm::ValidateRecType(std::move(group), known, &core_types_, features_));
  for (uint32_t i = 0; i < count; ++i)
    types->push_back(CoreTypeDefId(vm::TypeId(first.value() + i)));
  return {};
}

namespace {

Status CheckLimits(const vm::Limits& limits, uint64_t most, absl::string_view too_large) {
  if (limits.min > most || (limits.has_max && limits.max > most)) return Invalid(too_large);
  if (limits.has_max && limits.max < limits.min) {
    return Invalid("size minimum must not be greater than maximum");
  }
  return {};
}

// A type of a module type, of whose types it names some.
Result<vm::ValType> ResolveCoreValType(const std::vector<CoreTypeDefId>& types, vm::ValType type) {
  if (!IsConcrete(type)) return type;
  TENON_ASSIGN_OR_RETURN(const vm::TypeId id, CoreTypeAt(types, type.heap().index()));
  return vm::ValType::Ref(vm::HeapType::Concrete(id.value()), type.nullable());
}

// A module type's declaration of an import or export, its types looked up.
Result<vm::ResolvedImportType> ResolveCoreExtern(const std::vector<CoreTypeDefId>& types,
                                                 const vm::ImportType& type) {
  vm::ResolvedImportType resolved;
  switch (static_cast<vm::ExternKind>(type.index())) {
    case vm::ExternKind::kFunc: {
      TENON_ASSIGN_OR_RETURN(const vm::TypeId id,
                             CoreTypeAt(types, std::get<vm::TypeIdx>(type).value()));
      resolved.emplace<0>(id);
      return resolved;
    }
    case vm::ExternKind::kTable: {
      auto table = std::get<vm::TableType>(type);
      TENON_ASSIGN_OR_RETURN(table.element, ResolveCoreValType(types, table.element));
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
      auto global = std::get<vm::GlobalType>(type);
      TENON_ASSIGN_OR_RETURN(global.type, ResolveCoreValType(types, global.type));
      resolved = global;
      return resolved;
    }
    case vm::ExternKind::kTag: {
      TENON_ASSIGN_OR_RETURN(const vm::TypeId id,
                             CoreTypeAt(types, std::get<vm::TagType>(type).type.value()));
      resolved.emplace<4>(id);
      return resolved;
    }
  }
  return Invalid("unknown core extern kind");
}

// What an alias of a module type stands for: a type of its own, or of a scope around it.
Result<vm::TypeId> AliasedType(Scope& scope, const std::vector<CoreTypeDefId>& types,
                               const syntax::CoreTypeAlias& alias) {
  if (alias.outer_count == 0) return CoreTypeAt(types, alias.outer_index);
  Scope* target = &scope;
  for (uint32_t i = 1; i < alias.outer_count && target != nullptr; ++i) target = target->parent;
  if (target == nullptr) {
    return Invalid(absl::StrCat("invalid outer alias count of ", alias.outer_count));
  }
  return CoreTypeAt(target->core_types, alias.outer_index);
}

// The error within the declarator, and with its offset, unless it has one from further inside.
Error LocateDecl(Error error, size_t type_count, const syntax::CoreModuleDecl& decl) {
  if (!error.where()) error = std::move(error).At(SourceLocation{decl.offset, 0, 0});
  if (const auto* import = std::get_if<syntax::CoreImportDecl>(&decl.decl)) {
    return std::move(error).Within(CoreImportStep(import->module, import->name));
  }
  if (const auto* exported = std::get_if<syntax::CoreExportDecl>(&decl.decl)) {
    return std::move(error).Within(CoreExportStep(exported->name));
  }
  return std::move(error).Within(absl::StrCat("core type ", type_count));
}

}  // namespace

struct Validator::ModuleTypeScope {
  ModuleType module;
  std::vector<CoreTypeDefId> types;  // no module types
  SmallSet<std::pair<absl::string_view, absl::string_view>> import_names;
  SmallSet<absl::string_view> export_names;
};

Result<ModuleTypeId> Validator::DefineModuleType(Scope& scope, const syntax::CoreModuleType& type) {
  ModuleTypeScope inner;
  for (const syntax::CoreModuleDecl& decl : type.decls) {
    Status status = DeclareInModule(scope, decl, &inner);
    if (status) continue;
    return std::unexpected(LocateDecl(std::move(status).error(), inner.types.size(), decl));
  }
  return types_.Add(std::move(inner.module));
}

Status Validator::DeclareInModule(Scope& scope, const syntax::CoreModuleDecl& decl,
                                  ModuleTypeScope* inner) {
  if (const auto* import = std::get_if<syntax::CoreImportDecl>(&decl.decl)) {
    TENON_ASSIGN_OR_RETURN(auto resolved, ResolveCoreExtern(inner->types, import->type));
    if (!inner->import_names.Insert({import->module, import->name})) {
      return Invalid(
          absl::StrCat("duplicate import name `", import->module, ":", import->name, "`"));
    }
    inner->module.imports.push_back({import->module, import->name, resolved});
    return {};
  }
  if (const auto* def = std::get_if<syntax::CoreTypeDef>(&decl.decl)) {
    if (std::holds_alternative<const syntax::CoreModuleType*>(*def)) {
      return Invalid(
          "invalid leading byte (0x50) for a type of a module type: they cannot be nested");
    }
    return AppendCoreType(*def, &inner->types);
  }
  if (const auto* alias = std::get_if<syntax::CoreTypeAlias>(&decl.decl)) {
    TENON_ASSIGN_OR_RETURN(const vm::TypeId id, AliasedType(scope, inner->types, *alias));
    inner->types.push_back(CoreTypeDefId(id));
    return {};
  }
  const auto& exported = std::get<syntax::CoreExportDecl>(decl.decl);
  TENON_ASSIGN_OR_RETURN(auto resolved, ResolveCoreExtern(inner->types, exported.type));
  if (!inner->export_names.Insert(exported.name)) {
    return Invalid(absl::StrCat("export name `", exported.name, "` already defined"));
  }
  inner->module.exports.push_back({exported.name, resolved});
  return {};
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
