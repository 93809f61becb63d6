#include "abi/compose/compose.h"

#include <optional>
#include <utility>

#include "abi/compose/common_types.h"
#include "abi/compose/mentions.h"
#include "abi/compose/type_encoder.h"
#include "abi/compose/wiring.h"
#include "abi/syntax/limits.h"
#include "abi/syntax/names.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

constexpr int kMaxExposureDepth = 100;

// Writes the composition, once it is known what is what.
class Composer {
 public:
  Composer(absl::Span<const ComposePart> parts, const Wiring& wiring, const CommonTypes& common,
           const vm::TypeStore& core_types)
      : parts_(parts),
        wiring_(wiring),
        common_(common),
        encoder_(common.types(), core_types, writer_),
        group_instances_(common.groups().size()),
        instances_(parts.size()),
        needs_(common.groups().size()) {}

  Result<Composition> Run() {
    for (uint32_t group = 0; group < common_.groups().size(); ++group) {
      TENON_RETURN_IF_ERROR(WriteImports(group));
    }
    for (const uint32_t part : wiring_.order) Instantiate(part);
    IndexExports();
    for (uint32_t part = 0; part < parts_.size(); ++part) WriteExports(part);
    result_.bytes = writer_.Finish();
    return std::move(result_);
  }

 private:
  using Source = Wiring::Source;
  // Groups that must be written before one.
  struct Needs {
    bool known = false;
    std::vector<uint32_t> homes;
    std::optional<ResourceId> filled;  // one that a plug makes, which comes after all imports
    size_t next = 0;
  };

  // The group's import, behind those that bring along what it speaks of.
  Status WriteImports(uint32_t first);
  Status WriteImport(uint32_t group);
  std::optional<uint32_t> UnwrittenHome(uint32_t group);
  void Instantiate(uint32_t part);
  SortIndex Alias(const Source& source);
  // Types that no import shows and that the exports speak of come from the plugs.
  void IndexExports();
  void WriteExports(uint32_t part);
  void WriteExport(const Source& source, int depth);
  void Expose(const ExternType& type, int depth);
  void MakeVisible(const ExternType& type);
  void ForEachNamedType(const ExternType& type,
                        absl::FunctionRef<void(const AnyType&)> visit) const;
  // Whether the name is still to be had; if not, and it is another part's, that is reported.
  bool IsFree(const Source& source);
  const ExternType& TypeOf(const Source& source) const {
    const Plan& plan = parts_[source.part].component->plan;
    return common_.ExportType(source.part, source.item - plan.exports.data());
  }

  absl::Span<const ComposePart> parts_;
  const Wiring& wiring_;
  const CommonTypes& common_;
  ComponentWriter writer_;
  TypeEncoder encoder_;
  std::vector<std::optional<SortIndex>> group_instances_;  // by group: what was imported
  std::vector<uint32_t> instances_;                        // by part
  std::vector<Needs> needs_;                               // by group
  absl::flat_hash_set<const PlanExport*> exported_;
  absl::flat_hash_set<const PlanExport*> imported_;          // by another part
  absl::flat_hash_map<std::string, uint32_t> export_names_;  // parts by names in their unique form
  absl::flat_hash_set<const PlanExport*> hidden_;
  absl::flat_hash_map<ResourceId, Source> resource_sources_;
  absl::flat_hash_map<ValType, Source> value_sources_;
  absl::flat_hash_set<ResourceId> visible_resources_;
  absl::flat_hash_set<ValType> visible_values_;
  uint64_t exposure_work_ = 0;
  Composition result_;
};

// A group that must be written before this one, if there is one still. What is written stays so:
// each is looked at once.
std::optional<uint32_t> Composer::UnwrittenHome(uint32_t group) {
  Needs& needs = needs_[group];
  if (!needs.known) {
    Mentions mentions(common_.types());
    mentions.Add(common_.groups()[group].type);
    for (const ResourceId id : mentions.resources()) {
      const std::optional<uint32_t> home = common_.HomeOf(id);
      if (!home) needs.filled = id;
      if (home && *home != group) needs.homes.push_back(*home);
    }
    needs.known = true;
  }
  while (needs.next < needs.homes.size()) {
    const uint32_t home = needs.homes[needs.next];
    if (!group_instances_[home]) return home;
    ++needs.next;
  }
  return std::nullopt;
}

