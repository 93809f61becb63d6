// Custom sections. core: #binary-customsec
#include "vm/binary/section_decoder.h"
#include "vm/syntax/name_section.h"

namespace tenon::vm {

bool SectionDecoder::DecodeCustom(int after_section) {
  CustomSection custom;
  if (!DecodeName(&custom.name)) return false;
  if (reader.offset() > end) return Malformed("unexpected end");
  custom.after_section = after_section;
  custom.content = {offset(), static_cast<uint32_t>(end - reader.offset())};
  if (!reader.Skip(custom.content.size)) return false;
  if (custom.name == "name") module.names = NamesForMessages(module, custom.content);
  module.customs.push_back(custom);
  return true;
}

}  // namespace tenon::vm
