// What random.get-random-bytes and insecure.get-insecure-random-bytes have in common.
// Both answer from the same source and have the same limit.
#pragma once

#include <cstdint>
#include <vector>

#include "abi/link/host.h"

namespace tenon::wasi {

// Nothing, and a trap, for more bytes than one call may hold.
std::vector<uint8_t> RandomBytes(abi::HostContext& cx, uint64_t length);

}  // namespace tenon::wasi
