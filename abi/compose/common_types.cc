#include "abi/compose/common_types.h"

#include "abi/syntax/semver.h"
#include "abi/text/diagnose.h"
#include "abi/text/wit.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::abi {
namespace {

const std::vector<NamedItem>* ItemsOf(const TypeTable& types, const ExternType& type) {
  const auto* instance = std::get_if<InstanceTypeId>(&type);
  return instance == nullptr ? nullptr : &types.Get(*instance).exports;
}

// The resource at the end of a path of names below an item.
std::optional<ResourceId> ResourceAt(const TypeTable& types, const ExternType& type,
                                     absl::Span<const absl::string_view> path) {
  if (path.empty()) {
    const auto* item = std::get_if<TypeItem>(&type);
    const auto* resource = item == nullptr ? nullptr : std::get_if<ResourceId>(&item->type);
    return resource == nullptr ? std::nullopt : std::optional(*resource);
  }
  const std::vector<NamedItem>* items = ItemsOf(types, type);
  if (items == nullptr) return std::nullopt;
  for (const NamedItem& item : *items) {
    if (item.name == path[0]) return ResourceAt(types, item.type, path.subspan(1));
  }
  return std::nullopt;
}

std::string ImportStep(absl::string_view name) { return absl::StrCat("import \"", name, "\""); }

}  // namespace

CommonTypes::CommonTypes(absl::Span<const ComposePart> parts, const Wiring& wiring)
    : parts_(parts), wiring_(wiring), exports_(parts.size()), group_of_(parts.size()) {}

Diagnosed<void> CommonTypes::Make() {
  for (const uint32_t part : wiring_.order) TENON_RETURN_IF_ERROR(AddPart(part));
  return {};
}

std::optional<uint32_t> CommonTypes::HomeOf(ResourceId id) const { return homes_[id.value()]; }

// Its sources have been added.
Diagnosed<void> CommonTypes::AddPart(uint32_t part) {
  const ResolvedComponent& component = *parts_[part].component;
  const std::vector<PlanImport>& imports = component.plan.imports;
  group_of_[part].resize(imports.size());
  for (size_t i = 0; i < imports.size(); ++i) {
    if (!wiring_.sources[part][i]) group_of_[part][i] = FindGroup(imports[i]);
  }
  TENON_ASSIGN_OR_RETURN(ResourceMap map, MapResources(part));
  Substitution substitution(*component.types, types_, std::move(map));
  for (size_t i = 0; i < imports.size(); ++i) {
    TENON_ASSIGN_OR_RETURN(const ExternType type, substitution.ApplyExtern(imports[i].type));
    TENON_RETURN_IF_ERROR(wiring_.sources[part][i] ? CheckSource(part, i, type)
                                                   : Merge(part, i, type));
  }
  for (const PlanExport& item : component.plan.exports) {
    TENON_ASSIGN_OR_RETURN(const ExternType type, substitution.ApplyExtern(item.type));
    exports_[part].push_back(type);
  }
  return {};
}

Result<ResourceMap> CommonTypes::MapResources(uint32_t part) {
  const ResolvedComponent& component = *parts_[part].component;
  TENON_RETURN_IF_ERROR(types_.Charge(component.plan.resources.size()));
  ResourceMap map;
  for (uint32_t i = 0; i < component.plan.resources.size(); ++i) {
    const PlanResource& resource = component.plan.resources[i];
    ResourceId id;
    if (resource.is_imported()) {
      id = ImportedResource(part, resource);
    } else {
      id = types_.NewResource(component.types->ResourceName(ResourceId(i)));
      homes_.resize(types_.resource_count());
      owners_.resize(types_.resource_count());
    }
    map.Set(ResourceId(i), id);
  }
  return map;
}

ResourceId CommonTypes::ImportedResource(uint32_t part, const PlanResource& resource) {
  const uint32_t import = *resource.import;
  if (const std::optional<Wiring::Source>& source = wiring_.sources[part][import]) {
    const Plan& plan = parts_[source->part].component->plan;
    const ExternType& type = ExportType(source->part, source->item - plan.exports.data());
    const std::optional<ResourceId> found = ResourceAt(types_, type, resource.import_path);
    if (found) {
      if (owners_[found->value()].empty()) owners_[found->value()] = source->item->name;
      return *found;
    }
  }
  const bool is_open = !wiring_.sources[part][import].has_value();
  const uint32_t group = is_open ? group_of_[part][import] : 0;
  std::string path = absl::StrJoin(resource.import_path, "/");
  if (is_open) {
    const auto known = open_resources_.find({group, path});
    if (known != open_resources_.end()) return known->second;
  }
  const ResourceId id = types_.NewResource(resource.name);
  homes_.resize(types_.resource_count());
  owners_.resize(types_.resource_count());
  owners_.back() = parts_[part].component->plan.imports[import].name;
  if (is_open) {
    homes_.back() = group;
    open_resources_[{group, std::move(path)}] = id;
  }
  return id;
}

