// Subtyping and the instantiation of component types. abi: "Type Checking".
// Nothing here recurses deeper than types may nest, and the work of one match is bounded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "abi/text/diagnose.h"
#include "abi/types/substitute.h"
#include "abi/types/type_table.h"
#include "absl/base/attributes.h"
#include "vm/base/status.h"
#include "vm/syntax/type_store.h"

namespace tenon::abi {

// The error of a mismatch, with the place where it was found in front, and `step` in front of its
// path.
Error Inside(absl::string_view place, std::string step, Error error);

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
  // What messages call an item, "missing import named `x`", "type mismatch in import `x`", and the
  // diagnosis a missing one and its step; null: what its sort tells.
  struct ItemWords {
    const char* missing;
    const char* item;
    const char* code;
    const char* step;
  };
  static constexpr ItemWords kImport = {"import named", "import", "missing-import", "import"};
  static constexpr ItemWords kExtraImport = {"import named", "import", "extra-import", "import"};
  static constexpr ItemWords kInstanceExport = {"expected export", "instance export", nullptr,
                                                nullptr};
  static constexpr ItemWords kComponentExport = {"expected export", "component export",
                                                 "missing-export", "export"};
  Result<ResourceMap> MatchImports(const ComponentType& component,
                                   const std::vector<NamedItem>& args, const ItemWords& words);
  Status MatchItems(const std::vector<NamedItem>& sub, const std::vector<NamedItem>& super,
                    const ResourceMap& map, const ItemWords& words);
  static std::string StepOf(const NamedItem& item, const ItemWords& words);
  ABSL_ATTRIBUTE_COLD Status Mismatch(const ExternType& sub, const ExternType& super);
  ABSL_ATTRIBUTE_COLD Status Missing(const std::vector<NamedItem>& sub, const NamedItem& item,
                                     const ItemWords& words);
  // What only an item around the mismatch tells: the package that declares what is missing or
  // differs, and whose the resources are that do.
  ABSL_ATTRIBUTE_COLD Error Explain(const std::vector<NamedItem>& sub,
                                    const std::vector<NamedItem>& super, const NamedItem& item,
                                    Error error);

  TypeTable& types_;
  const vm::TypeStore& core_;
  uint64_t work_ = 0;
  // Of the mismatch that is on its way out.
  std::optional<TwoResources> other_resource_;
  absl::string_view missing_;
};

}  // namespace tenon::abi
