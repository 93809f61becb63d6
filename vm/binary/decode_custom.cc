// Custom sections, and the one that gives names. core: #binary-customsec, #binary-namesec
#include <algorithm>

#include "vm/base/utf8.h"
#include "vm/binary/section_decoder.h"

namespace tenon::vm {
namespace {

bool ReadString(ByteReader& reader, std::string* out) {
  uint32_t size;
  absl::Span<const uint8_t> bytes;
  if (!reader.ReadVarU32(&size) || !reader.ReadBytes(size, &bytes)) return false;
  out->assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return IsValidUtf8(*out);
}

bool DecodeNameMap(ByteReader& reader, std::vector<IndexedName>* out) {
  uint32_t count;
  if (!reader.ReadVarU32(&count)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    IndexedName name;
    if (!reader.ReadVarU32(&name.index) || !ReadString(reader, &name.name)) return false;
    out->push_back(std::move(name));
  }
  return true;
}

}  // namespace

bool SectionDecoder::DecodeCustom(int after_section) {
  CustomSection custom;
  if (!DecodeName(&custom.name)) return false;
  if (reader.offset() > end) return Malformed("unexpected end");
  custom.after_section = after_section;
  custom.content = {offset(), static_cast<uint32_t>(end - reader.offset())};
  if (!reader.Skip(custom.content.size)) return false;
  if (custom.name == "name") DecodeNames(module.Bytes(custom.content), &module.names);
  module.customs.push_back(std::move(custom));
  return true;
}

void DecodeNames(absl::Span<const uint8_t> content, NameSection* out) {
  constexpr uint8_t kModuleNames = 0;
  constexpr uint8_t kFunctionNames = 1;
  ByteReader reader(content);
  NameSection names;
  while (!reader.at_end()) {
    uint8_t id;
    uint32_t size;
    absl::Span<const uint8_t> bytes;
    if (!reader.ReadByte(&id) || !reader.ReadVarU32(&size) || !reader.ReadBytes(size, &bytes)) {
      break;
    }
    ByteReader part(bytes);
    if (id == kModuleNames && !ReadString(part, &names.module)) break;
    if (id == kFunctionNames && !DecodeNameMap(part, &names.functions)) break;
  }
  const auto by_index = [](const IndexedName& a, const IndexedName& b) { return a.index < b.index; };
  std::sort(names.functions.begin(), names.functions.end(), by_index);
  *out = std::move(names);
}

}  // namespace tenon::vm
