// Imports, exports and their names. abi: "Import and Export Definitions".
#include <utility>

#include "abi/syntax/names.h"
#include "abi/syntax/semver.h"
#include "abi/text/wit.h"
#include "abi/valid/validator.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {

Result<InstanceTypeId> Validator::OpenInstance(InstanceTypeId id, absl::string_view name,
                                               std::vector<ResourcePath>* fresh) {
  const InstanceType& type = types_.Get(id);
  if (type.resources.empty()) return id;
  ResourceMap map;
  for (const ResourcePath& bound : type.resources) {
    const ResourceId opened = types_.NewResource(types_.ResourceName(bound.id));
    map.Set(bound.id, opened);
    ResourcePath path{opened, {name}};
    path.path.insert(path.path.end(), bound.path.begin(), bound.path.end());
    fresh->push_back(std::move(path));
  }
  TENON_RETURN_IF_ERROR(types_.Charge(2 * TypeTable::Cost(type.resources)));  // kept twice
  Substitution substitution(types_, types_, std::move(map));
  TENON_ASSIGN_OR_RETURN(std::vector<NamedItem> exports, substitution.ApplyItems(type.exports));
  return types_.Add(InstanceType{std::move(exports), {}});
}

Result<ExternType> Validator::ResolveExternType(Scope& scope, const syntax::ExternType& type,
                                                absl::string_view name,
                                                std::vector<ResourcePath>* fresh) {
  if (type.sort == Sort::kValue) return NotSupported("values");
  if (type.sort == Sort::kCoreModule) {
    TENON_ASSIGN_OR_RETURN(const CoreTypeDefId* found,
                           At(scope.core_types, type.index, "core type"));
    const auto* module = std::get_if<ModuleTypeId>(found);
    if (module == nullptr)
      return Invalid(absl::StrCat("core type index ", type.index, " is not a module type"));
    return ExternType(*module);
  }
  if (type.sort == Sort::kType && type.bound == syntax::ExternType::Bound::kSubResource) {
    const ResourceId id = types_.NewResource(name);
    fresh->push_back({id, {name}});
    return ExternType(TypeItem{id});
  }
  TENON_ASSIGN_OR_RETURN(const AnyType found, TypeAt(scope, type.index));
  if (type.sort == Sort::kType) return ExternType(TypeItem{found});
  if (const auto* func = std::get_if<FuncTypeId>(&found); func && type.sort == Sort::kFunc) {
    return ExternType(*func);
  }
  if (const auto* component = std::get_if<ComponentTypeId>(&found);
      component && type.sort == Sort::kComponent) {
    return ExternType(*component);
  }
  if (const auto* instance = std::get_if<InstanceTypeId>(&found);
      instance && type.sort == Sort::kInstance) {
    TENON_ASSIGN_OR_RETURN(const InstanceTypeId opened, OpenInstance(*instance, name, fresh));
    return ExternType(opened);
  }
  const char* const wanted = type.sort == Sort::kFunc       ? "a function"
                             : type.sort == Sort::kInstance ? "an instance"
                                                            : "a component";
  return Invalid(absl::StrCat("type index ", type.index, " is not ", wanted, " type: found ",
                              ToString(types_, found)));
}

Result<uint32_t> Validator::Append(Scope& scope, const ExternType& type) {
  const auto append = [](auto& space, auto id) {
    space.push_back(id);
    return static_cast<uint32_t>(space.size() - 1);
  };
  const auto too_many = [&](uint32_t limit) {
    return Fail(ErrorKind::kLimit,
                absl::StrCat("too many ", SortName(SortOf(type)), "s: the limit is ", limit));
  };
  switch (SortOf(type)) {
    case Sort::kCoreModule:
      if (scope.core_modules.size() >= kMaxModules) return too_many(kMaxModules);
      return append(scope.core_modules, std::get<ModuleTypeId>(type));
    case Sort::kFunc:
      if (scope.funcs.size() >= kMaxFunctions) return too_many(kMaxFunctions);
      return append(scope.funcs, std::get<FuncTypeId>(type));
    case Sort::kComponent:
      if (scope.components.size() >= kMaxComponents) return too_many(kMaxComponents);
      return append(scope.components, std::get<ComponentTypeId>(type));
    case Sort::kInstance:
      if (scope.instances.size() >= kMaxInstances) return too_many(kMaxInstances);
      return append(scope.instances, std::get<InstanceTypeId>(type));
    default:
      if (scope.types.size() >= kMaxTypes) return too_many(kMaxTypes);
      return append(scope.types, std::get<TypeItem>(type).type);
  }
}

