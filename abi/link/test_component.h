// For tests: a component under construction, its plan written out by hand around core modules in
// text. Validation does not take part, so that a test may state what no toolchain would make.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "abi/canon/test_guest.h"
#include "abi/link/instance.h"
#include "abi/link/trampolines.h"
#include "abi/types/flat.h"
#include "vm/text/parser.h"

namespace tenon::abi {

class ComponentBuilder {
 public:
  explicit ComponentBuilder(vm::Engine* engine = &TestEngine())
      : engine_(*engine), component_(std::make_shared<CompiledComponent>()) {
    component_->engine = engine;
    auto root = std::make_unique<syntax::RootComponent>();
    root->bytes = std::make_shared<const std::vector<uint8_t>>();
    plan().component_instances.push_back({std::nullopt, 0, InstanceIdx(0)});
    resolved_->syntax = std::move(root);
  }

  Plan& plan() { return resolved_->plan; }
  TypeTable& types() { return *types_; }

  ComponentInstanceId Child() {
    const auto index = static_cast<uint32_t>(plan().component_instances.size());
    plan().component_instances.push_back({ComponentInstanceId(0), 0, InstanceIdx(index - 1)});
    return ComponentInstanceId(index);
  }
  FuncTypeId FuncType(std::vector<ValType> params, ValType result = {}) {
    static constexpr const char* kLabels[] = {"p0",  "p1",  "p2",  "p3",  "p4",  "p5",  "p6",
                                              "p7",  "p8",  "p9",  "p10", "p11", "p12", "p13",
                                              "p14", "p15", "p16", "p17", "p18", "p19"};
    abi::FuncType type;
    for (ValType param : params) type.params.emplace_back(kLabels[type.params.size()], param);
    type.result = result;
    return *types().Intern(std::move(type));
  }
  ValType Handle(TypeKind kind, uint32_t resource) {
    return *types().Intern(TypeDef{kind, {}, {}, ResourceId(resource)});
  }
  ValType Type(TypeKind kind, std::vector<ValType> inner,
               std::vector<absl::string_view> labels = {}) {
    return *types().Intern(TypeDef{kind, std::move(labels), std::move(inner), {}});
  }
  CoreInstanceId Core(const std::string& wat, std::vector<CoreItem> imports = {}) {
    auto module = std::make_unique<vm::Module>(*vm::ParseModule(wat));
    auto resolved = *vm::ValidateModule(std::move(module), &engine_.types(), vm::Features(),
                                        vm::BodyValidation::kEager);
    component_->modules.push_back(vm::LoadedModule::Create(&engine_, resolved, "test"));
    resolved_->modules.push_back(resolved);
    const ModuleId id(static_cast<uint32_t>(component_->modules.size() - 1));
    const auto index = static_cast<uint32_t>(plan().core_instances.size());
    plan().core_instances.push_back(
        {id, ComponentInstanceId(0), CoreInstanceIdx(index), std::move(imports)});
    plan().ops.push_back({PlanOp::Kind::kInstantiateModule, index});
    return CoreInstanceId(index);
  }
  // An export of a core instance.
  CoreItem Item(CoreInstanceId instance, const char* name) {
    const auto& exports = component_->modules[instance.value()]->resolved->exports;
    const vm::Export* found = exports.at(name);
    CoreItem item;
    item.kind = found->kind;
    item.instance = instance;
    item.index = found->index;
    return item;
  }
  // Options with whatever of "memory", "realloc" and "post" the core instance exports.
  LiftLowerOptions Options(CoreInstanceId instance,
                           StringEncoding encoding = StringEncoding::kUtf8) {
    LiftLowerOptions options;
    options.encoding = encoding;
    const auto& exports = component_->modules[instance.value()]->resolved->exports;
    if (exports.contains("memory")) options.memory = Item(instance, "memory");
    if (exports.contains("realloc")) options.realloc = Item(instance, "realloc");
    if (exports.contains("post")) options.post_return = Item(instance, "post");
    return options;
  }
  FuncRef Lift(ComponentInstanceId owner, CoreInstanceId core, const char* name, FuncTypeId type,
               StringEncoding encoding = StringEncoding::kUtf8) {
    plan().lifts.push_back({owner, Item(core, name), type, Options(core, encoding)});
    const auto index = static_cast<uint32_t>(plan().lifts.size() - 1);
    plan().ops.push_back({PlanOp::Kind::kLift, index});
    return {FuncRef::Source::kLifted, LiftId(index), {}};
  }
  CoreItem Lower(ComponentInstanceId owner, FuncRef target, FuncTypeId type,
                 std::optional<CoreInstanceId> memory = std::nullopt,
                 StringEncoding encoding = StringEncoding::kUtf8) {
    LowerTrampoline lower{target, type, {}};
    if (memory) lower.options = Options(*memory, encoding);
    return Trampoline(owner, FlattenFunc(types(), type, CallContext::kLower, false).core,
                      std::move(lower));
  }
  CoreItem Resource(ComponentInstanceId owner, syntax::CanonResource::Op op, uint32_t resource) {
    const vm::ValType i32 = vm::ValType::kI32;
    const bool drop = op == syntax::CanonResource::Op::kDrop;
    return Trampoline(owner,
                      vm::FuncType{{i32}, drop ? std::vector<vm::ValType>{} : std::vector{i32}},
                      ResourceTrampoline{op, ResourceId(resource)});
  }
  void DefineResource(ComponentInstanceId owner, std::optional<CoreItem> destructor) {
    PlanResource resource;
    resource.name = "thing";
    resource.owner = owner;
    resource.destructor = destructor;
    plan().resources.push_back(std::move(resource));
    plan().ops.push_back(
        {PlanOp::Kind::kDefineResource, static_cast<uint32_t>(plan().resources.size() - 1)});
    types().NewResource("thing");
  }
  // A resource type of the host's: the next ResourceId, like those that are defined.
  void ImportResource(const char* interface, const char* name) {
    PlanResource resource;
    resource.name = name;
    resource.import = ImportInterface(interface);
    resource.import_path = {name};
    plan().resources.push_back(std::move(resource));
    types().NewResource(name);
  }
  FuncRef Import(const char* interface, const char* name, FuncTypeId type) {
    const uint32_t import = ImportInterface(interface);
    plan().imported_funcs.push_back({import, {name}, type});
    const ImportedFuncId id(static_cast<uint32_t>(plan().imported_funcs.size() - 1));
    return {FuncRef::Source::kImported, {}, id};
  }
  uint32_t ImportInterface(const char* interface) {
    PlanImport item;
    item.name = interface;
    item.type = *types().Add(InstanceType{});
    plan().imports.push_back(std::move(item));
    return static_cast<uint32_t>(plan().imports.size() - 1);
  }
  void Export(const char* name, FuncRef func, FuncTypeId type) {
    plan().exports.push_back({name, type, func});
  }

  // The component, which nothing can be added to any more.
  std::shared_ptr<const CompiledComponent> Build() {
    resolved_->types = std::move(types_);
    component_->resolved = std::move(resolved_);
    return component_;
  }
  Result<std::unique_ptr<Instance>> Instantiate(Store& store, const HostLinker& linker) {
    return abi::Instantiate(store, Build(), linker);
  }

 private:
  CoreItem Trampoline(ComponentInstanceId owner, const vm::FuncType& type,
                      decltype(PlanTrampoline::body) body) {
    plan().trampolines.push_back({owner, *engine_.types().InternFunc(type), std::move(body)});
    CoreItem item;
    item.source = CoreItem::Source::kTrampoline;
    item.trampoline = TrampolineId(static_cast<uint32_t>(plan().trampolines.size() - 1));
    plan().ops.push_back({PlanOp::Kind::kTrampoline, item.trampoline.value()});
    return item;
  }

  vm::Engine& engine_;
  std::shared_ptr<CompiledComponent> component_;
  std::unique_ptr<TypeTable> types_ = std::make_unique<TypeTable>();
  std::unique_ptr<ResolvedComponent> resolved_ = std::make_unique<ResolvedComponent>();
};

}  // namespace tenon::abi
