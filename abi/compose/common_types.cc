#include "abi/compose/common_types.h"

#include "abi/syntax/semver.h"
#include "abi/text/diagnose.h"
#include "abi/text/wit.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::abi {
namespace {

// The resource at the end of a path of names below an item.
std::optional<ResourceId> ResourceAt(const TypeTable& types, const ExternType& type,
                                     absl::Span<const absl::string_view> path) {
  if (path.empty()) {
    const auto* item = std::get_if<TypeItem>(&type);
    const auto* resource = item == nullptr ? nullptr : std::get_if<ResourceId>(&item->type);
    return resource == nullptr ? std::nullopt : std::optional(*resource);
  }
  const auto* instance = std::get_if<InstanceTypeId>(&type);
  if (instance == nullptr) return std::nullopt;
  for (const NamedItem& item : types.Get(*instance).exports) {
    if (item.name == path[0]) return ResourceAt(types, item.type, path.subspan(1));
  }
  return std::nullopt;
}

// Types of modules and of components, and instances' that have a name: they are compared as a
// whole, as the validator does.
bool AreMatchedWhole(const ExternType& first, const ExternType& second) {
  if (first.index() != second.index()) return false;
  const auto* item = std::get_if<TypeItem>(&first);
  if (item == nullptr) {
    return std::holds_alternative<ModuleTypeId>(first) ||
           std::holds_alternative<ComponentTypeId>(first);
  }
  return item->type.index() == std::get<TypeItem>(second).type.index() &&
         (std::holds_alternative<InstanceTypeId>(item->type) ||
          std::holds_alternative<ComponentTypeId>(item->type));
}

std::string ImportStep(absl::string_view name) { return absl::StrCat("import \"", name, "\""); }

}  // namespace

CommonTypes::CommonTypes(absl::Span<const ComposePart> parts, const Wiring& wiring,
                         const vm::TypeStore& core_types)
    : parts_(parts),
      wiring_(wiring),
      matcher_(types_, core_types),
      exports_(parts.size()),
      group_of_(parts.size()) {}

Status CommonTypes::Make() {
  for (const uint32_t part : wiring_.order) TENON_RETURN_IF_ERROR(AddPart(part));
  return {};
}

std::optional<uint32_t> CommonTypes::HomeOf(ResourceId id) const {
  return id.value() < homes_.size() ? homes_[id.value()] : std::nullopt;
}

// Its sources have been added.
Status CommonTypes::AddPart(uint32_t part) {
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
      if (OwnerOf(*found).empty()) SetOwner(*found, source->item->name);
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
  SetOwner(id, parts_[part].component->plan.imports[import].name);
  if (is_open) {
    homes_.resize(types_.resource_count());
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
    groups_.push_back({import.name, import.version_suffix, {}, {}});
  }
  ImportGroup& group = groups_[place->second];
  if (group.name != import.name && CompareVersions(group.name, import.name) < 0) {
    group.name = import.name;
    group.version_suffix = import.version_suffix;
  }
  return place->second;
}

Status CommonTypes::Merge(uint32_t part, size_t import, const ExternType& type) {
  ImportGroup& group = groups_[group_of_[part][import]];
  if (group.parts.empty()) {
    group.type = type;
  } else {
    const std::string pair = absl::StrCat(parts_[group.parts[0]].name, " and ", parts_[part].name,
                                          " import \"", group.name, "\" with different types");
    Result<ExternType> joined = Join(pair, group.type, type);
    const absl::string_view name = parts_[part].component->plan.imports[import].name;
    if (!joined) return std::unexpected(std::move(joined).error().Within(ImportStep(name)));
    group.type = *joined;
  }
  group.parts.push_back(part);
  return {};
}

Result<ExternType> CommonTypes::Join(const std::string& pair, const ExternType& first,
                                     const ExternType& second) {
  if (first == second) return first;
  if (AreMatchedWhole(first, second)) {
    Status fits = Match(absl::StrCat(pair, ": "), first, second);
    if (fits) return first;
    if (Match("", second, first)) return second;
    return std::unexpected(std::move(fits).error());
  }
  const auto* known = std::get_if<InstanceTypeId>(&first);
  const auto* added = std::get_if<InstanceTypeId>(&second);
  if (known == nullptr || added == nullptr) {
    return std::unexpected(Mismatch(first, second, Error(ErrorKind::kUnlinkable, pair)));
  }
  const std::vector<NamedItem>& items = types_.Get(*known).exports;
  std::optional<InstanceType> joined;  // where the second asks for more
  const auto grown = [&]() -> std::vector<NamedItem>& {
    if (!joined) joined = InstanceType{items, {}};
    return joined->exports;
  };
  const ItemsByName& by_name = ItemsOf(*known);
  for (const NamedItem& item : types_.Get(*added).exports) {
    const auto found = by_name.find(item.name);
    if (found == by_name.end()) {
      grown().push_back(item);
      continue;
    }
    Result<ExternType> inner = Join(pair, found->second->type, item.type);
    if (!inner) {
      return std::unexpected(std::move(inner).error().Within(StepOf(item.name, item.type)));
    }
    if (*inner != found->second->type) grown()[found->second - items.data()].type = *inner;
  }
  if (!joined) return first;
  TENON_ASSIGN_OR_RETURN(const InstanceTypeId result, types_.Add(*std::move(joined)));
  return result;
}