Result<ExternType> Validator::ItemType(Scope& scope, SortIndex item) {
  switch (item.sort) {
    case Sort::kFunc: {
      TENON_ASSIGN_OR_RETURN(const FuncTypeId* type, At(scope.funcs, item.index, "function"));
      return ExternType(*type);
    }
    case Sort::kType: {
      TENON_ASSIGN_OR_RETURN(const AnyType* type, At(scope.types, item.index, "type"));
      return ExternType(TypeItem{*type});
    }
    case Sort::kComponent: {
      TENON_ASSIGN_OR_RETURN(const ComponentTypeId* type,
                             At(scope.components, item.index, "component"));
      return ExternType(*type);
    }
    case Sort::kInstance: {
      TENON_ASSIGN_OR_RETURN(const InstanceTypeId* type,
                             At(scope.instances, item.index, "instance"));
      return ExternType(*type);
    }
    case Sort::kCoreModule: {
      TENON_ASSIGN_OR_RETURN(const ModuleTypeId* type,
                             At(scope.core_modules, item.index, "module"));
      return ExternType(*type);
    }
    case Sort::kValue: return NotSupported("values");
    default:
      return Invalid(absl::StrCat("a ", SortName(item.sort), " cannot be exported or passed"));
  }
}

namespace {

Status NoExternName(absl::string_view name) {
  return Invalid(absl::StrCat("`", name, "` is not a valid extern name: ", WhyNoExternName(name)));
}

Status CheckAttributes(const syntax::Name& name, const ExternName& parsed, const ExternType& type) {
  const syntax::NameAttributes& attributes = *name.attributes;
  if (attributes.implements) {
    const absl::string_view implemented = *attributes.implements;
    const std::optional<ExternName> interface = ParseExternName(implemented);
    if (!interface) {
      return Invalid(absl::StrCat("`implements` of `", implemented,
                                  "`, which is not a valid name: ", WhyNoExternName(implemented)));
    }
    if (interface->kind != ExternName::Kind::kInterface) {
      return Invalid(absl::StrCat("`implements` must be an interface, not `", implemented, "`"));
    }
    if (SortOf(type) != Sort::kInstance) {
      return Invalid(absl::StrCat("only instances can have an `implements`, `", name.name,
                                  "` is a ", SortName(SortOf(type))));
    }
    if (parsed.kind != ExternName::Kind::kPlain) {
      return Invalid(absl::StrCat("name `", name.name,
                                  "` is not valid with `implements`: it must be a plain name"));
    }
  }
  if (attributes.version_suffix) {
    const std::string full = absl::StrCat(parsed.version, *attributes.version_suffix);
    if (!IsCanonicalVersion(parsed.version) || !ParseSemver(full)) {
      return Invalid(absl::StrCat("`", full, "` is not a valid version with its suffix"));
    }
  }
  return {};
}

// The name that a scope gave a resource, or nothing.
absl::string_view NameIn(const NameMap<ResourceId>& labels, ResourceId resource) {
  for (const auto& [name, id] : labels) {
    if (id == resource) return name;
  }
  return "";
}

}  // namespace

// Functions named after a resource have the shape that the name promises.
Status Validator::CheckMember(const NameMap<ResourceId>& labels, const ExternName& name,
                              absl::string_view text, const ExternType& type) {
  const auto* func_id = std::get_if<FuncTypeId>(&type);
  if (func_id == nullptr) return Invalid(absl::StrCat("item `", text, "` is not a func"));
  const ResourceId* resource = labels.Find(name.resource);
  if (name.kind == ExternName::Kind::kStatic) {
    if (resource != nullptr) return {};
    return Invalid(
        absl::StrCat("static resource name is not known in this context: `", name.resource, "`"));
  }
  ValType handle;
  if (name.kind == ExternName::Kind::kMethod) {
    TENON_ASSIGN_OR_RETURN(handle, SelfOf(types_.Get(*func_id)));
  } else {
    TENON_ASSIGN_OR_RETURN(handle, ConstructedBy(types_.Get(*func_id)));
  }
  const ResourceId found = types_.Get(handle).resource;
  if (resource != nullptr && found == *resource) return {};
  const absl::string_view known = NameIn(labels, found);
  if (known.empty()) {
    return Invalid(absl::StrCat("resource used in function does not have a name in this context: ",
                                ToString(types_, handle)));
  }
  return Invalid(absl::StrCat("function does not match expected resource name `", known,
                              "`: its own name is `", text, "`"));
}