Status Composer::WriteImports(uint32_t first) {
  std::vector<uint32_t> open = {first};
  while (!open.empty()) {
    const uint32_t group = open.back();
    const std::optional<uint32_t> home =
        group_instances_[group] ? std::nullopt : UnwrittenHome(group);
    if (!home) {
      if (!group_instances_[group]) TENON_RETURN_IF_ERROR(WriteImport(group));
      open.pop_back();
    } else if (open.size() > common_.groups().size()) {
      return Fail(ErrorKind::kUnlinkable,
                  absl::StrCat("import \"", common_.groups()[group].name, "\" and import \"",
                               common_.groups()[*home].name, "\" need each other's resources"));
    } else {
      open.push_back(*home);
    }
  }
  return {};
}

Status Composer::WriteImport(uint32_t index) {
  const ImportGroup& group = common_.groups()[index];
  if (const auto filled = needs_[index].filled) {
    return Fail(ErrorKind::kUnlinkable,
                absl::StrCat("import \"", group.name, "\" is left open, but needs a resource of \"",
                             common_.OwnerOf(*filled), "\", which a plug makes"));
  }
  Result<syntax::ExternType> type = encoder_.Extern(group.type);
  if (!type) {
    return std::unexpected(
        std::move(type).error().WithContext(absl::StrCat("import \"", group.name, "\"")));
  }
  syntax::NameAttributes attributes;
  if (!group.version_suffix.empty()) attributes.version_suffix = group.version_suffix;
  const syntax::Name name{group.name, group.version_suffix.empty() ? nullptr : &attributes};
  const uint32_t item = writer_.Add(syntax::Import{name, *type});
  group_instances_[index] = SortIndex{type->sort, item};
  encoder_.Declared(group.type, item);
  MakeVisible(group.type);
  OpenImport& open = result_.open.emplace_back();
  open.name = std::string(group.name);
  for (const uint32_t part : group.parts) open.parts.push_back(parts_[part].name);
  return {};
}

SortIndex Composer::Alias(const Source& source) {
  const Sort sort = SortOf(source.item->type);
  return {sort, writer_.Add(syntax::Alias{
                    .sort = sort, .instance = instances_[source.part], .name = source.item->name})};
}

void Composer::Instantiate(uint32_t part) {
  const syntax::RootComponent& syntax = *parts_[part].component->syntax;
  const ComponentIdx component = writer_.AddComponent(*syntax.bytes);
  const std::vector<PlanImport>& imports = parts_[part].component->plan.imports;
  std::vector<syntax::InstantiateArg> args;
  for (size_t i = 0; i < imports.size(); ++i) {
    const std::optional<Source>& source = wiring_.sources[part][i];
    args.push_back(
        {imports[i].name, source ? Alias(*source) : *group_instances_[common_.GroupOf(part, i)]});
    if (!source) continue;
    imported_.insert(source->item);
    result_.filled.push_back({std::string(imports[i].name), parts_[part].name,
                              std::string(source->item->name), parts_[source->part].name});
  }
  instances_[part] = writer_.Add(syntax::Instance(syntax::Instantiate{component, args})).value();
  writer_.SetName({Sort::kComponent, component.value()}, parts_[part].name);
  writer_.SetName({Sort::kInstance, instances_[part]}, parts_[part].name);
}

void Composer::IndexExports() {
  for (uint32_t part = 1; part < parts_.size(); ++part) {
    for (const PlanExport& item : parts_[part].component->plan.exports) {
      const Source source{part, &item};
      ForEachNamedType(TypeOf(source), [&](const AnyType& type) {
        if (const auto* id = std::get_if<ResourceId>(&type)) resource_sources_.emplace(*id, source);
        if (const auto* value = std::get_if<ValType>(&type)) value_sources_.emplace(*value, source);
      });
    }
  }
}

