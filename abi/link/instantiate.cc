// Running the instantiation plan. abi: "Instance Definitions"; spec of versions:
// abi/syntax/semver.h
#include "abi/link/imports.h"
#include "abi/link/instance.h"
#include "abi/link/link_error.h"
#include "abi/runtime/store.h"
#include "abi/valid/entered.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {

class ComponentInstantiator {
 public:
  ComponentInstantiator(Store& store, std::shared_ptr<const CompiledComponent> component)
      : store_(store), plan_(component->plan()), instance_(new Instance()) {
    instance_->component_ = std::move(component);
    instance_->store_ = &store;
  }

  Result<std::unique_ptr<Instance>> Run(const HostLinker& linker) {
    TENON_ASSIGN_OR_RETURN(ResolvedImports imports,
                           ResolveImports(*instance_->component_, linker, store_));
    instance_->resources_ = std::move(imports.resources);
    instance_->imported_funcs_ = std::move(imports.funcs);
    store_.Keep(std::move(imports.messages));
    absent_resources_trap_ = linker.unknown_imports() == UnknownImports::kTrap;
    instance_->core_instances_.resize(plan_.core_instances.size());
    instance_->trampolines_.resize(plan_.trampolines.size());
    instance_->lifts_.resize(plan_.lifts.size());
    for (const PlanComponentInstance& item : plan_.component_instances) {
      ComponentInstance* parent =
          item.parent ? instance_->instances_[item.parent->value()] : nullptr;
      ComponentInstance* made = store_.NewInstance(parent);
      if (made == nullptr) {
        return Fail(ErrorKind::kLimit,
                    absl::StrCat("more than ", store_.limits().component_instances,
                                 " component instances in one store"));
      }
      if (item.is_async) made->async = std::make_unique<AsyncInstance>(made);
      instance_->instances_.push_back(made);
    }
    // Start functions are guest code like any other: on a fibre, so that they too can wait.
    Status status;
    auto run = [&] { status = RunOps(); };
    if (!store_.RunOnFibre([](void* f) { (*static_cast<decltype(run)*>(f))(); }, &run)) {
      return Fail(ErrorKind::kLimit, "no stack to instantiate on, or a call is under way");
    }
    TENON_RETURN_IF_ERROR(std::move(status));
    return std::move(instance_);
  }

 private:
  Status RunOps();
  Status InstantiateModule(uint32_t index);
  Status DefineResource(uint32_t index);
  Status BindTrampoline(uint32_t index);
  void BindLift(uint32_t index);
  void BindBuiltin(const PlanTrampoline& plan, const BuiltinTrampoline& builtin, uint32_t index);
  Status BindLower(const PlanTrampoline& plan, const LowerTrampoline& lower, uint32_t index);
  void BindFusedLower(const PlanTrampoline& plan, const LowerTrampoline& lower,
                      const LiftedFunc& callee, uint32_t index);
  void BindAsyncLower(const PlanTrampoline& plan, const LowerTrampoline& lower,
                      const LiftedFunc& callee, uint32_t index);
  CopyPlans& PlansFor(const TypeTable& types);
  Status BindResource(const PlanTrampoline& plan, const ResourceTrampoline& resource,
                      uint32_t index);
  vm::Func& MakeTrampoline(uint32_t index, vm::HostCallback callback, void* data,
                           absl::string_view name);
  const vm::Func* CoreFunc(const CoreItem& item) const;
  vm::Extern CoreExtern(const CoreItem& item) const;
  CanonOptions Options(const LiftLowerOptions& options) const;
  LowerSite Site(uint32_t trampoline) const {
    return {instance_->component_->resolved.get(), trampoline};
  }
  ComponentInstance* Owner(ComponentInstanceId id) const {
    return instance_->instances_[id.value()];
  }

  Store& store_;
  const Plan& plan_;
  std::unique_ptr<Instance> instance_;
  bool absent_resources_trap_ = false;  // what is done with them needs a handle, which nobody has
};

