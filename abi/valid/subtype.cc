#include "abi/valid/subtype.h"

#include "abi/syntax/limits.h"
#include "abi/syntax/name_map.h"
#include "abi/text/interface_history.h"
#include "abi/text/wit.h"
#include "abi/valid/mismatch.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "vm/valid/matching.h"

namespace tenon::abi {
namespace {

// Finds resources by path; a long level is indexed once, so that many lookups stay linear.
class ResourceFinder {
 public:
  ResourceFinder(const TypeTable& types, const std::vector<NamedItem>& items)
      : types_(types), items_(items) {}

  std::optional<ResourceId> Find(const NamePath& path) {
    const std::vector<NamedItem>* level = &items_;
    for (size_t i = 0; i < path.size(); ++i) {
      const NamedItem* item = FindIn(*level, path[i]);
      if (item == nullptr) return std::nullopt;
      if (i + 1 == path.size()) {
        const auto* type = std::get_if<TypeItem>(&item->type);
        const auto* resource = type == nullptr ? nullptr : std::get_if<ResourceId>(&type->type);
        return resource == nullptr ? std::nullopt : std::optional(*resource);
      }
      const auto* instance = std::get_if<InstanceTypeId>(&item->type);
      if (instance == nullptr) return std::nullopt;
      level = &types_.Get(*instance).exports;
    }
    return std::nullopt;
  }

 private:
  const NamedItem* FindIn(const std::vector<NamedItem>& level, absl::string_view name) {
    constexpr size_t kFew = 32;
    if (level.size() <= kFew) return FindItem(level, name);
    auto [entry, is_new] = levels_.try_emplace(&level);
    if (is_new) {
      entry->second.Reserve(level.size());
      for (const NamedItem& item : level) entry->second.Add(item.name, &item);
    }
    const NamedItem* const* found = entry->second.Find(name);
    return found == nullptr ? nullptr : *found;
  }

