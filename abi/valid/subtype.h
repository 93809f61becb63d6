// Subtyping and the instantiation of component types. abi: "Type Checking".
// Nothing here recurses deeper than types may nest, and the work of one match is bounded.
#pragma once

#include <string>
#include <vector>

#include "abi/types/substitute.h"
#include "abi/types/type_table.h"
#include "absl/base/attributes.h"
#include "vm/base/status.h"
#include "vm/syntax/type_store.h"

namespace tenon::abi {

// The error of a mismatch, with the place where it was found in front.
Error Inside(absl::string_view place, Error error);

const NamedItem* FindItem(const std::vector<NamedItem>& items, absl::string_view name);

class Matcher {
 public:
  Matcher(TypeTable& types, const vm::TypeStore& core_types) : types_(types), core_(core_types) {}

  // Ok when a `sub` may stand where a `super` is wanted; else kInvalid with what was expected and
  // found, and at which items.
  Status Match(const ExternType& sub, const ExternType& super);

  // Binds the `wanted` resources to what stands at their paths among `items`.
  void BindResources(const std::vector<ResourcePath>& wanted, const std::vector<NamedItem>& items,
                     ResourceMap* map);
  // Checks `args` against the component's imports and returns what its resources become; defined
  // resources are left alone.
  Result<ResourceMap> MatchArguments(const ComponentType& component,
                                     const std::vector<NamedItem>& args);

 private:
  Status MatchType(const AnyType& sub, const AnyType& super);
  Status MatchInstance(InstanceTypeId sub, InstanceTypeId super);
  Status MatchComponent(ComponentTypeId sub, ComponentTypeId super);
  Status MatchModule(ModuleTypeId sub, ModuleTypeId super);
  // What messages call an item: "missing import named `x`", "type mismatch in import `x`".
  struct ItemWords {
    const char* missing;
    const char* item;
  };
  Status MatchInModule(const vm::ResolvedImportType& sub, const vm::ResolvedImportType& super,
                       absl::string_view name);
  Status MatchItems(const std::vector<NamedItem>& sub, const std::vector<NamedItem>& super,
                    const ResourceMap& map, const ItemWords& words);
  ABSL_ATTRIBUTE_COLD Status Mismatch(const ExternType& sub, const ExternType& super);

  TypeTable& types_;
  const vm::TypeStore& core_;
  uint64_t work_ = 0;
};

}  // namespace tenon::abi
