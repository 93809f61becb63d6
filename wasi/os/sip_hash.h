// SipHash-2-4, a keyed 64-bit hash (Aumasson and Bernstein, 2012): what lets inode and device
// numbers leave as metadata hashes without being computable from them.
#pragma once

#include <cstdint>

#include "absl/types/span.h"

namespace tenon::wasi {

struct SipKey {
  uint64_t low = 0;
  uint64_t high = 0;
};

uint64_t SipHash(const SipKey& key, absl::Span<const uint8_t> bytes);

}  // namespace tenon::wasi
