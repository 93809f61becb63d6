#include "abi/compose/mentions.h"

namespace tenon::abi {

void Mentions::Add(const ExternType& type) {
  ++work_;
  if (const auto* func = std::get_if<FuncTypeId>(&type)) {
    for (const auto& [label, param] : types_.Get(*func).params) Add(param);
    Add(types_.Get(*func).result);
  }
  if (const auto* instance = std::get_if<InstanceTypeId>(&type)) {
    for (const NamedItem& item : types_.Get(*instance).exports) Add(item.type);
  }
  if (const auto* component = std::get_if<ComponentTypeId>(&type)) Add(types_.Get(*component));
  if (const auto* item = std::get_if<TypeItem>(&type)) {
    if (const auto* value = std::get_if<ValType>(&item->type)) Add(*value);
    if (const auto* resource = std::get_if<ResourceId>(&item->type)) Add(*resource);
  }
}

// What it binds itself is nobody else's.
void Mentions::Add(const ComponentType& type) {
  for (const auto* bound : {&type.imported_resources, &type.defined_resources}) {
    for (const ResourcePath& resource : *bound) seen_resources_.Insert(resource.id);
  }
  for (const auto* items : {&type.imports, &type.exports}) {
    for (const NamedItem& item : *items) Add(item.type);
  }
}

void Mentions::Add(ValType type) {
  if (!type.has_value() || IsPrimitive(type.kind()) || !seen_.Insert(type)) return;
  ++work_;
  const TypeDef& def = types_.Get(type);
  if (def.kind == TypeKind::kOwn || def.kind == TypeKind::kBorrow) return Add(def.resource);
  if (!def.labels.empty()) named_.push_back(type);
  for (const ValType part : def.types) Add(part);
}

void Mentions::Add(ResourceId id) {
  if (seen_resources_.Insert(id)) resources_.push_back(id);
}

}  // namespace tenon::abi
