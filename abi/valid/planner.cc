#include "abi/valid/planner.h"

#include <utility>

#include "abi/syntax/limits.h"
#include "abi/syntax/name_map.h"
#include "abi/types/substitute.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

struct Frame;

// What stands in a frame's index spaces.
struct FuncValue {
  bool is_import = false;
  uint32_t index = 0;  // LiftId, or into Planner::host_funcs_
};
struct ComponentValue {
  uint32_t body = 0;
  Frame* parent = nullptr;  // where its outer aliases lead
};
struct TypeValue {
  std::optional<ResourceId> resource;  // of the plan, when the type is a resource type
};
struct InstanceValue;
using InstanceRef = std::shared_ptr<const InstanceValue>;
using Item = std::variant<ModuleId, FuncValue, TypeValue, ComponentValue, InstanceRef>;
struct InstanceValue {
  NameMap<Item> exports;
};

// A core instance, or items put together by hand.
struct CoreInstanceValue {
  std::optional<CoreInstanceId> instance;
  std::shared_ptr<const NameMap<CoreItem>> bag;
};

// One instantiation of a body.
struct Frame {
  explicit Frame(TypeTable& types) : types_map(types, types, {}) {}

  bool is_root() const { return parent == nullptr; }

  Frame* parent = nullptr;
  ComponentInstanceId instance;
  const InstanceValue* args = nullptr;  // nothing in the root
  // From resources as validated to those of this instantiation. The root has but one: there a
  // resource stands for itself, so that types need not be copied.
  Substitution types_map;

  std::vector<FuncValue> funcs;
  std::vector<AnyType> types;  // as validated: types_map not applied
  std::vector<ComponentValue> components;
  std::vector<InstanceRef> instances;
  std::vector<ModuleId> core_modules;
  std::vector<CoreInstanceValue> core_instances;
  std::vector<CoreItem> core_funcs, core_tables, core_memories, core_globals, core_tags;
  InstanceValue exports;
};

// A function of an imported instance, listed in the plan once something uses it.
struct HostFunc {
  uint32_t import = 0;
  ImportPath path;
  FuncTypeId type;
  std::optional<ImportedFuncId> id;
};

class Planner {
 public:
  explicit Planner(const PlanInput& input) : input_(input), types_(input.types) {}

  Result<Plan> Run(uint32_t root_body, ComponentTypeId root_type) {
    plan_.resources.resize(types_.resource_count());
    TENON_ASSIGN_OR_RETURN(Frame * root, NewFrame(root_body, nullptr, nullptr, nullptr));
    if (Status status = RunBody(*root, root_body, 0); !status) {
      if (!needs_host_definition_) return std::unexpected(std::move(status).error());
      return Outside(types_, root_type, status.error().message());
    }
    plan_.resources.resize(types_.resource_count());
    return std::move(plan_);
  }

 private:
  // Stands for the body of a component, or the module, that an import of the root's is.
  static constexpr uint32_t kFromHost = ~uint32_t{0};

  // What is imported and exported, and no way in.
  static Plan Outside(const TypeTable& types, ComponentTypeId id, absl::string_view unlinkable) {
    const ComponentType& type = types.Get(id);
    Plan plan;
    plan.unlinkable = std::string(unlinkable);
    plan.resources.resize(types.resource_count());
    absl::flat_hash_map<absl::string_view, uint32_t> imports;
    for (const NamedItem& item : type.imports) {
      imports.emplace(item.name, static_cast<uint32_t>(plan.imports.size()));
      plan.imports.push_back({item.name, {}, item.type});
    }
    for (const ResourcePath& bound : type.imported_resources) {
      PlanResource& resource = plan.resources[bound.id.value()];
      resource.name = bound.path.back();
      resource.import = imports.at(bound.path.front());
      resource.import_path.assign(bound.path.begin() + 1, bound.path.end());
    }
    for (const NamedItem& item : type.exports) {
      plan.exports.push_back({item.name, item.type, PlanComponentExport{}});
    }
    return plan;
  }

  Status NeedsFromHost(absl::string_view what) {
    needs_host_definition_ = true;
    return Fail(ErrorKind::kUnlinkable,
                absl::StrCat("the component imports a ", what, ", which no host can give it"));
  }