// The `self` that a method must have.
Result<ValType> Validator::SelfOf(const FuncType& func) const {
  if (func.params.empty()) return Invalid("function should have at least one argument");
  const auto& [name, type] = func.params[0];
  if (name != "self") {
    return Invalid(
        absl::StrCat("function should have a first argument called `self`, found `", name, "`"));
  }
  if (type.kind() == TypeKind::kBorrow) return ValType(type);
  return Invalid(absl::StrCat("function should take a first argument of `(borrow $T)`, found ",
                              ToString(types_, type)));
}

// The handle that a constructor must return, perhaps in a result.
Result<ValType> Validator::ConstructedBy(const FuncType& func) const {
  if (!func.result.has_value()) return Invalid("function should return one value");
  const bool is_fallible = func.result.kind() == TypeKind::kResult;
  const ValType made = is_fallible ? types_.Get(func.result).types[0] : func.result;
  if (made.has_value() && made.kind() == TypeKind::kOwn) return made;
  return Invalid(absl::StrCat("function should return `(own $T)` or `(result (own $T))`, found ",
                              ToString(types_, func.result)));
}

// Which of the items has a name that is not strongly different.
absl::string_view Validator::PreviousName(const std::vector<NamedItem>& items,
                                          absl::string_view unique_form) {
  for (const NamedItem& item : items) {
    const std::optional<ExternName> parsed = ParseExternName(item.name);
    if (parsed && absl::EqualsIgnoreCase(UniqueForm(*parsed, item.name), unique_form)) {
      return item.name;
    }
  }
  return "";
}

Status Validator::CheckNameFeatures(const syntax::Name& name, const ExternName& parsed) const {
  const syntax::NameAttributes* const attributes = name.attributes;
  const bool annotates =
      attributes != nullptr && (attributes->implements || attributes->external_id);
  if (annotates) TENON_RETURN_IF_ERROR(Needs(vm::Feature::kImplements, "an annotated name"));
  if (features_.Has(vm::Feature::kCanonicalNames)) return {};
  const bool is_canonical = !parsed.version.empty() && !ParseSemver(parsed.version);
  if (!is_canonical && (attributes == nullptr || !attributes->version_suffix)) return {};
  return Needs(vm::Feature::kCanonicalNames, "a canonical version");
}

Status Validator::CheckName(Scope& scope, const syntax::Name& name, const ExternType& type,
                            bool is_import) {
  const std::optional<ExternName> parsed = ParseExternName(name.name);
  if (!parsed) return NoExternName(name.name);
  TENON_RETURN_IF_ERROR(CheckNameFeatures(name, *parsed));
  if (name.attributes != nullptr) TENON_RETURN_IF_ERROR(CheckAttributes(name, *parsed, type));
  if (parsed->names_resource_func()) {
    TENON_RETURN_IF_ERROR(CheckMember(is_import ? scope.import_labels : scope.export_labels,
                                      *parsed, name.name, type));
  }
  auto& names = is_import ? scope.import_names : scope.export_names;
  const absl::string_view unique_form = UniqueForm(*parsed, name.name);
  if (names.Insert(unique_form)) return {};
  return Invalid(absl::StrCat(
      is_import ? "import" : "export", " name `", name.name, "` conflicts with previous name `",
      PreviousName(is_import ? scope.imports : scope.exports, unique_form), "`"));
}

void Validator::NameResource(absl::string_view name, const ExternType& type,
                             NameMap<ResourceId>* labels) {
  const auto* item = std::get_if<TypeItem>(&type);
  const auto* resource = item == nullptr ? nullptr : std::get_if<ResourceId>(&item->type);
  if (resource != nullptr) labels->Insert(name, *resource);  // new, as the name itself is
}

