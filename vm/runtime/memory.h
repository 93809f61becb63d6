// A linear memory: a fixed reserved region whose base never moves. A 32-bit memory reserves 4 GiB
// and a guard behind it, so that base + 32-bit address + offset below kMemoryGuardBytes needs no
// check: what lies beyond the committed bytes faults, and the fault becomes a trap.
// core: #memory-instances
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/runtime/store_limits.h"
#include "vm/sys/memory_map.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

// Static offsets (plus access size) up to this need no check.
inline constexpr uint64_t kMemoryGuardBytes = uint64_t{32} << 20;
inline constexpr uint64_t kWasmPageBytes = 65536;

class Memory {
 public:
  // Reserves and commits the minimum. `max_bytes` is the store's limit for one memory, `bytes_left`
  // what all of its memories may still commit; it outlives the memory and tells its store.
  static Result<std::unique_ptr<Memory>> Create(const MemoryType& type, uint64_t max_bytes,
                                                Allowance* bytes_left);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  const MemoryType& type() const { return type_; }
  const Allowance* bytes_left() const { return bytes_left_; }
  // The type an importer sees: the current size as minimum.
  MemoryType current_type() const;
  uint8_t* base() const { return mapping_.base(); }
  // True when `address` lies in the reserved region, guard included: a fault there is the guest's.
  bool Reserves(uintptr_t address) const {
    return address - reinterpret_cast<uintptr_t>(base()) < mapping_.size();
  }
  uint64_t size_bytes() const { return size_; }
  uint64_t size_pages() const { return size_ / kWasmPageBytes; }

  // The size before in pages, or nothing when a limit or the host refuses.
  std::optional<uint64_t> Grow(uint64_t delta_pages);

  // A checked range of guest memory, or nothing when out of bounds. Invalid after any call that can
  // run guest code only in that contents may change: the base stays, the size never shrinks.
  std::optional<absl::Span<uint8_t>> Slice(uint64_t address, uint64_t size) const {
    if (address > size_ || size > size_ - address) return std::nullopt;
    return absl::MakeSpan(base() + address, size);
  }

 private:
  Memory() = default;
  MemoryType type_;
  sys::Mapping mapping_;
  uint64_t size_ = 0;
  uint64_t max_bytes_ = 0;
  Allowance* bytes_left_ = nullptr;
};

}  // namespace tenon::vm
