// The component binary decoder. abi: Binary.md. Checks the format alone; what indices, names and
// types mean is the validator's work. Gated definitions decode; the validator refuses them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "abi/syntax/component.h"
#include "absl/types/span.h"
#include "vm/base/status.h"

namespace tenon::abi {

// True when `bytes` begin with a component's preamble rather than a core module's (or anything
// else's).
bool IsComponent(absl::Span<const uint8_t> bytes);

// Takes the bytes, which the result owns. Fails with kMalformed, or kLimit for nesting and counts.
Result<std::unique_ptr<const syntax::RootComponent>> DecodeComponent(std::vector<uint8_t> bytes);

}  // namespace tenon::abi
