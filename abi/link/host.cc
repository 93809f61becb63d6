#include "abi/link/host.h"

#include <algorithm>

#include "abi/syntax/semver.h"
#include "absl/strings/match.h"

namespace tenon::abi {

void HostInterface::AddFunc(const HostFunc& func) {
  if (!funcs_.Insert(func.name, func)) *funcs_.Find(func.name) = func;
}

void HostInterface::AddResource(absl::string_view name, const ResourceType* type) {
  if (!resources_.Insert(name, type)) *resources_.Find(name) = type;
}

const ResourceType* HostInterface::FindResource(absl::string_view name) const {
  const ResourceType* const* found = resources_.Find(name);
  return found == nullptr ? nullptr : *found;
}

std::vector<absl::string_view> HostInterface::FuncNames() const {
  std::vector<absl::string_view> names;
  for (const auto& [name, func] : funcs_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

HostLinker::HostLinker() : root_("") {}
HostLinker::~HostLinker() = default;

HostInterface& HostLinker::Interface(absl::string_view name) {
  if (std::unique_ptr<HostInterface>* found = interfaces_.Find(name)) return **found;
  auto added = std::make_unique<HostInterface>(std::string(name));
  HostInterface& interface = *added;
  interfaces_.Insert(interface.name(), std::move(added));
  return interface;
}

const HostInterface* HostLinker::Find(absl::string_view import_name) const {
  if (const std::unique_ptr<HostInterface>* found = interfaces_.Find(import_name)) {
    return found->get();
  }
  const std::optional<std::string> key = AlternateKey(import_name);
  if (!key) return nullptr;
  const absl::string_view unversioned = import_name.substr(0, import_name.rfind('@') + 1);
  const HostInterface* highest = nullptr;
  for (const auto& [name, interface] : interfaces_) {
    if (!absl::StartsWith(name, unversioned) || AlternateKey(name) != key) continue;
    if (highest == nullptr || CompareVersions(highest->name(), name) < 0) highest = interface.get();
  }
  return highest;
}

std::vector<absl::string_view> HostLinker::InterfaceNames() const {
  std::vector<absl::string_view> names;
  for (const auto& [name, interface] : interfaces_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

ResourceNames HostLinker::Names() const {
  ResourceNames names;
  for (const auto& [interface_name, interface] : interfaces_) {
    for (const auto& [name, type] : interface->resources()) names.emplace(type, name);
  }
  for (const auto& [name, type] : root_.resources()) names.emplace(type, name);
  return names;
}

}  // namespace tenon::abi
