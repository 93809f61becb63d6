// What the instructions that move or fill many bytes share: bounds, and looking meanwhile and at
// the end whether the store must end, since a signal can't make them leave.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"
#include "vm/runtime/context.h"
#include "vm/runtime/shared_bytes.h"

namespace tenon::vm::interp {

inline bool InBounds(uint64_t start, uint64_t count, uint64_t size) {
  return start <= size && count <= size - start;
}

// Pages that nobody has touched yet make this a millisecond's work.
inline constexpr size_t kChunkBytes = size_t{1} << 20;

// Here and in Move, `shared` bytes are those that other threads may access meanwhile.
inline void Fill(const RunBlock& run, absl::Span<uint8_t> target, uint8_t value,
                 bool shared = false) {
  for (size_t done = 0; done < target.size() && !MustEnd(run); done += kChunkBytes) {
    const auto chunk = target.subspan(done, kChunkBytes);
    if (shared) {
      SharedFill(chunk.data(), value, chunk.size());
    } else {
      std::memset(chunk.data(), value, chunk.size());
    }
  }
}

// The ranges have one size and may overlap: what is read last must not be written first.
inline void Move(const RunBlock& run, absl::Span<uint8_t> target, absl::Span<const uint8_t> source,
                 bool shared = false) {
  const bool forwards = target.data() <= source.data();
  for (size_t done = 0; done < target.size() && !MustEnd(run);) {
    const size_t size = std::min(target.size() - done, kChunkBytes);
    const size_t at = forwards ? done : target.size() - done - size;
    if (shared) {
      SharedMove(target.data() + at, source.data() + at, size);
    } else {
      std::memmove(target.data() + at, source.data() + at, size);
    }
    done += size;
  }
}

// Ends a handler whose work may be long.
#define TENON_NEXT_UNLESS_ENDED(count)   \
  if (MustEnd(*ctx->run)) TENON_LEAVE(); \
  TENON_NEXT(count)

}  // namespace tenon::vm::interp
