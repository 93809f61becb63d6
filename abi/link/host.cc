#include "abi/link/host.h"

#include <algorithm>
#include <optional>

#include "abi/syntax/semver.h"
#include "absl/strings/match.h"

namespace tenon::abi {

absl::string_view HostTable::Keep(absl::string_view name) {
  const absl::Span<const char> kept = names_.Copy(absl::Span<const char>(name.data(), name.size()));
  return {kept.data(), kept.size()};
}

void HostTable::AddFunc(HostFunc func, std::shared_ptr<const void> callable) {
  func.callable = callable.get();
  if (callable != nullptr) kept_.push_back(std::move(callable));
  Put(func);
}

void HostTable::AddGuestFunc(HostFunc func, const GuestFunc& guest,
                             std::shared_ptr<const void> keep) {
  guest_funcs_.push_back(std::make_unique<const GuestFunc>(guest));
  func.guest = guest_funcs_.back().get();
  if (kept_.empty() || kept_.back() != keep) kept_.push_back(std::move(keep));
  Put(func);
}

void HostTable::Clear() {
  funcs_ = {};
  resources_ = {};
}

void HostTable::Put(HostFunc func) {
  constexpr size_t kCommon = 8;
  if (funcs_.size() == 0) funcs_.Reserve(kCommon);
  if (HostFunc* known = funcs_.Find(func.name)) {
    func.name = known->name;
    *known = func;
    return;
  }
  func.name = Keep(func.name);
  funcs_.Add(func.name, func);
}

void HostTable::AddResource(absl::string_view name, const ResourceType* type) {
  if (const ResourceType** known = resources_.Find(name)) {
    *known = type;
  } else {
    resources_.Add(Keep(name), type);
  }
}

const ResourceType* HostTable::FindResource(absl::string_view name) const {
  const ResourceType* const* found = resources_.Find(name);
  return found == nullptr ? nullptr : *found;
}

std::vector<absl::string_view> HostTable::FuncNames() const {
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
  auto made = std::make_unique<HostInterface>(std::string_view(name.data(), name.size()));
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
    for (const auto& [name, type] : interface->table().resources()) names.emplace(type, name);
  }
  for (const auto& [name, type] : root_.table().resources()) names.emplace(type, name);
  return names;
}

absl::string_view HostLinker::OwnerOf(const ResourceType* type) const {
  std::lock_guard lock(mutex_);
  MakeAll();
  for (const auto& [interface_name, interface] : interfaces_) {
    for (const auto& [name, known] : interface->table().resources()) {
      if (known == type) return interface_name;
    }
  }
  return "";
}

}  // namespace tenon::abi

namespace tenon {

HostInterface::HostInterface(std::string_view name)
    : name_(name), table_(std::make_unique<abi::HostTable>()) {}

HostInterface::~HostInterface() = default;

void HostInterface::AddFunc(std::string_view name, canon::HostCall call,
                            std::shared_ptr<const void> callable, const canon::FuncShape* shape) {
  table_->AddFunc({{name.data(), name.size()}, call, nullptr, shape, nullptr}, std::move(callable));
}

void HostInterface::AddResource(std::string_view name, const abi::ResourceType* type) {
  table_->AddResource({name.data(), name.size()}, type);
}

}  // namespace tenon
