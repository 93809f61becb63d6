#include "abi/valid/validate.h"

#include <algorithm>
#include <utility>

#include "abi/binary/names.h"
#include "abi/valid/planner.h"
#include "abi/valid/validator.h"
#include "absl/strings/str_cat.h"
#include "vm/binary/decoder.h"
#include "vm/valid/validate.h"

namespace tenon::abi {

std::unexpected<Error> Invalid(absl::string_view message) {
  return Fail(ErrorKind::kInvalid, message);
}
std::unexpected<Error> NotSupported(absl::string_view feature) {
  return Fail(ErrorKind::kLimit, absl::StrCat("not supported by this version: ", feature));
}
std::unexpected<Error> UnknownIndex(const char* what, uint32_t index) {
  return Invalid(absl::StrCat("unknown ", what, " ", index, ": ", what, " index out of bounds"));
}

namespace {

// What the next definition of a scope is called, if it is what it was meant to be.
SortIndex NextOf(const Scope& scope, const syntax::Definition& definition) {
  const auto next = [](Sort sort, const auto& space) {
    return SortIndex{sort, static_cast<uint32_t>(space.size())};
  };
  const auto& def = definition.def;
  if (std::holds_alternative<syntax::CoreModule>(def)) {
    return next(Sort::kCoreModule, scope.core_modules);
  }
  if (std::holds_alternative<syntax::CoreInstance>(def)) {
    return next(Sort::kCoreInstance, scope.core_instances);
  }
  if (std::holds_alternative<syntax::CoreTypeDef>(def)) {
    return next(Sort::kCoreType, scope.core_types);
  }
  if (std::holds_alternative<const syntax::Component*>(def)) {
    return next(Sort::kComponent, scope.components);
  }
  if (std::holds_alternative<syntax::Instance>(def)) return next(Sort::kInstance, scope.instances);
  if (std::holds_alternative<syntax::TypeDef>(def)) return next(Sort::kType, scope.types);
  const auto* canon = std::get_if<syntax::Canon>(&def);
  const bool is_lift = canon != nullptr && std::holds_alternative<syntax::CanonLift>(*canon);
  return is_lift ? next(Sort::kFunc, scope.funcs) : next(Sort::kCoreFunc, scope.core_funcs);
}

// A definition as a step of a path: `import "f"`, `component "inner"`, `type 3`.
std::string StepOf(const syntax::RootComponent& root, const Scope& scope,
                   const syntax::Definition& definition) {
  if (const auto* import = std::get_if<syntax::Import>(&definition.def)) {
    return absl::StrCat("import \"", import->name.name, "\"");
  }
  if (const auto* item = std::get_if<syntax::Export>(&definition.def)) {
    return absl::StrCat("export \"", item->name.name, "\"");
  }
  if (std::holds_alternative<syntax::Alias>(definition.def)) return "alias";
  const SortIndex item = NextOf(scope, definition);
  const std::string name = NameOf(root, *scope.body.syntax, item);
  return name.empty() ? absl::StrCat(SortName(item.sort), " ", item.index)
                      : absl::StrCat(SortName(item.sort), " \"", name, "\"");
}

// The error within the definition, and with its offset, unless it has one from further inside.
Error Locate(Error error, const syntax::RootComponent& root, const Scope& scope,
             const syntax::Definition& definition) {
  if (!error.where()) error = std::move(error).At(SourceLocation{definition.offset, 0, 0});
  return std::move(error).Within(StepOf(root, scope, definition));
}

// Resource types that an exported instance makes known, by path.
void CollectResources(const TypeTable& types, const std::vector<NamedItem>& items, NamePath* path,
                      SmallSet<ResourceId>* seen, std::vector<ResourcePath>* out) {
  for (const NamedItem& item : items) {
    path->push_back(item.name);
    if (const auto* type = std::get_if<TypeItem>(&item.type)) {
      const auto* resource = std::get_if<ResourceId>(&type->type);
      if (resource != nullptr && seen->Insert(*resource)) out->push_back({*resource, *path});
    } else if (const auto* instance = std::get_if<InstanceTypeId>(&item.type)) {
      CollectResources(types, types.Get(*instance).exports, path, seen, out);
    }
    path->pop_back();
  }
}

}  // namespace

Status Validator::Needs(vm::Feature feature, absl::string_view what) const {
  if (features_.Has(feature)) return {};
  return Invalid(absl::StrCat(what, " is not valid: ", vm::FeatureName(feature), " is off"));
}

Status Validator::DefineModule(Scope& scope, const syntax::CoreModule& module) {
  if (modules_.size() >= kMaxModules) {
    return Fail(ErrorKind::kLimit,
                absl::StrCat("too many core modules: the limit is ", kMaxModules));
  }
  TENON_ASSIGN_OR_RETURN(auto resolved,
                         load_(syntax::Bytes(root_, module.bytes), module.bytes.offset));
  TENON_ASSIGN_OR_RETURN(const ModuleTypeId type, TypeOfModule(*resolved));
  modules_.push_back(std::move(resolved));
  TENON_ASSIGN_OR_RETURN(const uint32_t index, Append(scope, ExternType(type)));
  AddStep(scope, index, ModuleStep{ModuleId(static_cast<uint32_t>(modules_.size() - 1))});
  return {};
}

Status Validator::Define(Scope& scope, const syntax::Definition& definition) {
  const auto& def = definition.def;
  if (const auto* module = std::get_if<syntax::CoreModule>(&def))
    return DefineModule(scope, *module);
  if (const auto* core = std::get_if<syntax::CoreInstance>(&def)) return CoreInstance(scope, *core);
  if (const auto* core_type = std::get_if<syntax::CoreTypeDef>(&def)) {
    return DefineCoreType(scope, *core_type);
  }
  if (const auto* nested = std::get_if<const syntax::Component*>(&def)) {
    TENON_ASSIGN_OR_RETURN(const Validated validated, ValidateComponent(**nested, &scope));
    TENON_ASSIGN_OR_RETURN(const uint32_t index, Append(scope, ExternType(validated.type)));
    AddStep(scope, index, ComponentStep{validated.body});
    return {};
  }
  if (const auto* instance = std::get_if<syntax::Instance>(&def)) return Instance(scope, *instance);
  if (const auto* alias = std::get_if<syntax::Alias>(&def)) return Alias(scope, *alias);
  if (const auto* type = std::get_if<syntax::TypeDef>(&def)) {
    TENON_ASSIGN_OR_RETURN(const AnyType defined, DefineType(scope, *type));
    TENON_ASSIGN_OR_RETURN(const uint32_t index, Append(scope, TypeItem{defined}));
    MarkPrivate(scope, *type, index);
    // A resource type's own step is there already.
    if (!std::holds_alternative<syntax::ResourceType>(*type))
      AddStep(scope, index, TypeStep{defined});
    return {};
  }
  if (const auto* canon = std::get_if<syntax::Canon>(&def)) return Canon(scope, *canon);
  if (const auto* import = std::get_if<syntax::Import>(&def))
    return Import(scope, import->name, import->type);
  if (const auto* item = std::get_if<syntax::Export>(&def)) return Export(scope, *item);
  if (std::holds_alternative<syntax::Start>(def))
    return NotSupported("values (component start functions)");
  if (std::holds_alternative<syntax::Value>(def)) return NotSupported("values");
  return {};  // custom sections
}

Result<ComponentTypeId> Validator::Finish(Scope& scope) {
  ComponentType type;
  if (scope.kind == Scope::Kind::kComponent) {
    SmallSet<ResourceId> seen;
    for (const ResourcePath& imported : scope.imported_resources) seen.Insert(imported.id);
    NamePath path;
    CollectResources(types_, scope.exports, &path, &seen, &type.defined_resources);
  } else {
    type.defined_resources = std::move(scope.exported_resources);
  }
  type.imports = std::move(scope.imports);
  type.exports = std::move(scope.exports);
  type.imported_resources = std::move(scope.imported_resources);
  return types_.Add(std::move(type));
}

Result<Validator::Validated> Validator::ValidateComponent(const syntax::Component& component,
                                                          Scope* parent) {
  Scope scope(Scope::Kind::kComponent, parent);
  scope.body.syntax = &component;
  scope.body.steps.reserve(component.definitions.size());  // most make one
  for (const syntax::Definition& definition : component.definitions) {
    if (Status status = Define(scope, definition); !status) {
      return std::unexpected(Locate(std::move(status).error(), root_, scope, definition));
    }
  }
  Validated result;
  TENON_ASSIGN_OR_RETURN(result.type, Finish(scope));
  result.body = static_cast<uint32_t>(bodies_.size());
  bodies_.push_back(std::move(scope.body));
  return result;
}

namespace {

// `function 3 (f)` or `import section, item 2`: what stands before the message.
std::string PlaceInModule(const Error& error) {
  const std::string line = error.Headline();
  const size_t end = line.find(absl::StrCat(": ", error.message()));
  return end == std::string::npos ? "" : line.substr(0, end);
}

// With the offset in the component, not in the module.
Error InComponent(const Error& error, uint64_t offset) {
  const uint64_t where = offset + (error.where() ? error.where()->offset : 0);
  Error moved(error.kind(), error.message(), SourceLocation{where, 0, 0});
  std::string place = PlaceInModule(error);
  return place.empty() ? std::move(moved) : std::move(moved).Within(std::move(place));
}

}  // namespace

CoreModuleLoader CoreLoader(vm::TypeStore* types, vm::Features features, vm::BodyValidation mode) {
  return [=](vm::SharedBytes bytes,
             uint64_t offset) -> Result<std::shared_ptr<const vm::ResolvedModule>> {
    Result<vm::Module> module = vm::DecodeModule(std::move(bytes), features);
    Result<std::shared_ptr<vm::ResolvedModule>> resolved =
        module ? vm::ValidateModule(std::make_unique<vm::Module>(std::move(*module)), types,
                                    features, mode)
               : std::unexpected(std::move(module).error());
    if (resolved) return std::shared_ptr<const vm::ResolvedModule>(std::move(*resolved));
    return std::unexpected(InComponent(resolved.error(), offset));
  };
}

Result<std::unique_ptr<const ResolvedComponent>> ValidateComponent(
    std::unique_ptr<const syntax::RootComponent> component, vm::TypeStore* types,
    const CoreModuleLoader& load_module, vm::Features features) {
  auto component_types = std::make_unique<TypeTable>(
      std::min(kMaxTypeItems, kTypeItemsBase + component->bytes->size() / kBytesPerTypeItem));
  Validator validator(*component, *component_types, types, load_module, features);
  TENON_ASSIGN_OR_RETURN(const Validator::Validated root,
                         validator.ValidateComponent(*component, nullptr));
  auto result = std::make_unique<ResolvedComponent>();
  const PlanInput input{
      *component_types, validator.bodies(), validator.modules(),
      std::min(kMaxPlanSteps, kPlanStepsBase + component->bytes->size() / kBytesPerPlanStep)};
  TENON_ASSIGN_OR_RETURN(result->plan, MakePlan(input, root.body, root.type));
  result->types = std::move(component_types);
  result->modules = std::move(validator.modules());
  result->syntax = std::move(component);
  return result;
}

}  // namespace tenon::abi
