// What a linked image becomes a compiled file with: what the linker does not know, and digests.
// FORMAT.md.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "vm/artifact/format.h"
#include "vm/base/status.h"
#include "vm/sys/sha256.h"
#include "vm/valid/resolved_module.h"

namespace tenon::vm::artifact {

// A core module in what was compiled.
struct SourceModule {
  uint64_t offset = 0;
  uint64_t size = 0;
  std::vector<Part> datas;  // the bytes of each data segment
};

struct Source {
  bool is_component = false;
  absl::Span<const uint8_t> binary;   // the component or module, in the binary format
  sys::Sha256Digest digest = {};      // of the file that it was read from
  absl::Span<const uint8_t> plan;     // load.h
  std::vector<SourceModule> modules;  // in the image's order; none: the image is for Attach alone
};

// Where a module is in the binary format of what it belongs to.
SourceModule PlaceOf(const ResolvedModule& module, absl::Span<const uint8_t> binary);

// Completes an image of ours, whose header says what the code is, and where in the file
// `position_funcs` are, which the rows belong to.
void SealImage(const Source& source, absl::Span<const uint8_t> position_rows,
               std::vector<uint8_t>* image);

}  // namespace tenon::vm::artifact
