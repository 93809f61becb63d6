// SHA-256, by libcrypto, which uses the processor's instructions for it.
// FIPS 180-4
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/types/span.h"

namespace tenon::vm::sys {

using Sha256Digest = std::array<uint8_t, 32>;

// Bytes in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();

  void Add(absl::Span<const uint8_t> bytes);
  Sha256Digest Finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Sha256Digest Sha256Of(absl::Span<const uint8_t> bytes);

}  // namespace tenon::vm::sys
