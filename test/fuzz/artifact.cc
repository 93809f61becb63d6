// A compiled file is refused or read, whatever its header, rows and plan are, when their digests
// fit. The bytes are a file, of which no code is run.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "test/aot/forge.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<uint8_t> file(data, data + size);
  if (tenon::Forge(&file)) tenon::LoadForged(file);
  return 0;
}
