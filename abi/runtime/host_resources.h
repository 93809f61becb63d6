// The host objects that guests hold handles to. A handle's representation is an index into this
// table, which no guest ever sees; the table outlives all handles, and owns the objects but for
// those that the host lends for a call.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "abi/runtime/resource_type.h"

namespace tenon::abi {

class HostResources {
 public:
  explicit HostResources(uint32_t limit) : limit_(limit) {}
  ~HostResources();
  HostResources(const HostResources&) = delete;
  HostResources& operator=(const HostResources&) = delete;

  // Takes ownership of `object`. Nothing (and the object is destroyed) when the table is full.
  std::optional<uint32_t> Add(const ResourceType* type, void* object);
  // A place for an object that stays the caller's, who says when the loan ends (Return). Nothing
  // when the table is full.
  std::optional<uint32_t> Lend(const ResourceType* type, void* object);
  void Return(uint32_t rep);
  // The object of `rep`; null when there is none of that type, which handle tables rule out.
  void* Get(const ResourceType* type, uint32_t rep) const;
  // Likewise, and gives up ownership.
  void* Take(const ResourceType* type, uint32_t rep);
  void Destroy(const ResourceType* type, uint32_t rep);
  uint32_t size() const { return static_cast<uint32_t>(entries_.size() - free_.size()); }

 private:
  struct Entry {
    const ResourceType* type = nullptr;
    void* object = nullptr;
    bool is_lent = false;
  };
  std::optional<uint32_t> Put(const Entry& entry);

  uint32_t limit_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> free_;
};

}  // namespace tenon::abi
