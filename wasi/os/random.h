// Randomness from the kernel's generator. wasi: random/random
// The guest's answers and the keys of our own tables both come from here.
#pragma once

#include <cstdint>

#include "absl/types/span.h"

namespace tenon::wasi {

// Fills `out` with unpredictable bytes. Ends the process if the kernel has no generator to offer:
// there is no safe way to go on.
void FillRandom(absl::Span<uint8_t> out);

uint64_t RandomU64();

}  // namespace tenon::wasi