Status ComponentInstantiator::RunOps() {
  for (const PlanOp& op : plan_.ops) {
    switch (op.kind) {
      case PlanOp::Kind::kInstantiateModule:
        TENON_RETURN_IF_ERROR(InstantiateModule(op.index));
        break;
      case PlanOp::Kind::kDefineResource: TENON_RETURN_IF_ERROR(DefineResource(op.index)); break;
      case PlanOp::Kind::kTrampoline: TENON_RETURN_IF_ERROR(BindTrampoline(op.index)); break;
      case PlanOp::Kind::kLift: BindLift(op.index); break;
    }
  }
  return {};
}

const vm::Func* ComponentInstantiator::CoreFunc(const CoreItem& item) const {
  if (item.source == CoreItem::Source::kTrampoline) {
    return instance_->trampolines_[item.trampoline.value()];
  }
  return instance_->core_instances_[item.instance.value()]->FuncRef(vm::FuncIdx(item.index));
}

vm::Extern ComponentInstantiator::CoreExtern(const CoreItem& item) const {
  if (item.kind == vm::ExternKind::kFunc) return CoreFunc(item);
  vm::Instance* instance = instance_->core_instances_[item.instance.value()];
  if (item.kind == vm::ExternKind::kTable) return instance->table(vm::TableIdx(item.index));
  if (item.kind == vm::ExternKind::kTag) return instance->tag(vm::TagIdx(item.index));
  if (item.kind == vm::ExternKind::kMemory) return instance->memory(vm::MemoryIdx(item.index));
  return instance->Global(vm::GlobalIdx(item.index));
}

CanonOptions ComponentInstantiator::Options(const LiftLowerOptions& options) const {
  CanonOptions bound;
  bound.encoding = options.encoding;
  bound.memory64 = options.memory64;
  if (options.memory) {
    bound.memory = std::get<vm::Memory*>(CoreExtern(*options.memory));
  }
  if (options.realloc) bound.realloc = CoreFunc(*options.realloc);
  if (options.post_return) bound.post_return = CoreFunc(*options.post_return);
  return bound;
}

Status ComponentInstantiator::InstantiateModule(uint32_t index) {
  const PlanCoreInstance& plan = plan_.core_instances[index];
  std::vector<vm::Extern> imports;
  imports.reserve(plan.imports.size());
  for (const CoreItem& item : plan.imports) {
    imports.push_back(CoreExtern(item));
  }
  const std::shared_ptr<vm::LoadedModule>& module =
      instance_->component_->modules[plan.module.value()];
  Result<vm::Instance*> instance =
      vm::Instantiate(store_.core(), module, imports, {instance_->component_, index});
  if (!instance) {
    if (store_.core().threw()) store_.core().TrapException();
    return std::unexpected(std::move(instance).error().WithContext(
        absl::StrCat("core instance ", instance_->component_->NameOf(index))));
  }
  instance_->core_instances_[index] = *instance;
  return {};
}

Status ComponentInstantiator::DefineResource(uint32_t index) {
  const PlanResource& plan = plan_.resources[index];
  if (plan.rep != vm::ValType::kI32) {
    return Fail(ErrorKind::kUnlinkable,
                absl::StrCat("resource \"", plan.name, "\" has a representation other than i32"));
  }
  ResourceType* type = store_.NewResourceType(Owner(plan.owner));
  if (plan.destructor) type->destructor = CoreFunc(*plan.destructor);
  instance_->resources_[index] = type;
  return {};
}

