#include "wit/component/live_types.h"

#include <algorithm>

#include "wit/resolve/type_parts.h"

namespace tenon::wit {

// Names of names make long chains: it does not recurse.
void LiveTypes::Add(TypeIdx type) {
  std::vector<TypeIdx> waiting = {type};
  while (!waiting.empty()) {
    const TypeIdx next = waiting.back();
    waiting.pop_back();
    if (!types_.insert(next).second) continue;
    ForEachPart(packages_[next], [&](const TypeRef& part) {
      if (const auto* index = std::get_if<TypeIdx>(&part)) waiting.push_back(*index);
    });
  }
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
  for (const TypeIdx type : packages_[interface].types) {
    if (types_.contains(type)) types.push_back(type);
  }
  std::sort(types.begin(), types.end());
  return types;
}

}  // namespace tenon::wit
