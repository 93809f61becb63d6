// What tools outside of the process, profilers and debuggers, are told of compiled code: where each
// piece is, and its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "vm/artifact/image.h"
#include "vm/base/status.h"
#include "vm/runtime/module.h"

namespace tenon::cli {

struct CodePiece {
  const uint8_t* begin;
  size_t size;
  // As backtraces have it, `module!function`; of what is no function of a module, the symbol's.
  std::string name;
};

using ModuleSpan = absl::Span<const std::shared_ptr<vm::LoadedModule>>;

// Functions, gates and entries of the image, whose modules these are. kMalformed: it is damaged.
Result<std::vector<CodePiece>> PiecesOf(const vm::artifact::Image& image, ModuleSpan modules);

}  // namespace tenon::cli
