#include "abi/runtime/host_resources.h"

namespace tenon::abi {

HostResources::~HostResources() {
  for (const Entry& entry : entries_) {
    if (entry.object != nullptr) entry.type->destroy(entry.object);
  }
}

std::optional<uint32_t> HostResources::Add(const ResourceType* type, void* object) {
  if (size() >= limit_) {
    type->destroy(object);
    return std::nullopt;
  }
  if (!free_.empty()) {
    const uint32_t rep = free_.back();
    free_.pop_back();
    entries_[rep] = {type, object};
    return rep;
  }
  entries_.push_back({type, object});
  return static_cast<uint32_t>(entries_.size() - 1);
}

void* HostResources::Get(const ResourceType* type, uint32_t rep) const {
  if (rep >= entries_.size() || entries_[rep].type != type) return nullptr;
  return entries_[rep].object;
}

void* HostResources::Take(const ResourceType* type, uint32_t rep) {
  void* object = Get(type, rep);
  if (object == nullptr) return nullptr;
  entries_[rep] = {};
  free_.push_back(rep);
  return object;
}

void HostResources::Destroy(const ResourceType* type, uint32_t rep) {
  if (void* object = Take(type, rep)) type->destroy(object);
}

}  // namespace tenon::abi
