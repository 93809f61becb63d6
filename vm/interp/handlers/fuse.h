// Runs of instructions that one handler executes. The code keeps its layout: only the first
// instruction's handler changes, and the second stays complete, for branches to it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "vm/interp/handlers/handlers.h"

namespace tenon::vm::interp {

// `run` does what `first` does (an instruction's handler, or a run's) and then `second`, whose
// instruction stands right behind.
struct Fusion {
  Handler first;
  Handler second;
  Handler run;
};

// The rows of fuse.def by their handlers: open addressing, at most half full. Translation asks once
// an instruction.
class Fusions {
 public:
  // For a module whose first memory is accessed so.
  static const Fusions& Of(AccessMode mode);

  // The run of two handlers, or null.
  Handler Find(Handler first, Handler second) const {
    for (size_t index = IndexOf(first, second); entries_[index] != 0; index = (index + 1) % kSize) {
      const Fusion& fusion = fusions_[entries_[index] - 1];
      if (fusion.first == first && fusion.second == second) return fusion.run;
    }
    return nullptr;
  }

 private:
  static constexpr size_t kSize = 1024;

  explicit Fusions(absl::Span<const Fusion> fusions);

  // Handlers are aligned to sixteen bytes.
  static size_t IndexOf(Handler first, Handler second) {
    const auto a = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(first) >> 4);
    const auto b = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(second) >> 4);
    return (a * 0x9e3779b1u ^ b * 0x85ebca6bu) >> 22;
  }

  const Fusion* fusions_;
  uint16_t entries_[kSize] = {};  // one more than the index of a fusion; 0 is free
};

}  // namespace tenon::vm::interp
