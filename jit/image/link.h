// Objects to an image: an ELF file linked at address zero that needs no relocation and can be
// mapped anywhere (vm/artifact/FORMAT.md).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "jit/image/positions.h"
#include "vm/base/status.h"

namespace tenon::jit {

struct LinkedImage {
  std::vector<uint8_t> bytes;
  std::vector<uint8_t> position_rows;
};

// One of the objects defines tenon_header; what they call besides each other is image/support.c's.
// `positions` has those of all objects, in their order. One call at a time. kIo: no
// descriptors, or no /proc, by which LLD opens what has no name.
Result<LinkedImage> LinkImage(absl::Span<const absl::string_view> objects,
                              const ObjectPositions& positions);

}  // namespace tenon::jit