// An import of the part against the export that fills it.
Status CommonTypes::CheckSource(uint32_t part, size_t import, const ExternType& type) {
  const Wiring::Source& source = *wiring_.sources[part][import];
  const absl::string_view name = parts_[part].component->plan.imports[import].name;
  const Plan& plan = parts_[source.part].component->plan;
  const ExternType& given = ExportType(source.part, source.item - plan.exports.data());
  const NamePair names{name, source.item->name,
                       absl::StrCat(parts_[source.part].name, " exports \"", source.item->name,
                                    "\", ", parts_[part].name, " imports \"", name, "\": ")};
  Status fits = Check(names, "", type, given);
  if (!fits) return std::unexpected(std::move(fits).error().Within(ImportStep(name)));
  return {};
}

Status CommonTypes::Check(const NamePair& names, absl::string_view whose, const ExternType& wanted,
                          const ExternType& given) {
  if (given == wanted) return {};
  if (AreMatchedWhole(wanted, given)) {
    return Match(absl::StrCat(names.introduction, "the types", whose, " differ: "), given, wanted);
  }
  const auto* wanted_instance = std::get_if<InstanceTypeId>(&wanted);
  const auto* given_instance = std::get_if<InstanceTypeId>(&given);
  if (wanted_instance == nullptr || given_instance == nullptr) {
    Error error(ErrorKind::kUnlinkable,
                absl::StrCat(names.introduction, "the types", whose, " differ"));
    return std::unexpected(Mismatch(wanted, given, std::move(error)));
  }
  const ItemsByName& items = ItemsOf(*given_instance);
  for (const NamedItem& item : types_.Get(*wanted_instance).exports) {
    const auto found = items.find(item.name);
    const std::string step = StepOf(item.name, item.type);
    Status fits = found == items.end()
                      ? std::unexpected(Missing(names, item, types_.Get(*given_instance).exports))
                      : Check(names, absl::StrCat(" of ", step), item.type, found->second->type);
    if (!fits) return std::unexpected(std::move(fits).error().Within(step));
  }
  return {};
}

Status CommonTypes::Match(absl::string_view introduction, const ExternType& given,
                          const ExternType& wanted) {
  Status fits = matcher_.Match(given, wanted);
  if (fits || fits.error().kind() != ErrorKind::kInvalid) return fits;
  Error error(ErrorKind::kUnlinkable, absl::StrCat(introduction, fits.error().message()));
  const Diagnosis* diagnosis = fits.error().diagnosis();
  return std::unexpected(diagnosis == nullptr ? std::move(error)
                                              : std::move(error).WithDiagnosis(*diagnosis));
}

Error CommonTypes::Missing(const NamePair& names, const NamedItem& item,
                           const std::vector<NamedItem>& items) const {
  Diagnosis diagnosis = DiagnoseMissingItem(item.name, names.wanted, names.given, NamesOf(items));
  diagnosis.code = MissingCode(item.type);
  diagnosis.expected = ToString(types_, item.type);
  return Error(ErrorKind::kUnlinkable,
               absl::StrCat(names.introduction, "there is no ", StepOf(item.name, item.type)))
      .WithDiagnosis(std::move(diagnosis));
}

const CommonTypes::ItemsByName& CommonTypes::ItemsOf(InstanceTypeId id) {
  const auto [place, is_new] = items_.try_emplace(id);
  if (is_new) {
    for (const NamedItem& item : types_.Get(id).exports) place->second.emplace(item.name, &item);
  }
  return place->second;
}

Error CommonTypes::Mismatch(const ExternType& expected, const ExternType& found,
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
  return std::move(error).WithDiagnosis(std::move(diagnosis));
}

void CommonTypes::SetOwner(ResourceId id, absl::string_view owner) {
  owners_.resize(types_.resource_count());
  owners_[id.value()] = owner;
}

absl::string_view CommonTypes::OwnerOf(ResourceId id) const {
  return id.value() < owners_.size() ? owners_[id.value()] : absl::string_view();
}

}  // namespace tenon::abi
