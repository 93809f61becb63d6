#include "vm/valid/resolved_module.h"

#include "vm/syntax/name_section.h"

namespace tenon::vm {

void FuncTable::Append(std::shared_ptr<const OutlinedFuncs> funcs, const ResolvedModule& module) {
  outlined_count_ = funcs->size();
  outlined_ = std::move(funcs);
  module_ = &module;
}

ResolvedFunc FuncTable::Outlined(size_t func) const {
  TENON_CHECK(func < outlined_count_);
  const uint32_t type = outlined_->TypeOf(func).value();
  TENON_CHECK(type < module_->type_ids.size());
  return {module_->type_ids[type], &module_->type_defs[type]->func};
}

HeapType ResolvedModule::Canonical(HeapType type) const {
  return type.is_concrete() ? HeapType::Concrete(type_ids[type.index()].value()) : type;
}

ValType ResolvedModule::Canonical(ValType type) const {
  return type.is_ref() ? ValType::Ref(Canonical(type.heap()), type.nullable()) : type;
}

// The first name of an index counts.
std::vector<absl::string_view> ResolvedModule::FunctionNames(
    absl::Span<const FuncIdx> funcs) const {
  absl::flat_hash_map<uint32_t, absl::string_view> names;
  for (FuncIdx func : funcs) names.try_emplace(func.value());
  const auto add = [&](uint32_t index, absl::string_view name) {
    const auto wanted = names.find(index);
    if (wanted != names.end() && wanted->second.empty()) wanted->second = name;
  };
  ForEachName(module->Bytes(module->names.functions), add);
  for (const Export& item : module->exports) {
    if (item.kind == ExternKind::kFunc) add(item.index, item.name);
  }
  std::vector<absl::string_view> found;
  found.reserve(funcs.size());
  for (FuncIdx func : funcs) found.push_back(names.at(func.value()));
  return found;
}

}  // namespace tenon::vm
