// The "name" custom section: maps from indices to names, one a kind of thing. Reading is lenient,
// as the specification wants it: what is ill-formed ends the part it stands in and is no error.
// core: #binary-namesec, and for the kinds it does not have the extended-name-section proposal.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/syntax/module.h"

namespace tenon::vm {

// By the id of the part. Those of locals, labels and fields have a map for each function or type;
// labels count in the order of their blocks' opcodes.
enum class NameKind : uint8_t {
  kModule,
  kFunc,
  kLocal,
  kLabel,
  kType,
  kTable,
  kMemory,
  kGlobal,
  kElem,
  kData,
  kField,
  kTag,
};
inline constexpr size_t kNameKindCount = 12;

// Where the parts' contents stand; empty where there is none.
using NameParts = std::array<ByteRange, kNameKindCount>;
NameParts SplitNames(const Module& module, ByteRange content);

// What a Module keeps of the section with this content.
NameSection NamesForMessages(const Module& module, ByteRange content);

// The content of the module's part; empty when it is not UTF-8.
absl::string_view ReadModuleName(const Module& module, ByteRange part);
// Each entry of a map whose name is UTF-8. core: #binary-namemap
void ForEachName(absl::Span<const uint8_t> map,
                 absl::FunctionRef<void(uint32_t index, absl::string_view name)> visit);
// Each map of a map of maps. core: #binary-indirectnamemap
void ForEachNameMap(const Module& module, ByteRange part,
                    absl::FunctionRef<void(uint32_t index, ByteRange map)> visit);

struct IndexedName {
  uint32_t index = 0;
  std::string name;
};

// Writes the content of a section, part by part in the order of their ids.
class NameSectionWriter {
 public:
  explicit NameSectionWriter(std::vector<uint8_t>* out) : out_(*out) {}

  // The names of one thing's parts, by the thing's index.
  struct NameMap {
    uint32_t index = 0;
    std::vector<IndexedName> names;
  };

  // Names sorted by index. Nothing is written when there are none.
  void WriteModule(absl::string_view name);
  void Write(NameKind kind, absl::Span<const IndexedName> names);
  void Write(NameKind kind, absl::Span<const NameMap> maps);

 private:
  void WritePart(NameKind kind, const std::vector<uint8_t>& part);

  std::vector<uint8_t>& out_;
};

}  // namespace tenon::vm
