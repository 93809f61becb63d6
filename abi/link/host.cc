#include "abi/link/host.h"

#include <algorithm>
#include <optional>

#include "abi/syntax/semver.h"
#include "absl/strings/match.h"

namespace tenon::abi {

void HostInterface::AddFunc(const HostFunc& func) {
  constexpr size_t kCommon = 8;
  if (funcs_.size() == 0) funcs_.Reserve(kCommon);
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

HostInterface* HostLinker::FindMade(absl::string_view name) const {
  const std::unique_ptr<HostInterface>* found = interfaces_.Find(name);
  return found == nullptr ? nullptr : found->get();
}

const HostOffer* HostLinker::FindOffer(absl::string_view name) const {
  for (absl::Span<const HostOffer> offers : offers_) {
    for (const HostOffer& offer : offers) {
      if (offer.name == name) return &offer;
    }
  }
  return nullptr;
}

HostInterface& HostLinker::Make(absl::string_view name, void (*add)(HostInterface&)) const {
  auto made = std::make_unique<HostInterface>(std::string(name));
  HostInterface& interface = *made;
  if (add != nullptr) add(interface);
  interfaces_.Insert(interface.name(), std::move(made));
  return interface;
}

void HostLinker::MakeAll() const {
  for (absl::Span<const HostOffer> offers : offers_) {
    for (const HostOffer& offer : offers) {
      if (FindMade(offer.name) == nullptr) Make(offer.name, offer.add);
    }
  }
}

HostInterface& HostLinker::Interface(absl::string_view name) {
  std::lock_guard lock(mutex_);
  if (HostInterface* made = FindMade(name)) return *made;
  const HostOffer* offer = FindOffer(name);
  return Make(name, offer == nullptr ? nullptr : offer->add);
}

const HostInterface* HostLinker::Find(absl::string_view import_name) const {
  std::lock_guard lock(mutex_);
  if (const HostInterface* made = FindMade(import_name)) return made;
  if (const HostOffer* offer = FindOffer(import_name)) return &Make(offer->name, offer->add);
  const std::optional<std::string> key = AlternateKey(import_name);
  if (!key) return nullptr;
  const absl::string_view unversioned = import_name.substr(0, import_name.rfind('@') + 1);
  absl::string_view highest;
  const auto consider = [&](absl::string_view name) {
    if (!absl::StartsWith(name, unversioned) || AlternateKey(name) != key) return;
    if (highest.empty() || CompareVersions(highest, name) < 0) highest = name;
  };
  for (const auto& [name, interface] : interfaces_) consider(name);
  for (absl::Span<const HostOffer> offers : offers_) {
    for (const HostOffer& offer : offers) consider(offer.name);
  }
  if (highest.empty()) return nullptr;
  if (const HostInterface* made = FindMade(highest)) return made;
  return &Make(highest, FindOffer(highest)->add);
}

std::vector<absl::string_view> HostLinker::InterfaceNames() const {
  std::lock_guard lock(mutex_);
  MakeAll();
  std::vector<absl::string_view> names;
  for (const auto& [name, interface] : interfaces_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

ResourceNames HostLinker::Names() const {
  std::lock_guard lock(mutex_);
  MakeAll();
  ResourceNames names;
  for (const auto& [interface_name, interface] : interfaces_) {
    for (const auto& [name, type] : interface->resources()) names.emplace(type, name);
  }
  for (const auto& [name, type] : root_.resources()) names.emplace(type, name);
  return names;
}

}  // namespace tenon::abi