uint32_t CommonTypes::FindGroup(const PlanImport& import) {
  std::string key = AlternateKey(import.name).value_or(std::string(import.name));
  const auto [place, is_new] =
      group_by_key_.try_emplace(std::move(key), static_cast<uint32_t>(groups_.size()));
  if (is_new) {
    groups_.push_back({import.name, import.version_suffix, {}, {}, {}});
    group_items_.emplace_back();
  }
  ImportGroup& group = groups_[place->second];
  if (group.name != import.name && CompareVersions(group.name, import.name) < 0) {
    group.name = import.name;
    group.version_suffix = import.version_suffix;
  }
  return place->second;
}

Diagnosed<void> CommonTypes::Merge(uint32_t part, size_t import, const ExternType& type) {
  ImportGroup& group = groups_[group_of_[part][import]];
  const absl::string_view name = parts_[part].component->plan.imports[import].name;
  const bool is_first = group.parts.empty();
  if (is_first) group.type = type;
  group.parts.push_back(part);
  const std::vector<NamedItem>* items = ItemsOf(types_, type);
  if (items == nullptr || ItemsOf(types_, group.type) == nullptr) {
    if (group.type == type) return {};
    return std::unexpected(TwoTypes(part, group, group.type, type).Within(ImportStep(name)));
  }
  auto& known = group_items_[group_of_[part][import]];
  for (const NamedItem& item : *items) {
    const auto [place, is_new] = known.try_emplace(item.name, item.type);
    if (is_new) group.items.push_back(item);
    if (place->second == item.type) continue;
    return std::unexpected(TwoTypes(part, group, place->second, item.type)
                               .Within(StepOf(item.name, item.type))
                               .Within(ImportStep(name)));
  }
  return {};
}

Failure CommonTypes::TwoTypes(uint32_t part, const ImportGroup& group, const ExternType& first,
                              const ExternType& type) const {
  return Mismatch(first, type,
                  Error(ErrorKind::kUnlinkable,
                        absl::StrCat(parts_[group.parts[0]].name, " and ", parts_[part].name,
                                     " import \"", group.name, "\" with different types")));
}

// An import of the part against the export that fills it.
Diagnosed<void> CommonTypes::CheckSource(uint32_t part, size_t import, const ExternType& type) {
  const Wiring::Source& source = *wiring_.sources[part][import];
  const absl::string_view name = parts_[part].component->plan.imports[import].name;
  const Plan& plan = parts_[source.part].component->plan;
  const ExternType& given = ExportType(source.part, source.item - plan.exports.data());
  const std::string pair = absl::StrCat(parts_[source.part].name, " exports \"", source.item->name,
                                        "\", ", parts_[part].name, " imports \"", name, "\": ");
  const std::vector<NamedItem>* wanted = ItemsOf(types_, type);
  const std::vector<NamedItem>* items = ItemsOf(types_, given);
  if (wanted == nullptr || items == nullptr) {
    if (given == type) return {};
    Error error(ErrorKind::kUnlinkable, absl::StrCat(pair, "the types differ"));
    return std::unexpected(Mismatch(type, given, std::move(error)).Within(ImportStep(name)));
  }
  absl::flat_hash_map<absl::string_view, const NamedItem*> by_name;
  for (const NamedItem& item : *items) by_name.emplace(item.name, &item);
  for (const NamedItem& item : *wanted) {
    const auto found = by_name.find(item.name);
    const std::string step = StepOf(item.name, item.type);
    if (found == by_name.end()) {
      Diagnosis diagnosis = DiagnoseMissing(item.name, "missing-function", NamesOf(*items));
      diagnosis.path = {ImportStep(name), step};
      diagnosis.expected = ToString(types_, item.type);
      diagnosis.package = PackageOf(name);
      if (name != source.item->name && CompareVersions(name, source.item->name) > 0) {
        diagnosis.hint = absl::StrCat("it came after \"", source.item->name, "\"");
      }
      return std::unexpected(
          Failure(Error(ErrorKind::kUnlinkable, absl::StrCat(pair, "there is no ", step)),
                  std::move(diagnosis)));
    }
    // Interfaces within interfaces are left to the validation of what comes out.
    if (found->second->type == item.type || ItemsOf(types_, item.type) != nullptr) continue;
    Error error(ErrorKind::kUnlinkable, absl::StrCat(pair, "the types of ", step, " differ"));
    return std::unexpected(Mismatch(item.type, found->second->type, std::move(error))
                               .Within(step)
                               .Within(ImportStep(name)));
  }
  return {};
}

Failure CommonTypes::Mismatch(const ExternType& expected, const ExternType& found,
                              Error error) const {
  Diagnosis diagnosis;
  if (expected.index() == found.index()) {
    const TypeDifference difference = FindDifference(types_, expected, found);
    diagnosis = Diagnose(types_, types_, difference);
    if (const auto handles = ResourcesOf(types_, types_, difference)) {
      NameOwners(OwnerOf(handles->expected), OwnerOf(handles->found), &diagnosis);
    }
  } else {
    diagnosis.code = "other-kind";
    diagnosis.expected = ToString(types_, expected);
    diagnosis.found = ToString(types_, found);
  }
  return {std::move(error), std::move(diagnosis)};
}

absl::string_view CommonTypes::OwnerOf(ResourceId id) const { return owners_[id.value()]; }

}  // namespace tenon::abi
