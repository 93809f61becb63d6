#include "abi/compose/type_encoder.h"

#include "abi/compose/module_type.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

using Bound = syntax::ExternType::Bound;

std::unexpected<Error> CannotWrite(absl::string_view what) {
  return Fail(ErrorKind::kLimit, absl::StrCat("not supported by this version: composing ", what));
}

}  // namespace

void TypeEncoder::Declared(const ExternType& type, uint32_t index) {
  if (const auto* item = std::get_if<TypeItem>(&type)) Named(item->type, TypeIdx(index));
  if (const auto* instance = std::get_if<InstanceTypeId>(&type)) {
    const std::vector<NamedItem>& items = types_.Get(*instance).exports;
    AliasResources(items, [index] { return index; });
    Shown place{index, {}};
    Show(items, place);
  }
}

// Records, variants, flags and enums: types that must have a name to be spoken of.
bool TypeEncoder::IsNominal(ValType type) const {
  return type.has_value() && !IsPrimitive(type.kind()) && !types_.Get(type).labels.empty();
}

void TypeEncoder::Show(const std::vector<NamedItem>& items, Shown& place) {
  for (const NamedItem& item : items) {
    place.path.push_back(item.name);
    if (const auto* named = std::get_if<TypeItem>(&item.type)) {
      const auto* value = std::get_if<ValType>(&named->type);
      if (value != nullptr && IsNominal(*value)) shown_.try_emplace(*value, place);
    } else if (const auto* nested = std::get_if<InstanceTypeId>(&item.type)) {
      Show(types_.Get(*nested).exports, place);
    }
    place.path.pop_back();
  }
}

std::optional<TypeIdx> TypeEncoder::FindNamedHere(ValType type) {
  if (const auto found = named_.find(type); found != named_.end()) return found->second;
  const auto shown = shown_.find(type);
  if (shown == shown_.end()) return std::nullopt;
  const auto& [instance, path] = shown->second;
  uint32_t index = instance;
  for (size_t i = 0; i < path.size(); ++i) {
    const Sort sort = i + 1 == path.size() ? Sort::kType : Sort::kInstance;
    index = writer_.Add(syntax::Alias{.sort = sort, .instance = index, .name = path[i]});
  }
  named_[type] = TypeIdx(index);
  return TypeIdx(index);
}

std::optional<TypeIdx> TypeEncoder::FindNamed(ValType type) {
  if (!IsNominal(type)) return std::nullopt;
  uint32_t distance = 0;
  for (TypeEncoder* scope = this; scope != nullptr; scope = scope->parent_, ++distance) {
    const std::optional<TypeIdx> found = scope->FindNamedHere(type);
    if (!found || distance == 0) {
      if (found) return found;
      continue;
    }
    return TypeIdx(writer_.Add(syntax::Alias{.sort = Sort::kType,
                                             .target = syntax::Alias::Target::kOuter,
                                             .outer_count = distance,
                                             .outer_index = found->value()}));
  }
  return std::nullopt;
}

// Instances nest at most kMaxNestingDepth deep.
void TypeEncoder::AliasResources(const std::vector<NamedItem>& items,
                                 absl::FunctionRef<uint32_t()> instance) {
  const auto alias = [&](Sort sort, absl::string_view name) {
    return writer_.Add(syntax::Alias{.sort = sort, .instance = instance(), .name = name});
  };
  for (const NamedItem& item : items) {
    if (const auto* named = std::get_if<TypeItem>(&item.type)) {
      const auto* resource = std::get_if<ResourceId>(&named->type);
      if (resource == nullptr || DistanceOf(*resource)) continue;
      resources_[*resource] = TypeIdx(alias(Sort::kType, item.name));
    } else if (const auto* nested = std::get_if<InstanceTypeId>(&item.type)) {
      std::optional<uint32_t> inner;
      AliasResources(types_.Get(*nested).exports, [&] {
        if (!inner) inner = alias(Sort::kInstance, item.name);
        return *inner;
      });
    }
  }
}

void TypeEncoder::Named(const AnyType& type, TypeIdx index) {
  if (const auto* value = std::get_if<ValType>(&type)) values_[*value] = named_[*value] = index;
  if (const auto* resource = std::get_if<ResourceId>(&type)) resources_[*resource] = index;
}