void Composer::MakeVisible(const ExternType& type) {
  ForEachNamedType(type, [&](const AnyType& named) {
    if (const auto* id = std::get_if<ResourceId>(&named)) visible_resources_.insert(*id);
    if (const auto* value = std::get_if<ValType>(&named)) visible_values_.insert(*value);
  });
}

bool Composer::IsFree(const Source& source) {
  const absl::string_view name = source.item->name;
  const std::optional<ExternName> parsed = ParseExternName(name);
  if (!parsed) return false;
  const std::string unique = absl::AsciiStrToLower(UniqueForm(*parsed, name));
  const auto [owner, is_new] = export_names_.try_emplace(unique, source.part);
  if (is_new) return true;
  if (hidden_.insert(source.item).second) {
    result_.hidden.push_back(
        {std::string(name), parts_[source.part].name, parts_[owner->second].name});
  }
  return false;
}

// All of the socket's; of a plug's what nobody imports.
void Composer::WriteExports(uint32_t part) {
  for (const PlanExport& item : parts_[part].component->plan.exports) {
    if (part == 0 || !imported_.contains(&item)) WriteExport({part, &item}, 0);
  }
}

void Composer::WriteExport(const Source& source, int depth) {
  if (exported_.contains(source.item) || !IsFree(source)) return;
  exported_.insert(source.item);
  Expose(TypeOf(source), depth);
  writer_.Add(syntax::Export{{source.item->name}, Alias(source)});
  MakeVisible(TypeOf(source));
  result_.exports.emplace_back(source.item->name);
}

// What an export speaks of has a name: in what it exports itself, or before it.
void Composer::Expose(const ExternType& type, int depth) {
  if (depth == kMaxExposureDepth) return;
  Mentions mentions(common_.types());
  mentions.Add(type);
  exposure_work_ += mentions.work();
  if (exposure_work_ > kMaxMatchingWork) return;  // what has no name then is found invalid
  absl::flat_hash_set<ResourceId> own_resources;
  absl::flat_hash_set<ValType> own_values;
  ForEachNamedType(type, [&](const AnyType& named) {
    if (const auto* id = std::get_if<ResourceId>(&named)) own_resources.insert(*id);
    if (const auto* value = std::get_if<ValType>(&named)) own_values.insert(*value);
  });
  const auto expose = [&](const auto& sources, const auto& own, const auto& mentioned) {
    const auto found = sources.find(mentioned);
    if (found != sources.end() && !own.contains(mentioned)) WriteExport(found->second, depth + 1);
  };
  for (const ResourceId id : mentions.resources()) {
    if (!visible_resources_.contains(id)) expose(resource_sources_, own_resources, id);
  }
  for (const ValType value : mentions.named()) {
    if (!visible_values_.contains(value)) expose(value_sources_, own_values, value);
  }
}

// The types that an item shows under names: itself, or what an instance exports, nested ones too.
void Composer::ForEachNamedType(const ExternType& type,
                                absl::FunctionRef<void(const AnyType&)> visit) const {
  if (const auto* item = std::get_if<TypeItem>(&type)) visit(item->type);
  const auto* instance = std::get_if<InstanceTypeId>(&type);
  if (instance == nullptr) return;
  for (const NamedItem& inner : common_.types().Get(*instance).exports) {
    ForEachNamedType(inner.type, visit);
  }
}

}  // namespace

Result<Composition> Compose(const ComposePart& socket, absl::Span<const ComposePart> plugs,
                            const vm::TypeStore& core_types) {
  std::vector<ComposePart> parts = {socket};
  parts.insert(parts.end(), plugs.begin(), plugs.end());
  TENON_ASSIGN_OR_RETURN(const Wiring wiring, Wire(parts));
  CommonTypes common(parts, wiring, core_types);
  TENON_RETURN_IF_ERROR(common.Make());
  return Composer(parts, wiring, common, core_types).Run();
}

}  // namespace tenon::abi
