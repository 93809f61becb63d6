// The symbols of a compiled file's code, which are there for tools; no digest is compared at load,
// so that they are read with care.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/artifact/image.h"
#include "vm/base/status.h"

namespace tenon::vm::artifact {

struct Symbol {
  uint64_t offset;  // in the image, within its code
  uint64_t size;
  std::string name;
};

// Its functions, gates and entries, by their offset. kMalformed: the file is damaged there.
Result<std::vector<Symbol>> ReadSymbols(const Image& image);

}  // namespace tenon::vm::artifact