  const TypeTable& types_;
  const std::vector<NamedItem>& items_;
  absl::flat_hash_map<const std::vector<NamedItem>*, NameMap<const NamedItem*>> levels_;
};

}  // namespace

const NamedItem* FindItem(const std::vector<NamedItem>& items, absl::string_view name) {
  for (const NamedItem& item : items) {
    if (item.name == name) return &item;
  }
  return nullptr;
}

Status Matcher::Mismatch(const ExternType& sub, const ExternType& super) {
  const TypeDifference difference = FindDifference(types_, super, sub);
  missing_ = {};
  other_resource_ = ResourcesOf(types_, types_, difference);
  return std::unexpected(
      Error(ErrorKind::kInvalid,
            absl::StrCat(Difference(types_, sub, super), ": expected ", ToString(types_, super),
                         ", found ", ToString(types_, sub)))
          .WithDiagnosis(Diagnose(types_, types_, difference)));
}

std::string Matcher::StepOf(const NamedItem& item, const ItemWords& words) {
  if (words.step == nullptr) return abi::StepOf(item.name, item.type);
  return absl::StrCat(words.step, " \"", item.name, "\"");
}

Status Matcher::Missing(const std::vector<NamedItem>& sub, const NamedItem& item,
                        const ItemWords& words) {
  missing_ = item.name;
  Diagnosis diagnosis = DiagnoseMissing(
      item.name, words.code == nullptr ? MissingCode(item.type) : words.code, NamesOf(sub));
  diagnosis.path = {StepOf(item, words)};
  diagnosis.expected = ToString(types_, item.type);
  return std::unexpected(
      Error(ErrorKind::kInvalid, absl::StrCat("missing ", words.missing, " `", item.name,
                                              "`: expected ", diagnosis.expected))
          .WithDiagnosis(std::move(diagnosis)));
}

Error Matcher::Explain(const std::vector<NamedItem>& sub, const std::vector<NamedItem>& super,
                       const NamedItem& item, Error error) {
  if (error.diagnosis() == nullptr) return error;
  Diagnosis diagnosis = *error.diagnosis();
  if (diagnosis.package.empty()) {
    diagnosis.package = PackageOf(item.name);
    diagnosis.since = std::string(SinceOf(item.name, missing_));
  }
  if (other_resource_) {
    absl::string_view expected = OwnerAmong(types_, sub, other_resource_->expected);
    if (expected.empty()) expected = OwnerAmong(types_, super, other_resource_->expected);
    const absl::string_view found = OwnerAmong(types_, sub, other_resource_->found);
    NameOwners(expected, found, &diagnosis);
    if (!expected.empty() || !found.empty()) other_resource_.reset();
  }
  return std::move(error).WithDiagnosis(std::move(diagnosis));
}

Status Matcher::Match(const ExternType& sub, const ExternType& super) {
  if (sub.index() != super.index()) {
    Diagnosis diagnosis;
    diagnosis.code = "other-kind";
    diagnosis.expected = SortName(SortOf(super));
    diagnosis.found = SortName(SortOf(sub));
    Error error(ErrorKind::kInvalid,
                absl::StrCat("expected ", diagnosis.expected, ", found ", diagnosis.found));
    return std::unexpected(std::move(error).WithDiagnosis(std::move(diagnosis)));
  }
  switch (SortOf(super)) {
    case Sort::kCoreModule:
      return MatchModule(std::get<ModuleTypeId>(sub), std::get<ModuleTypeId>(super));
    case Sort::kComponent:
      return MatchComponent(std::get<ComponentTypeId>(sub), std::get<ComponentTypeId>(super));
    case Sort::kInstance:
      return MatchInstance(std::get<InstanceTypeId>(sub), std::get<InstanceTypeId>(super));
    case Sort::kType:
      return MatchType(std::get<TypeItem>(sub).type, std::get<TypeItem>(super).type);
    default: return sub == super ? Status() : Mismatch(sub, super);
  }
}

Status Matcher::MatchType(const AnyType& sub, const AnyType& super) {
  if (sub == super) return {};
  const auto* sub_instance = std::get_if<InstanceTypeId>(&sub);
  const auto* super_instance = std::get_if<InstanceTypeId>(&super);
  if (sub_instance != nullptr && super_instance != nullptr) {
    TENON_RETURN_IF_ERROR(MatchInstance(*sub_instance, *super_instance));
    return MatchInstance(*super_instance, *sub_instance);
  }
  const auto* sub_component = std::get_if<ComponentTypeId>(&sub);
  const auto* super_component = std::get_if<ComponentTypeId>(&super);
  if (sub_component != nullptr && super_component != nullptr) {
    TENON_RETURN_IF_ERROR(MatchComponent(*sub_component, *super_component));
    return MatchComponent(*super_component, *sub_component);
  }
  return Mismatch(TypeItem{sub}, TypeItem{super});
}

void Matcher::BindResources(const std::vector<ResourcePath>& wanted,
                            const std::vector<NamedItem>& items, ResourceMap* map) {
  ResourceFinder finder(types_, items);
  for (const ResourcePath& resource : wanted) {
    // What is missing or of another kind is reported by name when the items are matched.
    if (const std::optional<ResourceId> found = finder.Find(resource.path)) {
      map->Set(resource.id, *found);
    }
  }
}

Error Inside(absl::string_view place, std::string step, Error error) {
  constexpr size_t kMaxLength = 1000;
  error = std::move(error).Within(std::move(step));
  if (error.message().size() > kMaxLength) return error;
  std::string message = absl::StrCat(place, ": ", error.message());
  return std::move(error).WithMessage(std::move(message));
}

Status Matcher::MatchItems(const std::vector<NamedItem>& sub, const std::vector<NamedItem>& super,
                           const ResourceMap& map, const ItemWords& words) {
  work_ += sub.size() + super.size();
  if (work_ > kMaxMatchingWork)
    return Fail(ErrorKind::kLimit, "the types take too long to compare");
  NameMap<const NamedItem*> by_name;
  by_name.Reserve(sub.size());
  for (const NamedItem& item : sub) by_name.Add(item.name, &item);
  Substitution substitution(types_, types_, map);
  for (const NamedItem& item : super) {
    const NamedItem* const* found = by_name.Find(item.name);
    if (found == nullptr) return Missing(sub, item, words);
    TENON_ASSIGN_OR_RETURN(const ExternType wanted, substitution.ApplyExtern(item.type));
    if (Status status = Match((*found)->type, wanted); !status) {
      return std::unexpected(
          Explain(sub, super, item,
                  Inside(absl::StrCat("type mismatch in ", words.item, " `", item.name, "`"),
                         StepOf(item, words), std::move(status).error())));
    }
  }
  return {};
}

Status Matcher::MatchInstance(InstanceTypeId sub, InstanceTypeId super) {
  if (sub == super) return {};
  const InstanceType& wanted = types_.Get(super);
  const std::vector<NamedItem>& found = types_.Get(sub).exports;
  ResourceMap map;
  BindResources(wanted.resources, found, &map);
  return MatchItems(found, wanted.exports, map, kInstanceExport);
}

Result<ResourceMap> Matcher::MatchArguments(const ComponentType& component,
                                            const std::vector<NamedItem>& args) {
  return MatchImports(component, args, kImport);
}

Result<ResourceMap> Matcher::MatchImports(const ComponentType& component,
                                          const std::vector<NamedItem>& args,
                                          const ItemWords& words) {
  ResourceMap map;
  BindResources(component.imported_resources, args, &map);
  TENON_RETURN_IF_ERROR(MatchItems(args, component.imports, map, words));
  return map;
}

// `sub` is instantiated with what `super` would be given, and must then offer super's exports.
Status Matcher::MatchComponent(ComponentTypeId sub, ComponentTypeId super) {
  if (sub == super) return {};
  const ComponentType& wanted = types_.Get(super);
  const ComponentType& given = types_.Get(sub);
  TENON_ASSIGN_OR_RETURN(const ResourceMap map, MatchImports(given, wanted.imports, kExtraImport));
  Substitution substitution(types_, types_, map);
  TENON_ASSIGN_OR_RETURN(const std::vector<NamedItem> exports,
                         substitution.ApplyItems(given.exports));
  ResourceMap defined;
  BindResources(wanted.defined_resources, exports, &defined);
  return MatchItems(exports, wanted.exports, defined, kComponentExport);
}

namespace {

// What a core module type imports or exports, for messages.
struct CoreItem {
  std::optional<absl::string_view> module;  // of an import
  absl::string_view name;

