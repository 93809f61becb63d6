// The types that an item speaks of: resources, and those that WIT knows by a name alone.
// A composition declares them in front of the item.
#pragma once

#include "abi/types/small_map.h"
#include "abi/types/type_table.h"

namespace tenon::abi {

class Mentions {
 public:
  explicit Mentions(const TypeTable& types) : types_(types) {}

  void Add(const ExternType& type);
  // In the order they were met; of an instance those that it exports too.
  const std::vector<ResourceId>& resources() const { return resources_; }
  const std::vector<ValType>& named() const { return named_; }
  // How many types and items were looked at.
  uint64_t work() const { return work_; }

 private:
  void Add(const ComponentType& type);
  void Add(ValType type);
  void Add(ResourceId id);

  const TypeTable& types_;
  SmallSet<ValType> seen_;
  SmallSet<ResourceId> seen_resources_;
  std::vector<ResourceId> resources_;
  std::vector<ValType> named_;
  uint64_t work_ = 0;
};

}  // namespace tenon::abi