Status Validator::Import(Scope& scope, const syntax::Name& name, const syntax::ExternType& type) {
  std::vector<ResourcePath> fresh;
  TENON_ASSIGN_OR_RETURN(const ExternType resolved,
                         ResolveExternType(scope, type, name.name, &fresh));
  TENON_RETURN_IF_ERROR(CheckName(scope, name, resolved, /*is_import=*/true));
  for (const ResourcePath& path : fresh) scope.visible_imports.resources.Insert(path.id);
  TENON_RETURN_IF_ERROR(CheckVisible(scope, resolved, /*is_import=*/true));
  TENON_RETURN_IF_ERROR(CheckNotPrivate(scope, type, /*is_import=*/true));
  MakeVisible(resolved, &scope.visible_imports);
  NameResource(name.name, resolved, &scope.import_labels);
  scope.imports.push_back({name.name, resolved});
  scope.imported_resources.insert(scope.imported_resources.end(), fresh.begin(), fresh.end());
  for (ResourcePath& path : fresh) path.path.erase(path.path.begin());
  TENON_ASSIGN_OR_RETURN(const uint32_t index, Append(scope, resolved));
  AddStep(scope, index, ImportStep{&name, resolved, std::move(fresh)});
  return {};
}

Status Validator::ExportDecl(Scope& scope, const syntax::Name& name,
                             const syntax::ExternType& type) {
  TENON_ASSIGN_OR_RETURN(const ExternType resolved,
                         ResolveExternType(scope, type, name.name, &scope.exported_resources));
  TENON_RETURN_IF_ERROR(CheckName(scope, name, resolved, /*is_import=*/false));
  // Inside instance types the item is checked where the type is used.
  if (scope.kind == Scope::Kind::kInstanceType) {
    if (!scope.private_export && MentionsPrivate(scope, type)) {
      scope.private_export = NamedItem{name.name, resolved};
    }
  } else {
    if (type.bound == syntax::ExternType::Bound::kSubResource) {
      MakeVisible(resolved, &scope.visible_exports);
    }
    TENON_RETURN_IF_ERROR(CheckVisible(scope, resolved, /*is_import=*/false));
    TENON_RETURN_IF_ERROR(CheckNotPrivate(scope, type, /*is_import=*/false));
    MakeVisible(resolved, &scope.visible_exports);
  }
  NameResource(name.name, resolved, &scope.export_labels);
  scope.exports.push_back({name.name, resolved});
  TENON_RETURN_IF_ERROR(Append(scope, resolved));
  return {};
}

Status Validator::Export(Scope& scope, const syntax::Export& item) {
  TENON_ASSIGN_OR_RETURN(ExternType type, ItemType(scope, item.item));
  const bool is_abstract = item.type != nullptr && item.type->sort == Sort::kType &&
                           item.type->bound == syntax::ExternType::Bound::kSubResource;
  if (is_abstract) {
    const auto* found = std::get_if<TypeItem>(&type);
    if (found == nullptr || !std::holds_alternative<ResourceId>(found->type)) {
      return Invalid(absl::StrCat("expected a resource, found ", ToString(types_, type)));
    }
    // From here on a type of its own; the planner lets it stand for the same one at run time.
    type = TypeItem{types_.NewResource(item.name.name)};
  } else if (item.type != nullptr) {
    std::vector<ResourcePath> fresh;  // abstract in the ascription, known here
    TENON_ASSIGN_OR_RETURN(ExternType wanted,
                           ResolveExternType(scope, *item.type, item.name.name, &fresh));
    ResourceMap map;
    matcher_.BindResources(fresh, {{item.name.name, type}}, &map);
    Substitution substitution(types_, types_, std::move(map));
    TENON_ASSIGN_OR_RETURN(wanted, substitution.ApplyExtern(wanted));
    if (Status status = matcher_.Match(type, wanted); !status) {
      return std::unexpected(Inside("ascribed type of export is not compatible", "ascribed type",
                                    std::move(status).error()));
    }
    type = wanted;
  }
  TENON_RETURN_IF_ERROR(CheckName(scope, item.name, type, /*is_import=*/false));
  TENON_RETURN_IF_ERROR(CheckVisible(scope, type, /*is_import=*/false));
  TENON_RETURN_IF_ERROR(item.type != nullptr
                            ? CheckNotPrivate(scope, *item.type, /*is_import=*/false)
                            : CheckNotPrivate(scope, item.item));
  MakeVisible(type, &scope.visible_exports);
  if (const auto* exported = std::get_if<TypeItem>(&type)) {
    if (const auto* id = std::get_if<ResourceId>(&exported->type))
      types_.SetResourceName(*id, item.name.name);
  }
  NameResource(item.name.name, type, &scope.export_labels);
  scope.exports.push_back({item.name.name, type});
  TENON_ASSIGN_OR_RETURN(const uint32_t index, Append(scope, type));
  AddStep(scope, index, ExportStep{item.name.name, item.item, type});
  return {};
}

}  // namespace tenon::abi
