#include "vm/binary/outline.h"

#include <memory>

#include "absl/strings/string_view.h"
#include "vm/base/leb128.h"
#include "vm/binary/decoder.h"
#include "vm/binary/encoder.h"

namespace tenon::vm {
namespace {

void AppendString(absl::string_view text, std::vector<uint8_t>* out) {
  AppendVarU32(static_cast<uint32_t>(text.size()), out);
  out->insert(out->end(), text.begin(), text.end());
}

// A name section with the module's name alone. core: #binary-namesec
void AppendName(absl::string_view name, std::vector<uint8_t>* out) {
  std::vector<uint8_t> subsection, section;
  AppendString(name, &subsection);
  AppendString("name", &section);
  section.push_back(0);
  AppendVarU32(static_cast<uint32_t>(subsection.size()), &section);
  section.insert(section.end(), subsection.begin(), subsection.end());
  out->push_back(0);
  AppendVarU32(static_cast<uint32_t>(section.size()), out);
  out->insert(out->end(), section.begin(), section.end());
}

}  // namespace

Result<OutlinedModule> OutlineModule(absl::Span<const uint8_t> bytes, const Features& features,
                                     std::vector<uint8_t>* out) {
  // Nobody owns them for longer than this call.
  const std::shared_ptr<const void> owner(std::shared_ptr<const void>(), bytes.data());
  TENON_ASSIGN_OR_RETURN(Module module, DecodeModule(SharedBytes{owner, bytes}, features));
  OutlinedModule outlined{out->size(), 0, bytes.size(), {}};
  for (DataSegment& segment : module.datas) {
    outlined.datas.push_back(segment.bytes);
    segment.bytes = {};
  }
  module.functions.clear();
  module.bodies.clear();
  module.customs.clear();
  const std::vector<uint8_t> encoded = EncodeModule(module);
  out->insert(out->end(), encoded.begin(), encoded.end());
  if (!module.names.module.empty()) AppendName(module.names.module, out);
  return outlined;
}

}  // namespace tenon::vm
