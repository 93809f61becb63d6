#include "abi/binary/outline.h"

#include <iterator>
#include <utility>

#include "absl/strings/string_view.h"
#include "vm/base/byte_reader.h"
#include "vm/base/leb128.h"

namespace tenon::abi {
namespace {

// abi: "Binary Format", component and its sections
constexpr size_t kPreambleBytes = 8;
constexpr uint8_t kCustom = 0, kCoreModule = 1, kComponent = 4;

// What messages need.
bool IsNameSection(absl::Span<const uint8_t> section) {
  constexpr absl::string_view kName = "component-name";
  ByteReader reader(section, 0);
  uint32_t size = 0;
  absl::Span<const uint8_t> name;
  return reader.ReadVarU32(&size) && reader.ReadBytes(size, &name) &&
         absl::string_view(reinterpret_cast<const char*>(name.data()), name.size()) == kName;
}

Result<ComponentOutline> Outline(absl::Span<const uint8_t> component, uint64_t offset,
                                 const vm::Features& features);

// A section's content; `offset` is its place in the source.
Result<ComponentOutline> OutlineSection(uint8_t id, absl::Span<const uint8_t> content,
                                        uint64_t offset, const vm::Features& features) {
  if (id == kComponent) return Outline(content, offset, features);
  ComponentOutline outline;
  if (id != kCoreModule) {
    outline.binary.assign(content.begin(), content.end());
    return outline;
  }
  TENON_ASSIGN_OR_RETURN(vm::OutlinedModule module,
                         vm::OutlineModule(content, features, &outline.binary));
  module.source_offset = offset;
  outline.modules.push_back(std::move(module));
  return outline;
}

// Components nest as deep as the decoder takes them.
Result<ComponentOutline> Outline(absl::Span<const uint8_t> component, uint64_t offset,
                                 const vm::Features& features) {
  ByteReader reader(component, offset);
  ComponentOutline outline;
  absl::Span<const uint8_t> content;
  if (!reader.ReadBytes(kPreambleBytes, &content)) return reader.TakeFailure();
  outline.binary.assign(content.begin(), content.end());
  while (!reader.at_end()) {
    uint8_t id = 0;
    uint32_t size = 0;
    if (!reader.ReadByte(&id) || !reader.ReadVarU32(&size) || !reader.ReadBytes(size, &content)) {
      return reader.TakeFailure();
    }
    if (id == kCustom && !IsNameSection(content)) continue;
    const uint64_t at = offset + static_cast<uint64_t>(content.data() - component.data());
    TENON_ASSIGN_OR_RETURN(ComponentOutline section, OutlineSection(id, content, at, features));
    outline.binary.push_back(id);
    AppendVarU32(static_cast<uint32_t>(section.binary.size()), &outline.binary);
    for (vm::OutlinedModule& module : section.modules) {
      module.outline_offset += outline.binary.size();
      outline.modules.push_back(std::move(module));
    }
    outline.binary.insert(outline.binary.end(), section.binary.begin(), section.binary.end());
  }
  return outline;
}

}  // namespace

Result<ComponentOutline> OutlineComponent(absl::Span<const uint8_t> component,
                                          const vm::Features& features) {
  return Outline(component, 0, features);
}

}  // namespace tenon::abi
