#include "abi/types/substitute.h"

#include <utility>

namespace tenon::abi {

ResourceId Substitution::Apply(ResourceId id) {
  if (const ResourceId* found = map_.Find(id)) return *found;
  if (&from_ == &to_) return id;
  // An id of one table means nothing in another.
  const ResourceId made = to_.NewResource(from_.ResourceName(id));
  map_.Insert(id, made);
  return made;
}

Result<ValType> Substitution::Apply(ValType type) {
  if (!type.has_value() || IsPrimitive(type.kind())) return type;
  if (identity() || (&from_ == &to_ && !from_.Facts(type).has_resource)) return type;
  if (const ValType* found = val_memo_.Find(type)) return *found;
  TypeDef def = from_.Get(type);
  for (ValType& part : def.types) {
    TENON_ASSIGN_OR_RETURN(part, Apply(part));
  }
  def.resource = def.kind == TypeKind::kOwn || def.kind == TypeKind::kBorrow ? Apply(def.resource)
                                                                             : ResourceId();
  TENON_ASSIGN_OR_RETURN(const ValType result, to_.Intern(std::move(def)));
  val_memo_.Insert(type, result);
  return result;
}

Result<FuncTypeId> Substitution::Apply(FuncTypeId id) {
  if (identity() || (&from_ == &to_ && !from_.HasResource(id))) return id;
  if (const FuncTypeId* found = func_memo_.Find(id)) return *found;
  FuncType type = from_.Get(id);
  for (auto& [label, param] : type.params) {
    TENON_ASSIGN_OR_RETURN(param, Apply(param));
  }
  TENON_ASSIGN_OR_RETURN(type.result, Apply(type.result));
  TENON_ASSIGN_OR_RETURN(const FuncTypeId result, to_.Intern(std::move(type)));
  func_memo_.Insert(id, result);
  return result;
}

std::vector<ResourcePath> Substitution::ApplyBinders(const std::vector<ResourcePath>& binders) {
  std::vector<ResourcePath> result = binders;
  for (ResourcePath& binder : result) binder.id = Apply(binder.id);
  return result;
}

Result<InstanceTypeId> Substitution::Apply(InstanceTypeId id) {
  if (identity()) return id;
  const InstanceType& type = from_.Get(id);
  InstanceType result;
  result.resources = ApplyBinders(type.resources);
  TENON_ASSIGN_OR_RETURN(result.exports, ApplyItems(type.exports));
  return to_.Add(std::move(result));
}

Result<ComponentTypeId> Substitution::Apply(ComponentTypeId id) {
  if (identity()) return id;
  const ComponentType& type = from_.Get(id);
  ComponentType result;
  result.imported_resources = ApplyBinders(type.imported_resources);
  result.defined_resources = ApplyBinders(type.defined_resources);
  TENON_ASSIGN_OR_RETURN(result.imports, ApplyItems(type.imports));
  TENON_ASSIGN_OR_RETURN(result.exports, ApplyItems(type.exports));
  return to_.Add(std::move(result));
}

Result<ModuleTypeId> Substitution::Apply(ModuleTypeId id) {
  if (&from_ == &to_) return id;
  return to_.Add(from_.Get(id));
}

Result<AnyType> Substitution::ApplyAny(const AnyType& type) {
  return std::visit(
      [&](const auto& alternative) -> Result<AnyType> {
        if constexpr (std::is_same_v<std::decay_t<decltype(alternative)>, ResourceId>) {
          return AnyType(Apply(alternative));
        } else {
          TENON_ASSIGN_OR_RETURN(auto result, Apply(alternative));
          return AnyType(result);
        }
      },
      type);
}

Result<ExternType> Substitution::ApplyExtern(const ExternType& type) {
  return std::visit(
      [&](const auto& alternative) -> Result<ExternType> {
        if constexpr (std::is_same_v<std::decay_t<decltype(alternative)>, TypeItem>) {
          TENON_ASSIGN_OR_RETURN(AnyType result, ApplyAny(alternative.type));
          return ExternType(TypeItem{result});
        } else {
          TENON_ASSIGN_OR_RETURN(auto result, Apply(alternative));
          return ExternType(result);
        }
      },
      type);
}

Result<std::vector<NamedItem>> Substitution::ApplyItems(const std::vector<NamedItem>& items) {
  std::vector<NamedItem> result;
  result.reserve(items.size());
  for (const NamedItem& item : items) {
    TENON_ASSIGN_OR_RETURN(ExternType type, ApplyExtern(item.type));
    result.push_back({item.name, type});
  }
  return result;
}

}  // namespace tenon::abi