Result<syntax::ExternType> TypeEncoder::Extern(const ExternType& type) {
  if (const auto* item = std::get_if<TypeItem>(&type)) return Type(item->type);
  if (const auto* func = std::get_if<FuncTypeId>(&type)) {
    TENON_ASSIGN_OR_RETURN(const TypeIdx index, Func(*func));
    return syntax::ExternType{.sort = Sort::kFunc, .index = index.value()};
  }
  if (const auto* instance = std::get_if<InstanceTypeId>(&type)) {
    return Instance(types_.Get(*instance).exports);
  }
  if (const auto* component = std::get_if<ComponentTypeId>(&type)) {
    return Component(types_.Get(*component));
  }
  TENON_ASSIGN_OR_RETURN(
      const CoreTypeIdx module,
      WriteModuleType(types_.Get(std::get<ModuleTypeId>(type)), core_types_, writer_));
  return syntax::ExternType{.sort = Sort::kCoreModule, .index = module.value()};
}

Result<syntax::ExternType> TypeEncoder::Component(const ComponentType& type) {
  ComponentWriter writer(ScopeKind::kType);
  TypeEncoder inner(*this, writer);
  for (const NamedItem& item : type.imports) {
    TENON_ASSIGN_OR_RETURN(const syntax::ExternType what, inner.Extern(item.type));
    inner.Declared(item.type, writer.Add(syntax::Import{{item.name}, what}));
  }
  for (const NamedItem& item : type.exports) {
    TENON_ASSIGN_OR_RETURN(const syntax::ExternType what, inner.Extern(item.type));
    inner.Declared(item.type, writer.Add(syntax::ExportDecl{{item.name}, what}));
  }
  return syntax::ExternType{.sort = Sort::kComponent,
                            .index = writer_.AddComponentType(writer).value()};
}

Result<syntax::ExternType> TypeEncoder::Instance(const std::vector<NamedItem>& items) {
  ComponentWriter writer(ScopeKind::kType);
  TypeEncoder inner(*this, writer);
  inner.is_instance_ = true;
  for (const NamedItem& item : items) {
    TENON_ASSIGN_OR_RETURN(const syntax::ExternType type, inner.Extern(item.type));
    inner.Declared(item.type, writer.Add(syntax::ExportDecl{{item.name}, type}));
  }
  return syntax::ExternType{.sort = Sort::kInstance,
                            .index = writer_.AddInstanceType(writer).value()};
}

// The bound of a type item.
Result<syntax::ExternType> TypeEncoder::Type(const AnyType& type) {
  syntax::ExternType result{.sort = Sort::kType};
  if (const auto* resource = std::get_if<ResourceId>(&type)) {
    if (!DistanceOf(*resource)) {
      result.bound = Bound::kSubResource;
      return result;
    }
    TENON_ASSIGN_OR_RETURN(const TypeIdx index, Resource(*resource));
    result.index = index.value();
    return result;
  }
  // Of the others the definition is what the name is of.
  if (const auto* value = std::get_if<ValType>(&type)) {
    TENON_ASSIGN_OR_RETURN(const TypeIdx index, Define(*value, is_instance_));
    result.index = index.value();
  } else if (const auto* func = std::get_if<FuncTypeId>(&type)) {
    TENON_ASSIGN_OR_RETURN(const TypeIdx index, Func(*func));
    result.index = index.value();
  } else if (const auto* instance = std::get_if<InstanceTypeId>(&type)) {
    TENON_ASSIGN_OR_RETURN(const syntax::ExternType what, Instance(types_.Get(*instance).exports));
    result.index = what.index;
  } else {
    const ComponentType& component = types_.Get(std::get<ComponentTypeId>(type));
    TENON_ASSIGN_OR_RETURN(const syntax::ExternType what, Component(component));
    result.index = what.index;
  }
  return result;
}

std::optional<uint32_t> TypeEncoder::DistanceOf(ResourceId id) const {
  uint32_t distance = 0;
  for (const TypeEncoder* scope = this; scope != nullptr; scope = scope->parent_, ++distance) {
    if (scope->resources_.contains(id)) return distance;
  }
  return std::nullopt;
}

Result<TypeIdx> TypeEncoder::Resource(ResourceId id) {
  const std::optional<uint32_t> distance = DistanceOf(id);
  if (!distance) {
    return Fail(ErrorKind::kInvalid,
                absl::StrCat("resource \"", types_.ResourceName(id), "\" stands nowhere"));
  }
  if (*distance == 0) return resources_.at(id);
  const TypeEncoder* home = this;
  for (uint32_t i = 0; i < *distance; ++i) home = home->parent_;
  const syntax::Alias alias{.sort = Sort::kType,
                            .target = syntax::Alias::Target::kOuter,
                            .outer_count = *distance,
                            .outer_index = home->resources_.at(id).value()};
  const TypeIdx index(writer_.Add(alias));
  resources_[id] = index;
  return index;
}