void ComponentInstantiator::BindLift(uint32_t index) {
  const PlanLift& plan = plan_.lifts[index];
  auto lift = std::make_unique<LiftedFunc>();
  lift->store = &store_;
  lift->instance = Owner(plan.instance);
  lift->entering = lift->instance->EnteringSet(nullptr);
  lift->func = CoreFunc(plan.func);
  lift->options = Options(plan.options);
  lift->types = &instance_->component_->types();
  lift->type = plan.type;
  lift->is_async = plan.options.is_async;
  if (plan.callback) lift->callback = CoreFunc(*plan.callback);
  lift->resources = instance_->resources_;
  lift->component = instance_->component_->resolved.get();
  lift->index = index;
  instance_->lifts_[index] = std::move(lift);
}

vm::Func& ComponentInstantiator::MakeTrampoline(uint32_t index, vm::HostCallback callback,
                                                void* data, absl::string_view name) {
  vm::Func* const func =
      store_.core().NewHostFunc(plan_.trampolines[index].core_type, callback, data, name);
  instance_->trampolines_[index] = func;
  return *func;
}

Status ComponentInstantiator::BindTrampoline(uint32_t index) {
  const PlanTrampoline& plan = plan_.trampolines[index];
  if (const auto* lower = std::get_if<LowerTrampoline>(&plan.body)) {
    return BindLower(plan, *lower, index);
  }
  if (const auto* builtin = std::get_if<std::unique_ptr<BuiltinTrampoline>>(&plan.body)) {
    BindBuiltin(plan, **builtin, index);
    return {};
  }
  return BindResource(plan, std::get<ResourceTrampoline>(plan.body), index);
}

Status ComponentInstantiator::BindLower(const PlanTrampoline& plan, const LowerTrampoline& lower,
                                        uint32_t index) {
  ComponentInstance* caller = Owner(plan.instance);
  if (lower.target.source == FuncRef::Source::kImported) {
    const HostFunc& callee = instance_->imported_funcs_[lower.target.imported.value()];
    if (callee.guest != nullptr && callee.guest->lifted != nullptr) {
      BindFusedLower(plan, lower, *callee.guest->lifted, index);
      return {};
    }
    if (lower.options.memory64) {
      return Fail(ErrorKind::kUnlinkable,
                  "functions of the host can't be lowered for a 64-bit memory");
    }
    HostLower* const bound = &instance_->host_.emplace_back();
    bound->store = &store_;
    bound->caller = caller;
    bound->options = Options(lower.options);
    bound->callee = &callee;
    bound->site = Site(index);
    MakeTrampoline(index, &CallHost, bound, bound->callee->name);
    return {};
  }
  BindFusedLower(plan, lower, *instance_->lifts_[lower.target.lift.value()], index);
  return {};
}

void ComponentInstantiator::BindFusedLower(const PlanTrampoline& plan, const LowerTrampoline& lower,
                                           const LiftedFunc& callee, uint32_t index) {
  if (lower.options.is_async || callee.instance->async != nullptr) {
    return BindAsyncLower(plan, lower, callee, index);
  }
  FusedLower* const bound = &instance_->fused_.emplace_back();
  bound->caller = Owner(plan.instance);
  bound->options = Options(lower.options);
  bound->callee = &callee;
  bound->entering = callee.instance->EnteringSet(bound->caller);
  bound->site = Site(index);
  BindFused(*bound, PlansFor(*callee.types));
  vm::Func& func = MakeTrampoline(index, &CallFused, bound, "component call");
  BindAdapter(*bound, func);
  func.context = &bound->adapter.context;
  const vm::artifact::Image* const image = instance_->component_->image.get();
  // Of a function that fills an import the compiler knew nothing.
  if (image == nullptr || lower.target.source == FuncRef::Source::kImported) return;
  // Compiled code closes and opens as many as the compiler counted.
  const ComponentInstanceId entered = plan_.lifts[lower.target.lift.value()].instance;
  TENON_CHECK(bound->entering.size() == CountEntered(plan_, plan.instance, entered));
  func.call = image->AdapterAt(index);
}

