// The types of all parts in one table: a resource is one there when it is one in the composition.
// A part that imports a resource has its source's; where the import is left open, all parts that
// import it share one.
#pragma once

#include <string>
#include <vector>

#include "abi/compose/wiring.h"
#include "abi/types/substitute.h"
#include "abi/types/type_table.h"
#include "abi/valid/subtype.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"

namespace tenon::abi {

// Imports that are left open and become one: of one name, or of one interface on one track.
struct ImportGroup {
  absl::string_view name;            // the highest version's
  absl::string_view version_suffix;  // its
  ExternType type;                   // of an interface: with all that any part asks of it
  std::vector<uint32_t> parts;
};

class CommonTypes {
 public:
  // All outlive it.
  CommonTypes(absl::Span<const ComposePart> parts, const Wiring& wiring,
              const vm::TypeStore& core_types);

  // kUnlinkable where a source is not of the type that is asked for, or one import is asked for in
  // two ways.
  Status Make();

  const TypeTable& types() const { return types_; }
  const std::vector<ImportGroup>& groups() const { return groups_; }
  // By part and export; by part and import, of those that are left open.
  const ExternType& ExportType(uint32_t part, size_t item) const { return exports_[part][item]; }
  uint32_t GroupOf(uint32_t part, size_t import) const { return group_of_[part][import]; }
  // The group that brings a resource along; nothing for a part's own.
  std::optional<uint32_t> HomeOf(ResourceId id) const;
  // What it came with first, for messages.
  absl::string_view OwnerOf(ResourceId id) const;

 private:
  Status AddPart(uint32_t part);
  Result<ResourceMap> MapResources(uint32_t part);
  ResourceId ImportedResource(uint32_t part, const PlanResource& resource);
  uint32_t FindGroup(const PlanImport& import);
  Status Merge(uint32_t part, size_t import, const ExternType& type);
  // What fits both types; `pair` is the error if nothing does.
  Result<ExternType> Join(const std::string& pair, const ExternType& first,
                          const ExternType& second);
  Status CheckSource(uint32_t part, size_t import, const ExternType& type);
  // An import and the export that fills it.
  struct NamePair {
    absl::string_view wanted;
    absl::string_view given;
    std::string introduction;  // to an error
  };
  // `whose` of the two the types are, if not their own: " of function \"f\"".
  Status Check(const NamePair& names, absl::string_view whose, const ExternType& wanted,
               const ExternType& given);
  // Of what is compared as a whole.
  Status Match(absl::string_view introduction, const ExternType& given, const ExternType& wanted);
  Error Missing(const NamePair& names, const NamedItem& item,
                const std::vector<NamedItem>& items) const;
  using ItemsByName = absl::flat_hash_map<absl::string_view, const NamedItem*>;
  const ItemsByName& ItemsOf(InstanceTypeId id);
  Error Mismatch(const ExternType& expected, const ExternType& found, Error error) const;
  void SetOwner(ResourceId id, absl::string_view owner);

  absl::Span<const ComposePart> parts_;
  const Wiring& wiring_;
  TypeTable types_;
  Matcher matcher_;
  std::vector<ImportGroup> groups_;
  absl::flat_hash_map<std::string, uint32_t> group_by_key_;
  absl::node_hash_map<InstanceTypeId, ItemsByName> items_;
  absl::flat_hash_map<std::pair<uint32_t, std::string>, ResourceId> open_resources_;
  std::vector<std::optional<uint32_t>> homes_;    // by ResourceId
  std::vector<absl::string_view> owners_;         // by ResourceId: interfaces, for messages
  std::vector<std::vector<ExternType>> exports_;  // by part
  std::vector<std::vector<uint32_t>> group_of_;   // by part and import
};

}  // namespace tenon::abi
