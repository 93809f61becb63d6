#include "vm/sys/sha256.h"

// The functions below are all that is linked of libcrypto; its newer interface brings half of it.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

namespace tenon::vm::sys {

struct Sha256::State {
  SHA256_CTX context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { SHA256_Init(&state_->context); }
Sha256::~Sha256() = default;

void Sha256::Add(absl::Span<const uint8_t> bytes) {
  SHA256_Update(&state_->context, bytes.data(), bytes.size());
}

Sha256Digest Sha256::Finish() {
  Sha256Digest digest;
  SHA256_Final(digest.data(), &state_->context);
  return digest;
}

Sha256Digest Sha256Of(absl::Span<const uint8_t> bytes) {
  Sha256 hash;
  hash.Add(bytes);
  return hash.Finish();
}

}  // namespace tenon::vm::sys