Result<TypeIdx> TypeEncoder::Func(FuncTypeId id) {
  if (const auto found = funcs_.find(id); found != funcs_.end()) return found->second;
  const FuncType& type = types_.Get(id);
  std::vector<syntax::LabeledType> params;
  for (const auto& [label, param] : type.params) {
    TENON_ASSIGN_OR_RETURN(const syntax::ValType value, Value(param));
    params.push_back({label, value});
  }
  TENON_ASSIGN_OR_RETURN(const std::optional<syntax::ValType> result, Optional(type.result));
  const TypeIdx index = writer_.Add(syntax::FuncType{params, result, type.is_async});
  funcs_[id] = index;
  return index;
}

Result<syntax::ValType> TypeEncoder::Value(ValType type) {
  if (IsPrimitive(type.kind())) {
    return syntax::ValType(static_cast<syntax::PrimType>(type.kind()));
  }
  TENON_ASSIGN_OR_RETURN(const TypeIdx index, Define(type));
  return syntax::ValType(index);
}

Result<std::optional<syntax::ValType>> TypeEncoder::Optional(ValType type) {
  if (!type.has_value()) return std::nullopt;
  TENON_ASSIGN_OR_RETURN(const syntax::ValType value, Value(type));
  return value;
}

// Types are at most kMaxTypeDepth deep.
Result<TypeIdx> TypeEncoder::Define(ValType type, bool is_own) {
  if (const auto found = values_.find(type); found != values_.end()) return found->second;
  if (IsPrimitive(type.kind())) {
    return writer_.Add(syntax::TypeDef(static_cast<syntax::PrimType>(type.kind())));
  }
  if (!is_own) {
    if (const std::optional<TypeIdx> named = FindNamed(type)) return values_[type] = *named;
  }
  const TypeDef& def = types_.Get(type);
  std::vector<std::optional<syntax::ValType>> parts;
  for (const ValType part : def.types) {
    TENON_ASSIGN_OR_RETURN(const std::optional<syntax::ValType> value, Optional(part));
    parts.push_back(value);
  }
  TENON_ASSIGN_OR_RETURN(const TypeIdx index, Applied(def, parts));
  values_[type] = index;
  return index;
}

Result<TypeIdx> TypeEncoder::Applied(const TypeDef& def,
                                     absl::Span<const std::optional<syntax::ValType>> parts) {
  std::vector<syntax::LabeledType> fields;
  std::vector<syntax::Case> cases;
  std::vector<syntax::ValType> items;
  switch (def.kind) {
    case TypeKind::kRecord:
      for (size_t i = 0; i < parts.size(); ++i) fields.push_back({def.labels[i], *parts[i]});
      return writer_.Add(syntax::RecordType{fields});
    case TypeKind::kVariant:
      for (size_t i = 0; i < parts.size(); ++i) cases.push_back({def.labels[i], parts[i]});
      return writer_.Add(syntax::VariantType{cases});
    case TypeKind::kTuple:
      for (const auto& part : parts) items.push_back(*part);
      return writer_.Add(syntax::TupleType{items});
    case TypeKind::kFlags: return writer_.Add(syntax::FlagsType{def.labels});
    case TypeKind::kEnum: return writer_.Add(syntax::EnumType{def.labels});
    case TypeKind::kList: return writer_.Add(syntax::ListType{*parts[0], std::nullopt});
    case TypeKind::kFixedList: return writer_.Add(syntax::ListType{*parts[0], def.length});
    case TypeKind::kMap: {
      const TypeDef& entry = types_.Get(def.types[0]);
      TENON_ASSIGN_OR_RETURN(const syntax::ValType key, Value(entry.types[0]));
      TENON_ASSIGN_OR_RETURN(const syntax::ValType value, Value(entry.types[1]));
      return writer_.Add(syntax::MapType{key, value});
    }
    case TypeKind::kStream: return writer_.Add(syntax::StreamType{parts[0]});
    case TypeKind::kFuture: return writer_.Add(syntax::FutureType{parts[0]});
    case TypeKind::kOption: return writer_.Add(syntax::OptionType{*parts[0]});
    case TypeKind::kResult: return writer_.Add(syntax::ResultType{parts[0], parts[1]});
    case TypeKind::kOwn:
    case TypeKind::kBorrow: {
      TENON_ASSIGN_OR_RETURN(const TypeIdx resource, Resource(def.resource));
      if (def.kind == TypeKind::kOwn) return writer_.Add(syntax::OwnType{resource});
      return writer_.Add(syntax::BorrowType{resource});
    }
    default: return CannotWrite("a type of this kind");
  }
}

}  // namespace tenon::abi
