// What a linked image becomes a compiled file with: what the linker does not know, and digests.
// FORMAT.md.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/binary/outline.h"
#include "vm/sys/sha256.h"

namespace tenon::vm::artifact {

struct Source {
  bool is_component = false;
  absl::Span<const uint8_t> binary;     // the component or module, in the binary format
  sys::Sha256Digest digest = {};        // of the file that it was read from
  absl::Span<const uint8_t> outline;    // of the binary
  std::vector<OutlinedModule> modules;  // in the image's order; none: nothing is outlined
};

// Completes an image of ours, whose header says what the code is, and where in the file
// `position_funcs` are, which the rows belong to.
void SealImage(const Source& source, absl::Span<const uint8_t> position_rows,
               std::vector<uint8_t>* image);

}  // namespace tenon::vm::artifact
