#include "abi/runtime/host_resources.h"

namespace tenon::abi {

HostResources::~HostResources() {
  for (const Entry& entry : entries_) {
    if (entry.object != nullptr && !entry.is_lent) entry.type->destroy(entry.object);
  }
}

std::optional<uint32_t> HostResources::Add(const ResourceType* type, void* object) {
  const std::optional<uint32_t> rep = Put({type, object});
  if (!rep) type->destroy(object);
  return rep;
}

std::optional<uint32_t> HostResources::Lend(const ResourceType* type, void* object) {
  return Put({type, object, true});
}

void HostResources::Return(uint32_t rep) {
  entries_[rep] = {};
  free_.push_back(rep);
}

std::optional<uint32_t> HostResources::Put(const Entry& entry) {
  if (size() >= limit_) return std::nullopt;
  if (!free_.empty()) {
    const uint32_t rep = free_.back();
    free_.pop_back();
    entries_[rep] = entry;
    return rep;
  }
  entries_.push_back(entry);
  return static_cast<uint32_t>(entries_.size() - 1);
}

void* HostResources::Get(const ResourceType* type, uint32_t rep) const {
  if (rep >= entries_.size() || entries_[rep].type != type) return nullptr;
  return entries_[rep].object;
}

void* HostResources::Take(const ResourceType* type, uint32_t rep) {
  void* object = Get(type, rep);
  if (object != nullptr) Return(rep);
  return object;
}

void HostResources::Destroy(const ResourceType* type, uint32_t rep) {
  if (void* object = Take(type, rep)) type->destroy(object);
}

}  // namespace tenon::abi
