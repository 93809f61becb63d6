// abi: "Instance Definitions".
#include "abi/syntax/names.h"
#include "abi/valid/mismatch.h"
#include "abi/valid/validator.h"
#include "absl/strings/str_cat.h"
#include "vm/valid/matching.h"

namespace tenon::abi {

Status Validator::CoreInstance(Scope& scope, const syntax::CoreInstance& instance) {
  if (scope.core_instances.size() >= kMaxInstances) {
    return Fail(ErrorKind::kLimit,
                absl::StrCat("too many core instances: the limit is ", kMaxInstances));
  }
  if (const auto* instantiate = std::get_if<syntax::CoreInstantiate>(&instance)) {
    return CoreInstantiate(scope, *instantiate);
  }
  return CoreBag(scope, std::get<absl::Span<const syntax::CoreInlineExport>>(instance));
}

// What is wrong with the argument for an import.
Error Validator::Mismatch(const ModuleType::ImportItem& import, bool has_argument,
                          const vm::ResolvedImportType* found) const {
  Diagnosis diagnosis;
  diagnosis.code = has_argument ? "missing-export" : "missing-import";
  std::string message;
  if (found != nullptr) {
    diagnosis = DiagnoseCore(core_types_, *found, import.type);
    message = absl::StrCat("type mismatch for export `", import.name,
                           "` of module instantiation argument `", import.module,
                           "`: ", CoreDifference(core_types_, *found, import.type));
  } else if (has_argument) {
    message = absl::StrCat("module instantiation argument `", import.module,
                           "` does not export an item named `", import.name, "`");
  } else {
    message = absl::StrCat("missing module instantiation argument named `", import.module, "`");
  }
  return Error(ErrorKind::kInvalid, message)
      .WithDiagnosis(std::move(diagnosis))
      .Within(CoreImportStep(import.module, import.name));
}

Status Validator::CoreInstantiate(Scope& scope, const syntax::CoreInstantiate& instantiate) {
  TENON_ASSIGN_OR_RETURN(const ModuleTypeId* id,
                         At(scope.core_modules, instantiate.module.value(), "module"));
  NameMap<const CoreExports*> args;
  args.Reserve(instantiate.args.size());
  for (const syntax::CoreInstantiateArg& arg : instantiate.args) {
    TENON_ASSIGN_OR_RETURN(const CoreInstanceType* instance,
                           At(scope.core_instances, arg.instance.value(), "core instance"));
    if (!args.Insert(arg.name, instance->get())) {
      return Invalid(
          absl::StrCat("duplicate module instantiation argument named `", arg.name, "`"));
    }
  }
  const ModuleType& module = types_.Get(*id);
  for (const ModuleType::ImportItem& import : module.imports) {
    const CoreExports* const* arg = args.Find(import.module);
    const vm::ResolvedImportType* found = arg == nullptr ? nullptr : (*arg)->Find(import.name);
    if (found == nullptr || !vm::MatchesExtern(core_types_, *found, import.type)) {
      return std::unexpected(Mismatch(import, arg != nullptr, found));
    }
  }
  CoreInstanceType& exports = core_exports_[*id];
  if (exports == nullptr) {
    auto fresh = std::make_shared<CoreExports>();
    fresh->Reserve(module.exports.size());
    for (const ModuleType::ExportItem& item : module.exports) fresh->Add(item.name, item.type);
    exports = std::move(fresh);
  }
  scope.core_instances.push_back(exports);
  AddStep(scope, scope.core_instances.size() - 1,
          CoreInstantiateStep{instantiate.module, instantiate.args});
  return {};
}

Result<vm::ResolvedImportType> Validator::CoreItemType(const Scope& scope, SortIndex item) {
  vm::ResolvedImportType type;
  switch (item.sort) {
    case Sort::kCoreFunc: {
      TENON_ASSIGN_OR_RETURN(const auto* found, At(scope.core_funcs, item.index, "core function"));
      type.emplace<0>(*found);
      return type;
    }
    case Sort::kCoreTable: {
      TENON_ASSIGN_OR_RETURN(const auto* found, At(scope.core_tables, item.index, "table"));
      type = *found;
      return type;
    }
    case Sort::kCoreMemory: {
      TENON_ASSIGN_OR_RETURN(const auto* found, At(scope.core_memories, item.index, "memory"));
      type = *found;
      return type;
    }
    case Sort::kCoreGlobal: {
      TENON_ASSIGN_OR_RETURN(const auto* found, At(scope.core_globals, item.index, "global"));
      type = *found;
      return type;
    }
    case Sort::kCoreTag: {
      TENON_ASSIGN_OR_RETURN(const auto* found, At(scope.core_tags, item.index, "tag"));
      type.emplace<4>(*found);
      return type;
    }
    default:
      return Invalid(
          absl::StrCat("a ", SortName(item.sort), " cannot be an export of a core instance"));
  }
}

Status Validator::CoreBag(Scope& scope, absl::Span<const syntax::CoreInlineExport> items) {
  auto exports = std::make_shared<CoreExports>();
  exports->Reserve(items.size());
  for (const syntax::CoreInlineExport& item : items) {
    TENON_ASSIGN_OR_RETURN(const vm::ResolvedImportType type, CoreItemType(scope, item.item));
    if (!exports->Insert(item.name, type)) {
      return Invalid(
          absl::StrCat("duplicate instantiation export name `", item.name, "` already defined"));
    }
  }
  scope.core_instances.push_back(std::move(exports));
  AddStep(scope, scope.core_instances.size() - 1, CoreBagStep{items});
  return {};
}

Status Validator::Instance(Scope& scope, const syntax::Instance& instance) {
  if (const auto* instantiate = std::get_if<syntax::Instantiate>(&instance)) {
    return Instantiate(scope, *instantiate);
  }
  return Bag(scope, std::get<absl::Span<const syntax::InlineExport>>(instance));
}

Status Validator::Instantiate(Scope& scope, const syntax::Instantiate& instantiate) {
  TENON_ASSIGN_OR_RETURN(const ComponentTypeId* id,
                         At(scope.components, instantiate.component.value(), "component"));
  const ComponentType& component = types_.Get(*id);
  std::vector<NamedItem> args;
  SmallSet<absl::string_view> names;
  args.reserve(instantiate.args.size());
  for (const syntax::InstantiateArg& arg : instantiate.args) {
    TENON_ASSIGN_OR_RETURN(ExternType type, ItemType(scope, arg.item));
    if (!names.Insert(arg.name)) {
      return Invalid(absl::StrCat("instantiation argument `", arg.name,
                                  "` conflicts with previous argument `", arg.name, "`"));
    }
    args.push_back({arg.name, type});
  }
  TENON_ASSIGN_OR_RETURN(ResourceMap map, matcher_.MatchArguments(component, args));
  InstantiateStep step{instantiate.component, instantiate.args, {}};
  for (const ResourcePath& defined : component.defined_resources) {
    const ResourceId fresh = types_.NewResource(types_.ResourceName(defined.id));
    map.Set(defined.id, fresh);
    step.fresh.push_back({fresh, defined.path});
  }
  Substitution substitution(types_, types_, std::move(map));
  TENON_ASSIGN_OR_RETURN(std::vector<NamedItem> exports,
                         substitution.ApplyItems(component.exports));
  TENON_ASSIGN_OR_RETURN(const InstanceTypeId type,
                         types_.Add(InstanceType{std::move(exports), {}}));
  TENON_ASSIGN_OR_RETURN(const uint32_t index, Append(scope, ExternType(type)));
  AddStep(scope, index, std::move(step));
  return {};
}

Status Validator::Bag(Scope& scope, absl::Span<const syntax::InlineExport> items) {
  // For the rules on names alone. Its resource types have no name in it that functions could be of.
  Scope bag(Scope::Kind::kInstanceType, &scope);
  for (const syntax::InlineExport& item : items) {
    TENON_ASSIGN_OR_RETURN(ExternType item_type, ItemType(scope, item.item));
    TENON_RETURN_IF_ERROR(CheckName(bag, item.name, item_type, /*is_import=*/false));
    bag.exports.push_back({item.name.name, item_type});
  }
  TENON_ASSIGN_OR_RETURN(const InstanceTypeId id,
                         types_.Add(InstanceType{std::move(bag.exports), {}}));
  TENON_ASSIGN_OR_RETURN(const uint32_t index, Append(scope, ExternType(id)));
  AddStep(scope, index, BagStep{items});
  return {};
}

}  // namespace tenon::abi
