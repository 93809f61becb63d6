#include "vm/text/print_names.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "vm/text/lexer.h"
#include "vm/text/text_output.h"

namespace tenon::vm {

bool CanBeId(absl::string_view name) {
  constexpr size_t kMaxIdBytes = 1'000;
  return !name.empty() && name.size() <= kMaxIdBytes;
}

void AppendId(absl::string_view name, std::string* out) {
  out->push_back('$');
  if (std::ranges::all_of(name, IsIdChar)) {
    absl::StrAppend(out, name);
  } else {
    AppendString(name, StringForm::kUtf8, out);
  }
}

void AppendNameAnnotation(absl::string_view name, std::string* out) {
  absl::StrAppend(out, " (@name ");
  AppendString(name, StringForm::kUtf8, out);
  out->push_back(')');
}

void NameTable::Read(absl::Span<const uint8_t> map, uint32_t count) {
  ForEachName(map, [&](uint32_t index, absl::string_view name) {
    if (index >= count) return;
    const auto [entry, is_new] = names_.try_emplace(index, Entry{name, false});
    if (is_new) entry->second.is_id = CanBeId(name) && ids_.insert(name).second;
  });
}

void NameTable::Clear() {
  names_.clear();
  ids_.clear();
}

absl::string_view NameTable::Id(uint32_t index) const {
  const auto found = names_.find(index);
  return found != names_.end() && found->second.is_id ? found->second.name : "";
}

void NameTable::AppendIndex(uint32_t index, std::string* out) const {
  const absl::string_view id = Id(index);
  id.empty() ? absl::StrAppend(out, index) : AppendId(id, out);
}

void NameTable::AppendBinding(uint32_t index, bool with_number, std::string* out) const {
  const auto found = names_.find(index);
  const bool has_name = found != names_.end();
  if (has_name && found->second.is_id) {
    out->push_back(' ');
    AppendId(found->second.name, out);
  }
  if (with_number) absl::StrAppend(out, " (;", index, ";)");
  if (has_name && !found->second.is_id) AppendNameAnnotation(found->second.name, out);
}

namespace {

// How many things of each kind there are.
std::array<uint32_t, kNameKindCount> CountThings(const Module& module) {
  std::array<size_t, kNameKindCount> counts{};
  const auto at = [&counts](NameKind kind) -> size_t& { return counts[static_cast<size_t>(kind)]; };
  constexpr NameKind kKinds[] = {NameKind::kFunc, NameKind::kTable, NameKind::kMemory,
                                 NameKind::kGlobal, NameKind::kTag};  // in ExternKind's order
  for (const Import& import : module.imports) ++at(kKinds[static_cast<int>(import.kind())]);
  at(NameKind::kFunc) += module.functions.size();
  at(NameKind::kTable) += module.tables.size();
  at(NameKind::kMemory) += module.memories.size();
  at(NameKind::kGlobal) += module.globals.size();
  at(NameKind::kTag) += module.tags.size();
  at(NameKind::kType) = module.types.size();
  at(NameKind::kElem) = module.elems.size();
  at(NameKind::kData) = module.datas.size();
  std::array<uint32_t, kNameKindCount> out{};
  std::ranges::transform(counts, out.begin(), [](size_t n) { return static_cast<uint32_t>(n); });
  return out;
}

constexpr bool HasMaps(NameKind kind) {
  return kind == NameKind::kLocal || kind == NameKind::kLabel || kind == NameKind::kField;
}

}  // namespace

ModuleNames::ModuleNames(const Module& module) {
  const CustomSection* section = nullptr;
  for (const CustomSection& custom : module.customs) {
    if (custom.name == "name") section = &custom;
  }
  if (section == nullptr) return;
  const NameParts content = SplitNames(module, section->content);
  const auto counts = CountThings(module);
  module_name = ReadModuleName(module, content[0]);
  for (size_t i = 1; i < kNameKindCount; ++i) {
    if (!HasMaps(static_cast<NameKind>(i))) {
      tables[i].Read(module.Bytes(content[i]), counts[i]);
      continue;
    }
    ForEachNameMap(module, content[i],
                   [&](uint32_t index, ByteRange map) { parts[i].try_emplace(index, map); });
  }
  for (const auto& [type, map] : parts[static_cast<size_t>(NameKind::kField)]) {
    if (type >= module.types.size()) continue;
    field_tables[type].Read(module.Bytes(map),
                            static_cast<uint32_t>(module.types[type].fields.size()));
  }
}

const NameTable& ModuleNames::fields(uint32_t type) const {
  static const NameTable& none = *new NameTable();
  const auto found = field_tables.find(type);
  return found == field_tables.end() ? none : found->second;
}

absl::Span<const uint8_t> ModuleNames::Parts(const Module& module, NameKind kind,
                                             uint32_t index) const {
  const auto& maps = parts[static_cast<size_t>(kind)];
  const auto found = maps.find(index);
  return found == maps.end() ? absl::Span<const uint8_t>() : module.Bytes(found->second);
}

}  // namespace tenon::vm
