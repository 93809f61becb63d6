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

using NamesByIndex = absl::flat_hash_map<uint32_t, absl::string_view>;

// Fills in the names of the indices that are keys already; the first name of an index counts.
// core: #binary-namemap
void FindNames(absl::Span<const uint8_t> name_map, NamesByIndex* names) {
  ByteReader reader(name_map);
  uint32_t count = 0, index = 0, size = 0;
  absl::Span<const uint8_t> bytes;
  if (!reader.ReadVarU32(&count)) return;
  for (uint32_t i = 0; i < count; ++i) {
    if (!reader.ReadVarU32(&index) || !reader.ReadVarU32(&size)) return;
    if (!reader.ReadBytes(size, &bytes)) return;
    const auto wanted = names->find(index);
    if (wanted == names->end() || !wanted->second.empty()) continue;
    const absl::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (IsValidUtf8(name)) wanted->second = name;
  }
}

void FindNames(absl::Span<const IndexedName> sorted, NamesByIndex* names) {
  for (auto& [wanted, name] : *names) {
    const auto found = std::lower_bound(
        sorted.begin(), sorted.end(), wanted,
        [](const IndexedName& item, uint32_t index) { return item.index < index; });
    if (found != sorted.end() && found->index == wanted) name = found->name;
  }
}

}  // namespace

std::vector<absl::string_view> ResolvedModule::FunctionNames(
    absl::Span<const FuncIdx> funcs) const {
  NamesByIndex names;
  for (FuncIdx func : funcs) names.try_emplace(func.value());
  const NameSection& section = module->names;
  if (section.functions.empty()) {
    FindNames(module->Bytes(section.encoded_functions), &names);
  } else {
    FindNames(section.functions, &names);
  }
  std::vector<absl::string_view> found;
  found.reserve(funcs.size());
  for (FuncIdx func : funcs) found.push_back(names.at(func.value()));
  return found;
}

}  // namespace tenon::vm