void ComponentInstantiator::BindAsyncLower(const PlanTrampoline& plan, const LowerTrampoline& lower,
                                           const LiftedFunc& callee, uint32_t index) {
  AsyncLower* const bound = &instance_->async_.emplace_back();
  bound->caller = Owner(plan.instance);
  bound->options = Options(lower.options);
  bound->is_async = lower.options.is_async;
  bound->callee = &callee;
  bound->entering = callee.instance->EnteringSet(bound->caller);
  bound->site = Site(index);
  BindAsync(*bound, PlansFor(*callee.types));
  MakeTrampoline(index, &CallAsyncLower, bound, "component call");
}

void ComponentInstantiator::BindBuiltin(const PlanTrampoline& plan,
                                        const BuiltinTrampoline& builtin, uint32_t index) {
  Builtin* const bound = &instance_->builtins_.emplace_back();
  SetBuiltinKind(*bound, builtin.kind);
  bound->store = &store_;
  bound->instance = Owner(plan.instance);
  bound->is_async = builtin.is_async;
  bound->cancellable = builtin.cancellable;
  bound->slot = builtin.slot;
  bound->options = Options(builtin.options);
  bound->type = builtin.type;
  bound->types = &instance_->component_->types();
  bound->resources = instance_->resources_;
  const bool is_channel = bound->type.has_value() && !IsPrimitive(bound->type.kind());
  if (is_channel && builtin.kind != syntax::CanonBuiltinKind::kTaskReturn) {
    BindElement(*bound, PlansFor(*bound->types));
  }
  if (builtin.kind == syntax::CanonBuiltinKind::kThreadNewIndirect) {
    bound->table = std::get<vm::TableInstance*>(CoreExtern(builtin.table));
  }
  MakeTrampoline(index, &CallBuiltin, bound,
                 syntax::kCanonBuiltins[static_cast<size_t>(builtin.kind)].name);
}

// The caller makes plans of its own for the types of another instance: those of that instance may
// be running.
CopyPlans& ComponentInstantiator::PlansFor(const TypeTable& types) {
  std::unique_ptr<CopyPlans>* found = instance_->plans_.Find(&types);
  if (found == nullptr) {
    instance_->plans_.Insert(&types, std::make_unique<CopyPlans>(&types));
    found = instance_->plans_.Find(&types);
  }
  return **found;
}

Status ComponentInstantiator::BindResource(const PlanTrampoline& plan,
                                           const ResourceTrampoline& resource, uint32_t index) {
  using Op = syntax::CanonResource::Op;
  const PlanResource& described = plan_.resources[resource.resource.value()];
  ResourceLower* const bound = &instance_->resource_.emplace_back();
  bound->store = &store_;
  bound->caller = Owner(plan.instance);
  bound->type = instance_->resources_[resource.resource.value()];
  if (bound->type == &kAbsentResource && !absent_resources_trap_) {
    return std::unexpected(MissingResource(plan_, described));
  }
  if (bound->type->impl != nullptr) bound->entering = bound->type->impl->EnteringSet(bound->caller);
  const vm::HostCallback callback = resource.op == Op::kNew    ? &CallResourceNew
                                    : resource.op == Op::kDrop ? &CallResourceDrop
                                                               : &CallResourceRep;
  const char* name = resource.op == Op::kNew    ? "resource.new "
                     : resource.op == Op::kDrop ? "resource.drop "
                                                : "resource.rep ";
  MakeTrampoline(index, callback, bound, absl::StrCat(name, described.name));
  return {};
}

Result<std::unique_ptr<Instance>> Instantiate(Store& store,
                                              std::shared_ptr<const CompiledComponent> component,
                                              const HostLinker& linker) {
  if (component->engine != &store.core().engine()) {
    return Fail(ErrorKind::kUsage, "the component was loaded for another engine than the store's");
  }
  if (!component->plan().unlinkable.empty()) {
    return Fail(ErrorKind::kUnlinkable, component->plan().unlinkable);
  }
  return ComponentInstantiator(store, std::move(component)).Run(linker);
}

}  // namespace tenon::abi
