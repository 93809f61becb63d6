#include "abi/link/host.h"

#include <algorithm>

#include "abi/syntax/semver.h"

namespace tenon::abi {

void HostInterface::AddFunc(HostFunc func) {
  std::string name = func.name;
  funcs_[std::move(name)] = std::make_unique<HostFunc>(std::move(func));
}

void HostInterface::AddResource(absl::string_view name, const ResourceType* type) {
  resources_[std::string(name)] = type;
}

const HostFunc* HostInterface::FindFunc(absl::string_view name) const {
  const auto found = funcs_.find(std::string(name));
  return found == funcs_.end() ? nullptr : found->second.get();
}

const ResourceType* HostInterface::FindResource(absl::string_view name) const {
  const auto found = resources_.find(std::string(name));
  return found == resources_.end() ? nullptr : found->second;
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
  std::unique_ptr<HostInterface>& interface = interfaces_[std::string(name)];
  if (interface == nullptr) {
    interface = std::make_unique<HostInterface>(std::string(name));
    if (std::optional<std::string> key = AlternateKey(name)) {
      std::string& highest = highest_[*std::move(key)];
      if (highest.empty() || CompareVersions(highest, name) < 0) highest = std::string(name);
    }
  }
  return *interface;
}

const HostInterface* HostLinker::Find(absl::string_view import_name) const {
  auto found = interfaces_.find(std::string(import_name));
  if (found == interfaces_.end()) {
    const std::optional<std::string> key = AlternateKey(import_name);
    if (!key) return nullptr;
    const auto highest = highest_.find(*key);
    if (highest == highest_.end()) return nullptr;
    found = interfaces_.find(highest->second);
  }
  return found->second.get();
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
