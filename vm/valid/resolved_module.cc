#include "vm/valid/resolved_module.h"

#include <algorithm>

#include "vm/base/byte_reader.h"
#include "vm/base/utf8.h"

namespace tenon::vm {

HeapType ResolvedModule::Canonical(HeapType type) const {
  return type.is_concrete() ? HeapType::Concrete(type_ids[type.index()].value()) : type;
}

ValType ResolvedModule::Canonical(ValType type) const {
  return type.is_ref() ? ValType::Ref(Canonical(type.heap()), type.nullable()) : type;
}

namespace {

// core: #binary-namemap
absl::string_view FindName(absl::Span<const uint8_t> name_map, uint32_t wanted) {
  ByteReader reader(name_map);
  uint32_t count = 0, index = 0, size = 0;
  absl::Span<const uint8_t> bytes;
  if (!reader.ReadVarU32(&count)) return "";
  for (uint32_t i = 0; i < count; ++i) {
    if (!reader.ReadVarU32(&index) || !reader.ReadVarU32(&size)) return "";
    if (!reader.ReadBytes(size, &bytes)) return "";
    if (index != wanted) continue;
    const absl::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return IsValidUtf8(name) ? name : "";
  }
  return "";
}

}  // namespace

absl::string_view ResolvedModule::FunctionName(FuncIdx func) const {
  const std::vector<IndexedName>& names = module->names.functions;
  if (names.empty()) return FindName(module->Bytes(module->names.encoded_functions), func.value());
  const auto found = std::lower_bound(
      names.begin(), names.end(), func.value(),
      [](const IndexedName& name, uint32_t index) { return name.index < index; });
  if (found == names.end() || found->index != func.value()) return "";
  return found->name;
}

}  // namespace tenon::vm