  std::string Quoted() const {
    return module ? absl::StrCat("import `", *module, "::", name, "`")
                  : absl::StrCat("export `", name, "`");
  }
  std::string Step() const { return module ? CoreImportStep(*module, name) : CoreExportStep(name); }
};

Status MissingInModule(const CoreItem& item, const char* code) {
  Diagnosis diagnosis;
  diagnosis.code = code;
  diagnosis.path = {item.Step()};
  return std::unexpected(Error(ErrorKind::kInvalid, absl::StrCat("missing expected ", item.Quoted(),
                                                                 " of a core module"))
                             .WithDiagnosis(std::move(diagnosis)));
}

Status MatchInModule(const vm::TypeStore& types, const vm::ResolvedImportType& sub,
                     const vm::ResolvedImportType& super, const CoreItem& item) {
  if (vm::MatchesExtern(types, sub, super)) return {};
  return std::unexpected(
      Error(ErrorKind::kInvalid, absl::StrCat("type mismatch in ", item.Quoted(), ": ",
                                              CoreDifference(types, sub, super)))
          .WithDiagnosis(DiagnoseCore(types, sub, super))
          .Within(item.Step()));
}

}  // namespace

Status Matcher::MatchModule(ModuleTypeId sub, ModuleTypeId super) {
  const ModuleType& given = types_.Get(sub);
  const ModuleType& wanted = types_.Get(super);
  using TwoNames = std::pair<absl::string_view, absl::string_view>;
  absl::flat_hash_map<TwoNames, const vm::ResolvedImportType*> imports;
  for (const auto& item : wanted.imports)
    imports.emplace(TwoNames(item.module, item.name), &item.type);
  for (const auto& item : given.imports) {
    const auto found = imports.find(TwoNames(item.module, item.name));
    const CoreItem place{item.module, item.name};
    if (found == imports.end()) return MissingInModule(place, "extra-import");
    TENON_RETURN_IF_ERROR(MatchInModule(core_, *found->second, item.type, place));
  }
  absl::flat_hash_map<absl::string_view, const vm::ResolvedImportType*> exports;
  for (const auto& item : given.exports) exports.emplace(item.name, &item.type);
  for (const auto& item : wanted.exports) {
    const auto found = exports.find(item.name);
    const CoreItem place{{}, item.name};
    if (found == exports.end()) return MissingInModule(place, "missing-export");
    TENON_RETURN_IF_ERROR(MatchInModule(core_, *found->second, item.type, place));
  }
  return {};
}

}  // namespace tenon::abi
