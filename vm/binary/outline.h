// A module's binary without what grows with its code: bodies, and of functions that it defines
// their types too, are left out, data segments are empty, and of names only the module's own is
// there. What is left decodes as any module; the rest is known from elsewhere
// (vm/valid/resolved_module.h).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"

namespace tenon::vm {

// What the outline of a module lacks, or the place of which in what holds it is of interest.
struct OutlinedModule {
  uint64_t outline_offset = 0;  // of the module's outline in all that was written
  uint64_t source_offset = 0;   // of the module in the source
  uint64_t source_size = 0;
  std::vector<ByteRange> datas;  // the bytes of each data segment, in the module
};

// Appends the outline of a module that has been decoded before.
Result<OutlinedModule> OutlineModule(absl::Span<const uint8_t> module, const Features& features,
                                     std::vector<uint8_t>* out);

}  // namespace tenon::vm
