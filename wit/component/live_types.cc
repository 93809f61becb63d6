#include "wit/component/live_types.h"

#include <utility>

#include "wit/abi/shapes.h"

namespace tenon::wit {
namespace {

// What a type is made of.
std::vector<TypeRef> PartsOf(const Type& type) {
  std::vector<TypeRef> parts;
  if (const auto* alias = std::get_if<Alias>(&type.what)) parts = {alias->of};
  if (const auto* handle = std::get_if<Handle>(&type.what)) parts = {handle->resource};
  if (const auto* list = std::get_if<List>(&type.what)) parts = {list->element};
  if (const auto* tuple = std::get_if<Tuple>(&type.what)) parts = tuple->members;
  if (const auto* map = std::get_if<Map>(&type.what)) parts = {map->value};
  if (const auto* record = std::get_if<Record>(&type.what)) {
    for (const Field& field : record->fields) parts.push_back(*field.type);
  }
  for (const auto& payload : PayloadsOf(type)) {
    if (payload) parts.push_back(*payload);
  }
  const auto* future = std::get_if<Future>(&type.what);
  if (future != nullptr && future->element) parts.push_back(*future->element);
  const auto* stream = std::get_if<Stream>(&type.what);
  if (stream != nullptr && stream->element) parts.push_back(*stream->element);
  return parts;
}

}  // namespace

void LiveTypes::Add(TypeIdx type) {
  if (!seen_.insert(type).second) return;
  for (const TypeRef& part : PartsOf(packages_[type])) AddRef(part);
  order_.push_back(type);
}

void LiveTypes::AddRef(const TypeRef& type) {
  if (const auto* index = std::get_if<TypeIdx>(&type)) Add(*index);
}

void LiveTypes::AddRef(const std::optional<TypeRef>& type) {
  if (type) AddRef(*type);
}

void LiveTypes::Add(const Function& function) {
  if (function.kind != Function::Kind::kPlain) Add(function.resource);
  for (const Field& param : function.params) AddRef(param.type);
  AddRef(function.result);
}

void LiveTypes::Add(const Interface& interface) {
  for (const TypeIdx type : interface.types) Add(type);
  for (const Function& function : interface.functions) Add(function);
}

std::vector<TypeIdx> LiveTypes::In(InterfaceIdx interface) const {
  std::vector<TypeIdx> types;
  for (const TypeIdx type : order_) {
    const auto* owner = std::get_if<InterfaceIdx>(&packages_[type].owner);
    if (owner != nullptr && *owner == interface) types.push_back(type);
  }
  return types;
}

}  // namespace tenon::wit
