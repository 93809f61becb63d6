#include "abi/valid/archived_component.h"

#include <memory>
#include <utility>

#include "vm/valid/archived_module.h"

namespace tenon::abi {

// Types (abi/types/types.h).

template <typename Archive>
void Visit(Archive& archive, TypeDef& def) {
  auto& [kind, labels, types, resource, length] = def;
  archive(kind, labels, types, resource, length);
}
template <typename Archive>
void Visit(Archive& archive, TypeFacts& facts) {
  auto& [size, depth, element_size64, alignment64, has_borrow, has_resource, has_async,
         has_pointer] = facts;
  archive(size, depth, element_size64, alignment64, has_borrow, has_resource, has_async,
          has_pointer);
}
template <typename Archive>
void Visit(Archive& archive, FuncType& type) {
  auto& [params, result, is_async] = type;
  archive(params, result, is_async);
}
void Visit(vm::ArchiveWriter& archive, ValType& type) { archive(type.bits()); }
void Visit(vm::ArchiveReader& archive, ValType& type) {
  uint32_t bits = 0;
  archive(bits);
  type = ValType::FromBits(bits);
}
template <typename Archive>
void Visit(Archive& archive, TypeItem& item) {
  archive(item.type);
}
template <typename Archive>
void Visit(Archive& archive, NamedItem& item) {
  auto& [name, type] = item;
  archive(name, type);
}
template <typename Archive>
void Visit(Archive& archive, ResourcePath& resource) {
  auto& [id, path] = resource;
  archive(id, path);
}
template <typename Archive>
void Visit(Archive& archive, InstanceType& type) {
  auto& [exports, resources] = type;
  archive(exports, resources);
}
template <typename Archive>
void Visit(Archive& archive, ComponentType& type) {
  auto& [imports, exports, imported_resources, defined_resources] = type;
  archive(imports, exports, imported_resources, defined_resources);
}
template <typename Archive>
void Visit(Archive& archive, ModuleType::ImportItem& item) {
  auto& [module, name, type] = item;
  archive(module, name, type);
}
template <typename Archive>
void Visit(Archive& archive, ModuleType::ExportItem& item) {
  auto& [name, type] = item;
  archive(name, type);
}
template <typename Archive>
void Visit(Archive& archive, ModuleType& type) {
  auto& [imports, exports] = type;
  archive(imports, exports);
}

// The plan (plan.h).

template <typename Archive>
void Visit(Archive& archive, CoreItem& item) {
  auto& [source, kind, instance, index, trampoline] = item;
  archive(source, kind, instance, index, trampoline);
}
template <typename Archive>
void Visit(Archive& archive, FuncRef& ref) {
  auto& [source, lift, imported] = ref;
  archive(source, lift, imported);
}
template <typename Archive>
void Visit(Archive& archive, LiftLowerOptions& options) {
  auto& [encoding, memory, memory64, is_async, realloc, post_return] = options;
  archive(encoding, memory, memory64, is_async, realloc, post_return);
}
template <typename Archive>
void Visit(Archive& archive, PlanComponentInstance& instance) {
  auto& [parent, definition, index, is_async] = instance;
  archive(parent, definition, index, is_async);
}
template <typename Archive>
void Visit(Archive& archive, PlanCoreInstance& instance) {
  auto& [module, owner, index, imports] = instance;
  archive(module, owner, index, imports);
}
template <typename Archive>
void Visit(Archive& archive, PlanResource& resource) {
  auto& [name, import, import_path, owner, destructor, rep] = resource;
  archive(name, import, import_path, owner, destructor, rep);
}
template <typename Archive>
void Visit(Archive& archive, PlanImportedFunc& func) {
  auto& [import, path, type] = func;
  archive(import, path, type);
}
template <typename Archive>
void Visit(Archive& archive, PlanImport& import) {
  auto& [name, version_suffix, type] = import;
  archive(name, version_suffix, type);
}
template <typename Archive>
void Visit(Archive& archive, LowerTrampoline& lower) {
  auto& [target, type, options, func] = lower;
  archive(target, type, options, func);
}
template <typename Archive>
void Visit(Archive& archive, ResourceTrampoline& trampoline) {
  auto& [op, resource] = trampoline;
  archive(op, resource);
}
template <typename Archive>
void Visit(Archive& archive, BuiltinTrampoline& builtin) {
  auto& [kind, is_async, cancellable, slot, type, options, table] = builtin;
  archive(kind, is_async, cancellable, slot, type, options, table);
}
template <typename Archive>
void Visit(Archive& archive, PlanTrampoline& trampoline) {
  auto& [instance, core_type, body] = trampoline;
  archive(instance, core_type, body);
}
template <typename Archive>
void Visit(Archive& archive, PlanLift& lift) {
  auto& [instance, func, type, options, callback] = lift;
  archive(instance, func, type, options, callback);
}
template <typename Archive>
void Visit(Archive& archive, PlanOp& op) {
  auto& [kind, index] = op;
  archive(kind, index);
}
template <typename Archive>
void Visit(Archive& archive, PlanInstanceExport& instance) {
  archive(instance.exports);
}
template <typename Archive>
void Visit(Archive&, PlanComponentExport&) {}
template <typename Archive>
void Visit(Archive& archive, PlanExport& item) {
  auto& [name, type, value] = item;
  archive(name, type, value);
}
template <typename Archive>
void Visit(Archive& archive, Plan& plan) {
  auto& [unlinkable, imports, imported_funcs, resources, component_instances, core_instances,
         trampolines, lifts, ops, exports] = plan;
  archive(unlinkable, imports, imported_funcs, resources, component_instances, core_instances,
          trampolines, lifts, ops, exports);
}

std::vector<uint8_t> ArchiveOf(const ResolvedComponent& component, const vm::TypeStore& types) {
  vm::ArchiveWriter archive(types);
  for (const auto& module : component.modules) vm::WriteModule(archive, *module);
  archive(*component.types, component.plan);
  return std::move(archive).Finish();
}

void ReadTypesAndPlan(vm::ArchiveReader& archive, ResolvedComponent* component) {
  auto types = std::make_unique<TypeTable>();
  archive(*types, component->plan);
  component->types = std::move(types);
}

}  // namespace tenon::abi
