#include "vm/valid/resolved_module.h"

#include <algorithm>

namespace tenon::vm {

HeapType ResolvedModule::Canonical(HeapType type) const {
  return type.is_concrete() ? HeapType::Concrete(type_ids[type.index()].value()) : type;
}

ValType ResolvedModule::Canonical(ValType type) const {
  return type.is_ref() ? ValType::Ref(Canonical(type.heap()), type.nullable()) : type;
}

absl::string_view ResolvedModule::FunctionName(FuncIdx func) const {
  const std::vector<IndexedName>& names = module->names.functions;
  const auto found = std::lower_bound(
      names.begin(), names.end(), func.value(),
      [](const IndexedName& name, uint32_t index) { return name.index < index; });
  if (found == names.end() || found->index != func.value()) return "";
  return found->name;
}

}  // namespace tenon::vm
