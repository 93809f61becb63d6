// abi: "Alias Definitions".
#include "abi/valid/subtype.h"
#include "abi/valid/validator.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace tenon::abi {
namespace {

// True when a type mentions a resource that it does not bind itself.
class FreeResources {
 public:
  explicit FreeResources(const TypeTable& types) : types_(types) {}

  bool In(const AnyType& type) {
    if (const auto* value = std::get_if<ValType>(&type)) return In(*value);
    if (const auto* func = std::get_if<FuncTypeId>(&type)) return In(*func);
    if (const auto* id = std::get_if<ResourceId>(&type)) return !bound_.Contains(*id);
    if (const auto* instance = std::get_if<InstanceTypeId>(&type)) {
      const InstanceType& instance_type = types_.Get(*instance);
      Bind(instance_type.resources);
      return In(instance_type.exports);
    }
    const ComponentType& component = types_.Get(std::get<ComponentTypeId>(type));
    Bind(component.imported_resources);
    Bind(component.defined_resources);
    return In(component.imports) || In(component.exports);
  }

 private:
  void Bind(const std::vector<ResourcePath>& resources) {
    for (const ResourcePath& resource : resources) bound_.Insert(resource.id);
  }
  bool In(const std::vector<NamedItem>& items) {
    for (const NamedItem& item : items) {
      if (const auto* type = std::get_if<TypeItem>(&item.type)) {
        if (In(type->type)) return true;
      } else if (const auto* func = std::get_if<FuncTypeId>(&item.type)) {
        if (In(*func)) return true;
      } else if (const auto* instance = std::get_if<InstanceTypeId>(&item.type)) {
        if (In(AnyType(*instance))) return true;
      } else if (const auto* component = std::get_if<ComponentTypeId>(&item.type)) {
        if (In(AnyType(*component))) return true;
      }
    }
    return false;
  }
  bool In(FuncTypeId id) {
    if (!types_.HasResource(id)) return false;
    const FuncType& func = types_.Get(id);
    for (const auto& [label, param] : func.params) {
      if (In(param)) return true;
    }
    return func.result.has_value() && In(func.result);
  }
  bool In(ValType type) {
    if (!type.has_value() || !types_.Facts(type).has_resource) return false;
    if (!visited_.Insert(type)) return false;
    const TypeDef& def = types_.Get(type);
    if (def.kind == TypeKind::kOwn || def.kind == TypeKind::kBorrow)
      return !bound_.Contains(def.resource);
    for (ValType part : def.types) {
      if (In(part)) return true;
    }
    return false;
  }

  const TypeTable& types_;
  SmallSet<ResourceId> bound_;
  SmallSet<ValType> visited_;
};

// "module" and "tag" without the "core" in front.
absl::string_view PlainName(Sort sort) { return absl::StripPrefix(SortName(sort), "core "); }

std::unexpected<Error> CannotAliasInType(Sort sort) {
  return Invalid(
      absl::StrCat("aliases in component and instance types may only refer to types or "
                   "instances, not to a ",
                   SortName(sort)));
}

}  // namespace

Status Validator::Alias(Scope& scope, const syntax::Alias& alias) {
  switch (alias.target) {
    case syntax::Alias::Target::kExport: return AliasExport(scope, alias);
    case syntax::Alias::Target::kCoreExport: return AliasCoreExport(scope, alias);
    default: return AliasOuter(scope, alias);
  }
}

const NamedItem* Validator::FindExport(InstanceTypeId instance, absl::string_view name) {
  constexpr size_t kFew = 32;
  const std::vector<NamedItem>& exports = types_.Get(instance).exports;
  if (exports.size() <= kFew) return FindItem(exports, name);
  auto [entry, is_new] = exports_by_name_.try_emplace(instance);
  if (is_new) {
    entry->second.Reserve(exports.size());
    for (const NamedItem& item : exports) entry->second.Add(item.name, &item);
  }
  const NamedItem* const* found = entry->second.Find(name);
  return found == nullptr ? nullptr : *found;
}

Status Validator::AliasExport(Scope& scope, const syntax::Alias& alias) {
  const bool in_type = scope.kind != Scope::Kind::kComponent;
  if (in_type && alias.sort != Sort::kInstance && alias.sort != Sort::kType) {
    return CannotAliasInType(alias.sort);
  }
  TENON_ASSIGN_OR_RETURN(const InstanceTypeId* instance,
                         At(scope.instances, alias.instance, "instance"));
  const NamedItem* item = FindExport(*instance, alias.name);
  if (item == nullptr) {
    return Invalid(
        absl::StrCat("instance ", alias.instance, " has no export named `", alias.name, "`"));
  }
  if (SortOf(item->type) != alias.sort) {
    return Invalid(absl::StrCat("export `", alias.name, "` for instance ", alias.instance,
                                " is not a ", PlainName(alias.sort), " but a ",
                                PlainName(SortOf(item->type))));
  }
  const ExternType type = item->type;
  TENON_ASSIGN_OR_RETURN(const uint32_t index, Append(scope, type));
  if (alias.sort == Sort::kType) {
    AddStep(scope, index, TypeStep{std::get<TypeItem>(type).type});
  } else {
    AddStep(scope, index, AliasStep{alias});
  }
  return {};
}