  // For the root nobody is the creator.
  Result<Frame*> NewFrame(uint32_t body, Frame* lexical_parent, const Frame* creator,
                          const InstanceValue* args) {
    if (plan_.component_instances.size() >= kMaxPlanInstances) {
      return Fail(ErrorKind::kLimit,
                  absl::StrCat("more than ", kMaxPlanInstances, " component instances"));
    }
    PlanComponentInstance instance;
    instance.definition = input_.bodies[body].syntax->range.offset;
    if (creator != nullptr) {
      instance.parent = creator->instance;
      instance.index = InstanceIdx(static_cast<uint32_t>(creator->instances.size()));
    }
    frames_.push_back(std::make_unique<Frame>(types_));
    Frame* frame = frames_.back().get();
    frame->parent = lexical_parent;
    frame->args = args;
    frame->instance = ComponentInstanceId(static_cast<uint32_t>(plan_.component_instances.size()));
    plan_.component_instances.push_back(instance);
    return frame;
  }

  Status Charge(size_t amount) {
    steps_ += amount;
    if (steps_ <= input_.max_steps) return {};
    return Fail(ErrorKind::kLimit, absl::StrCat("instantiating the component takes more than ",
                                                input_.max_steps, " steps"));
  }

  Status RunBody(Frame& frame, uint32_t body, uint32_t depth) {
    if (depth > kMaxInstantiationDepth) {
      return Fail(ErrorKind::kLimit, "components are instantiated by components too deeply");
    }
    frame.types.reserve(input_.bodies[body].steps.size());
    if (frame.is_root() && depth == 0) ReserveFuncs(frame, body);
    for (const Step& step : input_.bodies[body].steps) {
      TENON_RETURN_IF_ERROR(Charge(1));
      TENON_RETURN_IF_ERROR(std::visit(
          [&](const auto& kind) -> Status {
            if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, InstantiateStep>) {
              return RunInstantiate(frame, step.result, kind, depth);
            } else {
              return RunStep(frame, step.result, kind);
            }
          },
          step.step));
    }
    return {};
  }

  // Room for the core functions of the root, most of a common plan.
  void ReserveFuncs(Frame& frame, uint32_t body) {
    size_t lowered = 0, aliases = 0;
    for (const Step& step : input_.bodies[body].steps) {
      lowered += std::holds_alternative<LowerStep>(step.step) ||
                 std::holds_alternative<ResourceFuncStep>(step.step);
      aliases += std::holds_alternative<AliasStep>(step.step);
    }
    plan_.trampolines.reserve(lowered);
    plan_.imported_funcs.reserve(lowered);
    plan_.ops.reserve(2 * lowered);
    frame.core_funcs.reserve(lowered + aliases);
  }

  // Puts a result where validation said it goes.
  template <typename T, typename Value>
  static void Set(std::vector<T>& space, uint32_t result, Value&& value) {
    TENON_CHECK(space.size() == result);
    space.push_back(std::forward<Value>(value));
  }

  Status RunStep(Frame& frame, uint32_t result, const ModuleStep& step) {
    Set(frame.core_modules, result, step.module);
    return {};
  }

  Status RunStep(Frame& frame, uint32_t result, const ComponentStep& step) {
    Set(frame.components, result, ComponentValue{step.body, &frame});
    return {};
  }

  Status RunStep(Frame& frame, uint32_t result, const TypeStep& step) {
    Set(frame.types, result, step.type);
    return {};
  }

  // --- Core instances ----------------------------------------------------------------------------

  CoreItem CoreExport(const CoreInstanceValue& value, absl::string_view name) const {
    if (!value.instance) return value.bag->At(name);
    const PlanCoreInstance& instance = plan_.core_instances[value.instance->value()];
    const vm::Export* item = input_.modules[instance.module.value()]->exports.at(name);
    CoreItem result;
    result.kind = item->kind;
    result.instance = *value.instance;
    result.index = item->index;
    return result;
  }

  Status RunStep(Frame& frame, uint32_t result, const CoreInstantiateStep& step) {
    if (plan_.core_instances.size() >= kMaxPlanInstances) {
      return Fail(ErrorKind::kLimit,
                  absl::StrCat("more than ", kMaxPlanInstances, " core instances"));
    }
    PlanCoreInstance instance;
    instance.module = frame.core_modules[step.module.value()];
    if (instance.module.value() == kFromHost) return NeedsFromHost("core module");
    instance.owner = frame.instance;
    instance.index = CoreInstanceIdx(result);
    NameMap<const CoreInstanceValue*> args;
    args.Reserve(step.args.size());
    for (const auto& arg : step.args)
      args.Add(arg.name, &frame.core_instances[arg.instance.value()]);
    const vm::ResolvedModule& module = *input_.modules[instance.module.value()];
    TENON_RETURN_IF_ERROR(Charge(module.imports.size()));
    instance.imports.reserve(module.imports.size());
    for (const vm::ResolvedImport& import : module.imports) {
      instance.imports.push_back(CoreExport(*args.At(import.syntax->module), import.syntax->name));
    }
    const uint32_t index = static_cast<uint32_t>(plan_.core_instances.size());
    plan_.core_instances.push_back(std::move(instance));
    plan_.ops.push_back({PlanOp::Kind::kInstantiateModule, index});
    Set(frame.core_instances, result, CoreInstanceValue{CoreInstanceId(index), nullptr});
    return {};
  }

  static const std::vector<CoreItem>& CoreSpace(const Frame& frame, Sort sort) {
    switch (sort) {
      case Sort::kCoreTable: return frame.core_tables;
      case Sort::kCoreMemory: return frame.core_memories;
      case Sort::kCoreGlobal: return frame.core_globals;
      case Sort::kCoreTag: return frame.core_tags;
      default: return frame.core_funcs;
    }
  }

  Status RunStep(Frame& frame, uint32_t result, const CoreBagStep& step) {
    TENON_RETURN_IF_ERROR(Charge(step.exports.size()));
    auto bag = std::make_shared<NameMap<CoreItem>>();
    bag->Reserve(step.exports.size());
    for (const auto& item : step.exports) {
      bag->Add(item.name, CoreSpace(frame, item.item.sort)[item.item.index]);
    }
    Set(frame.core_instances, result, CoreInstanceValue{std::nullopt, std::move(bag)});
    return {};
  }

  // --- Component instances -----------------------------------------------------------------------

  Item ItemAt(Frame& frame, SortIndex item) {
    switch (item.sort) {
      case Sort::kFunc: return frame.funcs[item.index];
      case Sort::kComponent: return frame.components[item.index];
      case Sort::kInstance: return frame.instances[item.index];
      case Sort::kCoreModule: return frame.core_modules[item.index];
      default: {
        const auto* resource = std::get_if<ResourceId>(&frame.types[item.index]);
        if (resource == nullptr) return TypeValue{};
        return TypeValue{frame.types_map.Apply(*resource)};
      }
    }
  }

  void SetItem(Frame& frame, uint32_t result, const Item& item, const ExternType& type) {
    if (const auto* func = std::get_if<FuncValue>(&item)) return Set(frame.funcs, result, *func);
    if (const auto* module = std::get_if<ModuleId>(&item))
      return Set(frame.core_modules, result, *module);
    if (const auto* component = std::get_if<ComponentValue>(&item)) {
      return Set(frame.components, result, *component);
    }
    if (const auto* instance = std::get_if<InstanceRef>(&item))
      return Set(frame.instances, result, *instance);
    Set(frame.types, result, std::get<TypeItem>(type).type);
  }

  // Binds resources that an import or an instantiation brought into scope to what is at their
  // paths.
  static void BindResources(Frame& frame, const std::vector<ResourcePath>& resources,
                            const Item& root) {
    for (const ResourcePath& resource : resources) {
      const Item* item = &root;
      for (absl::string_view name : resource.path)
        item = &std::get<InstanceRef>(*item)->exports.At(name);
      frame.types_map.Bind(resource.id, *std::get<TypeValue>(*item).resource);
    }
  }

  Status RunInstantiate(Frame& frame, uint32_t result, const InstantiateStep& step,
                        uint32_t depth) {
    TENON_RETURN_IF_ERROR(Charge(step.args.size()));
    InstanceValue args;
    for (const auto& arg : step.args) args.exports.Add(arg.name, ItemAt(frame, arg.item));
    const ComponentValue component = frame.components[step.component.value()];
    if (component.body == kFromHost) return NeedsFromHost("component");
    TENON_ASSIGN_OR_RETURN(Frame * inner,
                           NewFrame(component.body, component.parent, &frame, &args));
    TENON_RETURN_IF_ERROR(RunBody(*inner, component.body, depth + 1));
    inner->args = nullptr;  // it was on our stack
    const InstanceRef instance = std::make_shared<const InstanceValue>(std::move(inner->exports));
    BindResources(frame, step.fresh, Item(instance));
    Set(frame.instances, result, instance);
    return {};
  }

  Status RunStep(Frame& frame, uint32_t result, const BagStep& step) {
    TENON_RETURN_IF_ERROR(Charge(step.exports.size()));
    auto instance = std::make_shared<InstanceValue>();
    instance->exports.Reserve(step.exports.size());
    for (const syntax::InlineExport& item : step.exports)
      instance->exports.Add(item.name.name, ItemAt(frame, item.item));
    Set(frame.instances, result, InstanceRef(std::move(instance)));
    return {};
  }

  Status RunStep(Frame& frame, uint32_t result, const AliasStep& step) {
    const syntax::Alias& alias = step.alias;
    if (alias.target == syntax::Alias::Target::kCoreExport) {
      const CoreItem item = CoreExport(frame.core_instances[alias.instance], alias.name);
      Set(const_cast<std::vector<CoreItem>&>(CoreSpace(frame, alias.sort)), result, item);
      return {};
    }
    if (alias.target == syntax::Alias::Target::kExport) {
      const Item item = frame.instances[alias.instance]->exports.At(alias.name);
      SetItem(frame, result, item, ExternType());
      return {};
    }
    Frame* target = &frame;
    for (uint32_t i = 0; i < alias.outer_count; ++i) target = target->parent;
    SetItem(frame, result, ItemAt(*target, {alias.sort, alias.outer_index}), ExternType());
    return {};
  }

  // --- Resources and canonical functions ---------------------------------------------------------

  // What `validated`, a resource that a frame imports or defines, is at run time.
  ResourceId NewResource(Frame& frame, ResourceId validated, absl::string_view name,
                         PlanResource resource) {
    ResourceId id = validated;
    if (!frame.is_root()) {
      id = types_.NewResource(name);
      plan_.resources.resize(types_.resource_count());
      frame.types_map.Bind(validated, id);
    }
    resource.name = name;
    plan_.resources[id.value()] = std::move(resource);
    return id;
  }

  Status RunStep(Frame& frame, uint32_t result, const ResourceStep& step) {
    PlanResource resource;
    resource.owner = frame.instance;
    resource.rep = step.rep;
    if (step.destructor) resource.destructor = frame.core_funcs[step.destructor->value()];
    const ResourceId id =
        NewResource(frame, step.resource, types_.ResourceName(step.resource), std::move(resource));
    plan_.ops.push_back({PlanOp::Kind::kDefineResource, id.value()});
    Set(frame.types, result, AnyType(step.resource));
    return {};
  }

  static LiftLowerOptions Options(const Frame& frame, const BodyOptions& options) {
    LiftLowerOptions result;
    result.encoding = options.encoding;
    result.memory64 = options.memory64;
    result.is_async = options.is_async;
    if (options.memory) result.memory = frame.core_memories[options.memory->value()];
    if (options.realloc) result.realloc = frame.core_funcs[options.realloc->value()];
    if (options.post_return) result.post_return = frame.core_funcs[options.post_return->value()];
    return result;
  }

  FuncRef Use(FuncValue value) {
    FuncRef ref;
    if (!value.is_import) {
      ref.lift = LiftId(value.index);
      return ref;
    }
    HostFunc& func = host_funcs_[value.index];
    if (!func.id) {
      func.id = ImportedFuncId(static_cast<uint32_t>(plan_.imported_funcs.size()));
      plan_.imported_funcs.push_back({func.import, func.path, func.type});
    }
    ref.source = FuncRef::Source::kImported;
    ref.imported = *func.id;
    return ref;
  }

  Status RunStep(Frame& frame, uint32_t result, const LiftStep& step) {
    TENON_ASSIGN_OR_RETURN(const FuncTypeId type, frame.types_map.Apply(step.type));
    const uint32_t index = static_cast<uint32_t>(plan_.lifts.size());
    if (types_.Get(type).is_async) {
      plan_.component_instances[frame.instance.value()].is_async = true;
    }
    PlanLift& lift = plan_.lifts.emplace_back();
    lift.instance = frame.instance;
    lift.func = frame.core_funcs[step.func.value()];
    lift.type = type;
    lift.options = Options(frame, step.options);
    if (step.options.callback) {
      lift.callback = frame.core_funcs[step.options.callback->value()];
    }
    plan_.ops.push_back({PlanOp::Kind::kLift, index});
    Set(frame.funcs, result, FuncValue{false, index});
    return {};
  }

  void AddTrampoline(Frame& frame, uint32_t result, PlanTrampoline trampoline) {
    CoreItem item;
    item.source = CoreItem::Source::kTrampoline;
    item.trampoline = TrampolineId(static_cast<uint32_t>(plan_.trampolines.size()));
    plan_.ops.push_back({PlanOp::Kind::kTrampoline, item.trampoline.value()});
    plan_.trampolines.push_back(std::move(trampoline));
    Set(frame.core_funcs, result, item);
  }

  Status RunStep(Frame& frame, uint32_t result, const LowerStep& step) {
    TENON_ASSIGN_OR_RETURN(const FuncTypeId type, frame.types_map.Apply(step.type));
    if (step.options.is_async) plan_.component_instances[frame.instance.value()].is_async = true;
    LowerTrampoline lower{Use(frame.funcs[step.func.value()]), type, Options(frame, step.options),
                          step.func};
    AddTrampoline(frame, result, {frame.instance, step.core_type, std::move(lower)});
    return {};
  }

  Status RunStep(Frame& frame, uint32_t result, const BuiltinStep& step) {
    auto made = std::make_unique<BuiltinTrampoline>();
    BuiltinTrampoline& builtin = *made;
    builtin.kind = step.syntax->row->kind;
    builtin.is_async = step.syntax->is_async || step.options.is_async;
    builtin.cancellable = step.syntax->cancellable;
    builtin.slot = step.syntax->slot;
    TENON_ASSIGN_OR_RETURN(builtin.type, frame.types_map.Apply(step.type));
    builtin.options = Options(frame, step.options);
    if (builtin.kind == syntax::CanonBuiltinKind::kThreadNewIndirect) {
      builtin.table = frame.core_tables[step.syntax->table.value()];
    }
    plan_.component_instances[frame.instance.value()].is_async = true;
    AddTrampoline(frame, result, {frame.instance, step.core_type, std::move(made)});
    return {};
  }

  Status RunStep(Frame& frame, uint32_t result, const ResourceFuncStep& step) {
    const ResourceTrampoline resource{step.op, frame.types_map.Apply(step.resource)};
    AddTrampoline(frame, result, {frame.instance, step.core_type, resource});
    return {};
  }

  // --- Imports and exports -----------------------------------------------------------------------

  // What the host will provide for an import of the root, or for an item below one.
  Result<Item> HostItem(uint32_t import, const ExternType& type, ImportPath* path) {
    TENON_RETURN_IF_ERROR(Charge(1));
    if (const auto* func = std::get_if<FuncTypeId>(&type)) {
      TENON_RETURN_IF_ERROR(Charge(path->size()));
      host_funcs_.push_back({import, *path, *func, std::nullopt});
      return Item(FuncValue{true, static_cast<uint32_t>(host_funcs_.size() - 1)});
    }
    if (const auto* item = std::get_if<TypeItem>(&type)) {
      const auto* resource = std::get_if<ResourceId>(&item->type);
      return Item(resource == nullptr ? TypeValue{} : TypeValue{*resource});
    }
    if (const auto* id = std::get_if<InstanceTypeId>(&type)) {
      auto instance = std::make_shared<InstanceValue>();
      const std::vector<NamedItem>& exports = types_.Get(*id).exports;
      instance->exports.Reserve(exports.size());
      for (const NamedItem& named : exports) {
        TENON_RETURN_IF_ERROR(Charge(TypeTable::Cost(named.name)));
        path->push_back(named.name);
        TENON_ASSIGN_OR_RETURN(Item item, HostItem(import, named.type, path));
        path->pop_back();
        instance->exports.Add(named.name, std::move(item));
      }
      return Item(InstanceRef(std::move(instance)));
    }
    const bool is_module = std::holds_alternative<ModuleTypeId>(type);
    // Below an imported instance it need not be used.
    if (path->empty()) {
      plan_.unlinkable = absl::StrCat("import `", plan_.imports[import].name, "` is a ",
                                      SortName(SortOf(type)), ", which no host can give");
    }
    return is_module ? Item(ModuleId(kFromHost)) : Item(ComponentValue{kFromHost, nullptr});
  }

  Result<Item> ImportFromHost(Frame& frame, const ImportStep& step) {
    const uint32_t import = static_cast<uint32_t>(plan_.imports.size());
    for (const ResourcePath& bound : step.resources) {
      PlanResource resource;
      resource.import = import;
      resource.import_path = bound.path;
      const absl::string_view name = bound.path.empty() ? step.name->name : bound.path.back();
      NewResource(frame, bound.id, name, std::move(resource));
    }
    const syntax::NameAttributes* attributes = step.name->attributes;
    PlanImport item{step.name->name, {}, {}};
    if (attributes != nullptr) item.version_suffix = attributes->version_suffix.value_or("");
    TENON_ASSIGN_OR_RETURN(item.type, frame.types_map.ApplyExtern(step.type));
    plan_.imports.push_back(item);
    ImportPath path;
    return HostItem(import, item.type, &path);
  }

  Status RunStep(Frame& frame, uint32_t result, const ImportStep& step) {
    if (frame.args == nullptr) {
      TENON_ASSIGN_OR_RETURN(const Item item, ImportFromHost(frame, step));
      SetItem(frame, result, item, step.type);
      return {};
    }
    const Item item = frame.args->exports.At(step.name->name);
    BindResources(frame, step.resources, item);
    SetItem(frame, result, item, step.type);
    return {};
  }

  Status RunStep(Frame& frame, uint32_t result, const ExportStep& step) {
    const Item item = ItemAt(frame, step.item);
    if (const auto* type = std::get_if<TypeItem>(&step.type)) {
      // An abstract export has an id of its own for the resource that it exports.
      const auto* id = std::get_if<ResourceId>(&type->type);
      const std::optional<ResourceId>& resource = std::get<TypeValue>(item).resource;
      if (id != nullptr && resource) frame.types_map.Bind(*id, *resource);
    }
    SetItem(frame, result, item, step.type);
    frame.exports.exports.Add(step.name, item);
    if (frame.args != nullptr) return {};
    TENON_ASSIGN_OR_RETURN(const ExternType type, frame.types_map.ApplyExtern(step.type));
    TENON_ASSIGN_OR_RETURN(PlanExport exported, MakeExport(step.name, type, item));
    plan_.exports.push_back(std::move(exported));
    return {};
  }

  // An export of the root: what its type shows of the item.
  Result<PlanExport> MakeExport(absl::string_view name, const ExternType& type, const Item& item) {
    TENON_RETURN_IF_ERROR(Charge(1));
    PlanExport result;
    result.name = name;
    result.type = type;
    if (const auto* func = std::get_if<FuncValue>(&item)) {
      result.item = Use(*func);
    } else if (const auto* module = std::get_if<ModuleId>(&item)) {
      result.item = *module;
    } else if (const auto* type_item = std::get_if<TypeItem>(&type)) {
      result.item = *type_item;
    } else if (const auto* instance = std::get_if<InstanceRef>(&item)) {
      PlanInstanceExport exports;
      for (const NamedItem& named : types_.Get(std::get<InstanceTypeId>(type)).exports) {
        TENON_ASSIGN_OR_RETURN(PlanExport inner, MakeExport(named.name, named.type,
                                                            (*instance)->exports.At(named.name)));
        exports.exports.push_back(std::move(inner));
      }
      result.item = std::move(exports);
    } else {
      result.item = PlanComponentExport{};
    }
    return result;
  }

  const PlanInput& input_;
  TypeTable& types_;
  Plan plan_;
  std::vector<std::unique_ptr<Frame>> frames_;  // all kept: closures point to them
  std::vector<HostFunc> host_funcs_;
  uint64_t steps_ = 0;
  bool needs_host_definition_ = false;  // why planning ended
};

}  // namespace

Result<Plan> MakePlan(const PlanInput& input, uint32_t root_body, ComponentTypeId root_type) {
  return Planner(input).Run(root_body, root_type);
}

}  // namespace tenon::abi
