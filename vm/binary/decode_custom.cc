// Custom sections, and the one that gives names. core: #binary-customsec, #binary-namesec
#include <utility>

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

}  // namespace

bool SectionDecoder::DecodeCustom(int after_section) {
  CustomSection custom;
  if (!DecodeName(&custom.name)) return false;
  if (reader.offset() > end) return Malformed("unexpected end");
  custom.after_section = after_section;
  custom.content = {offset(), static_cast<uint32_t>(end - reader.offset())};
  if (!reader.Skip(custom.content.size)) return false;
  if (custom.name == "name") DecodeNames(module, custom.content, &module.names);
  module.customs.push_back(custom);
  return true;
}

void DecodeNames(const Module& module, ByteRange content, NameSection* out) {
  constexpr uint8_t kModuleNames = 0;
  constexpr uint8_t kFunctionNames = 1;
  ByteReader reader(module.Bytes(content), content.offset);
  NameSection names;
  while (!reader.at_end()) {
    uint8_t id;
    uint32_t size;
    absl::Span<const uint8_t> bytes;
    if (!reader.ReadByte(&id) || !reader.ReadVarU32(&size)) break;
    const uint32_t offset = static_cast<uint32_t>(reader.offset());
    if (!reader.ReadBytes(size, &bytes)) break;
    ByteReader part(bytes);
    if (id == kModuleNames && !ReadString(part, &names.module)) break;
    if (id == kFunctionNames) names.encoded_functions = {offset, size};
  }
  *out = std::move(names);
}

}  // namespace tenon::vm
