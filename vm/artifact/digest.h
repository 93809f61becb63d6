// Digests of a compiled file as its writer and its reader compute them: of what is compared at
// every load, and of blocks of functions' rows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"
#include "vm/artifact/format.h"
#include "vm/sys/sha256.h"

namespace tenon::vm::artifact {

inline size_t BlockCount(size_t funcs) { return (funcs + kFuncsPerBlock - 1) / kFuncsPerBlock; }

inline uint64_t DigestOfBlock(absl::Span<const Func> funcs, size_t block) {
  const auto rows = funcs.subspan(block * kFuncsPerBlock, kFuncsPerBlock);
  const sys::Sha256Digest digest =
      sys::Sha256Of({reinterpret_cast<const uint8_t*>(rows.data()), rows.size() * sizeof(Func)});
  uint64_t first;
  std::memcpy(&first, digest.data(), sizeof first);
  return first;
}

// What Header::digest is of. All parts were found to be within what is given.
struct CheckedBytes {
  // `at` is where the header stands in the file's `first` bytes.
  CheckedBytes(const Header& header, uint64_t at, absl::Span<const uint8_t> first,
               absl::Span<const uint8_t> trailer)
      : before(first.first(at + offsetof(Header, digest))),
        behind(first.first(header.checked_bytes).subspan(before.size() + sizeof header.digest)),
        rows(trailer.subspan(header.rows.offset, header.rows.size)),
        plan(trailer.subspan(header.plan.offset, header.plan.size)) {}

  sys::Sha256Digest Digest() const {
    sys::Sha256 hash;
    for (const auto part : {before, behind, rows, plan}) hash.Add(part);
    return hash.Finish();
  }

  absl::Span<const uint8_t> before, behind, rows, plan;
};

}  // namespace tenon::vm::artifact