Status Validator::AliasCoreExport(Scope& scope, const syntax::Alias& alias) {
  if (scope.kind != Scope::Kind::kComponent) return CannotAliasInType(alias.sort);
  TENON_ASSIGN_OR_RETURN(const CoreInstanceType* instance,
                         At(scope.core_instances, alias.instance, "core instance"));
  const vm::ResolvedImportType* found = (*instance)->Find(alias.name);
  if (found == nullptr) {
    return Invalid(
        absl::StrCat("core instance ", alias.instance, " has no export named `", alias.name, "`"));
  }
  const vm::ResolvedImportType& type = *found;
  static constexpr Sort kSorts[] = {Sort::kCoreFunc, Sort::kCoreTable, Sort::kCoreMemory,
                                    Sort::kCoreGlobal, Sort::kCoreTag};
  if (kSorts[type.index()] != alias.sort) {
    return Invalid(absl::StrCat("export `", alias.name, "` for core instance ", alias.instance,
                                " is not a ", PlainName(alias.sort)));
  }
  const auto append = [&](auto& space, const auto& item) {
    space.push_back(item);
    AddStep(scope, space.size() - 1, AliasStep{alias});
  };
  switch (alias.sort) {
    case Sort::kCoreFunc: append(scope.core_funcs, std::get<0>(type)); break;
    case Sort::kCoreTable: append(scope.core_tables, std::get<1>(type)); break;
    case Sort::kCoreMemory: append(scope.core_memories, std::get<2>(type)); break;
    case Sort::kCoreGlobal: append(scope.core_globals, std::get<3>(type)); break;
    default: append(scope.core_tags, std::get<4>(type)); break;
  }
  return {};
}

bool Validator::MentionsFreeResources(const AnyType& type) {
  const auto remembered = [&](auto& memo, uint32_t id) {
    auto [entry, is_new] = memo.try_emplace(id, false);
    if (is_new) entry->second = FreeResources(types_).In(type);
    return entry->second;
  };
  if (const auto* id = std::get_if<InstanceTypeId>(&type))
    return remembered(open_instances_, id->value());
  if (const auto* id = std::get_if<ComponentTypeId>(&type))
    return remembered(open_components_, id->value());
  return FreeResources(types_).In(type);
}

Status Validator::AliasOuter(Scope& scope, const syntax::Alias& alias) {
  Scope* target = &scope;
  bool crosses_component = false;
  for (uint32_t i = 0; i < alias.outer_count; ++i) {
    crosses_component |= target->kind == Scope::Kind::kComponent;
    target = target->parent;
    if (target == nullptr)
      return Invalid(absl::StrCat("invalid outer alias count of ", alias.outer_count));
  }
  const bool in_type = scope.kind != Scope::Kind::kComponent;
  if (in_type && alias.sort != Sort::kCoreType && alias.sort != Sort::kType) {
    return CannotAliasInType(alias.sort);
  }
  switch (alias.sort) {
    case Sort::kType: {
      TENON_ASSIGN_OR_RETURN(const AnyType type, TypeAt(*target, alias.outer_index));
      if (crosses_component && MentionsFreeResources(type)) {
        return Invalid(
            "cannot alias outer type which transitively refers to resources not defined in the "
            "current component");
      }
      TENON_ASSIGN_OR_RETURN(const uint32_t index, Append(scope, TypeItem{type}));
      MarkAlias(scope, *target, alias.outer_index);
      AddStep(scope, index, TypeStep{type});
      return {};
    }
    case Sort::kCoreType: {
      TENON_ASSIGN_OR_RETURN(const CoreTypeDefId* type,
                             At(target->core_types, alias.outer_index, "type"));
      scope.core_types.push_back(CoreTypeDefId(*type));
      return {};
    }
    case Sort::kCoreModule:
    case Sort::kComponent: {
      TENON_ASSIGN_OR_RETURN(const ExternType type,
                             ItemType(*target, {alias.sort, alias.outer_index}));
      TENON_ASSIGN_OR_RETURN(const uint32_t index, Append(scope, type));
      AddStep(scope, index, AliasStep{alias});
      return {};
    }
    default:
      return Invalid(absl::StrCat("a ", SortName(alias.sort), " cannot be aliased from outside"));
  }
}

}  // namespace tenon::abi
