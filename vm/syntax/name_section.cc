#include "vm/syntax/name_section.h"

#include "vm/base/byte_reader.h"
#include "vm/base/leb128.h"
#include "vm/base/utf8.h"

namespace tenon::vm {
namespace {

bool ReadString(ByteReader& reader, absl::string_view* out) {
  uint32_t size;
  absl::Span<const uint8_t> bytes;
  if (!reader.ReadVarU32(&size) || !reader.ReadBytes(size, &bytes)) return false;
  *out = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  return true;
}

void AppendString(absl::string_view text, std::vector<uint8_t>* out) {
  AppendVarU32(static_cast<uint32_t>(text.size()), out);
  out->insert(out->end(), text.begin(), text.end());
}

void AppendMap(absl::Span<const IndexedName> names, std::vector<uint8_t>* out) {
  AppendVarU32(static_cast<uint32_t>(names.size()), out);
  for (const IndexedName& item : names) {
    AppendVarU32(item.index, out);
    AppendString(item.name, out);
  }
}

bool SkipNameMap(ByteReader& reader) {
  uint32_t count = 0, index = 0;
  absl::string_view name;
  if (!reader.ReadVarU32(&count)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    if (!reader.ReadVarU32(&index) || !ReadString(reader, &name)) return false;
  }
  return true;
}

}  // namespace

NameParts SplitNames(const Module& module, ByteRange content) {
  NameParts parts{};
  ByteReader reader(module.Bytes(content), content.offset);
  while (!reader.at_end()) {
    uint8_t id = 0;
    uint32_t size = 0;
    absl::Span<const uint8_t> bytes;
    if (!reader.ReadByte(&id) || !reader.ReadVarU32(&size)) break;
    const auto offset = static_cast<uint32_t>(reader.offset());
    if (!reader.ReadBytes(size, &bytes)) break;
    if (id < parts.size()) parts[id] = {offset, size};
  }
  return parts;
}

NameSection NamesForMessages(const Module& module, ByteRange content) {
  const NameParts parts = SplitNames(module, content);
  return {std::string(ReadModuleName(module, parts[static_cast<int>(NameKind::kModule)])),
          parts[static_cast<int>(NameKind::kFunc)]};
}

absl::string_view ReadModuleName(const Module& module, ByteRange part) {
  ByteReader reader(module.Bytes(part));
  absl::string_view name;
  return ReadString(reader, &name) && IsValidUtf8(name) ? name : absl::string_view();
}

void ForEachName(absl::Span<const uint8_t> map,
                 absl::FunctionRef<void(uint32_t index, absl::string_view name)> visit) {
  ByteReader reader(map);
  uint32_t count = 0, index = 0;
  absl::string_view name;
  if (!reader.ReadVarU32(&count)) return;
  for (uint32_t i = 0; i < count; ++i) {
    if (!reader.ReadVarU32(&index) || !ReadString(reader, &name)) return;
    if (IsValidUtf8(name)) visit(index, name);
  }
}

void ForEachNameMap(const Module& module, ByteRange part,
                    absl::FunctionRef<void(uint32_t index, ByteRange map)> visit) {
  ByteReader reader(module.Bytes(part), part.offset);
  uint32_t count = 0, index = 0;
  if (!reader.ReadVarU32(&count)) return;
  for (uint32_t i = 0; i < count; ++i) {
    if (!reader.ReadVarU32(&index)) return;
    const auto offset = static_cast<uint32_t>(reader.offset());
    if (!SkipNameMap(reader)) return;
    visit(index, {offset, static_cast<uint32_t>(reader.offset()) - offset});
  }
}

void NameSectionWriter::WritePart(NameKind kind, const std::vector<uint8_t>& part) {
  out_.push_back(static_cast<uint8_t>(kind));
  AppendVarU32(static_cast<uint32_t>(part.size()), &out_);
  out_.insert(out_.end(), part.begin(), part.end());
}

void NameSectionWriter::WriteModule(absl::string_view name) {
  if (name.empty()) return;
  std::vector<uint8_t> part;
  AppendString(name, &part);
  WritePart(NameKind::kModule, part);
}

void NameSectionWriter::Write(NameKind kind, absl::Span<const IndexedName> names) {
  if (names.empty()) return;
  std::vector<uint8_t> part;
  AppendMap(names, &part);
  WritePart(kind, part);
}

void NameSectionWriter::Write(NameKind kind, absl::Span<const NameMap> maps) {
  if (maps.empty()) return;
  std::vector<uint8_t> part;
  AppendVarU32(static_cast<uint32_t>(maps.size()), &part);
  for (const NameMap& map : maps) {
    AppendVarU32(map.index, &part);
    AppendMap(map.names, &part);
  }
  WritePart(kind, part);
}

}  // namespace tenon::vm
