// The bytes of a linear memory: reserved address space whose base never moves. A guarded one
// (bounds.h) takes all that a 32-bit address and an offset below kMemoryGuardBytes can reach, so
// that what lies beyond the committed bytes faults; any other what it may grow to. A shared
// memory's region is held by a Memory in each store that has it, and lives as long as one of them;
// everything here but Create may then be called from any thread. core: #memory-instances
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "vm/base/status.h"
#include "vm/runtime/bounds.h"
#include "vm/runtime/store_limits.h"
#include "vm/runtime/wait_queue.h"
#include "vm/syntax/types.h"
#include "vm/sys/memory_map.h"

namespace tenon::vm {

// Static offsets (plus access size) up to this need no check.
inline constexpr uint64_t kMemoryGuardBytes = uint64_t{32} << 20;
inline constexpr uint64_t kWasmPageBytes = 65536;
inline constexpr uint64_t kMaxPagesWithMargin = 65535;
// What a guarded memory never has of the 4 GiB at their end, unless it is declared with all of
// them, and what faults in front of its base: compiled code takes the distance of two addresses
// below this for a distance in the host's address space too (jit/optimize/anchor_addresses.h).
inline constexpr uint64_t kMemoryMarginBytes = 65536;

class MemoryRegion {
 public:
  // Reserves, and commits the minimum. No more than `max_bytes`.
  static Result<std::shared_ptr<MemoryRegion>> Create(const MemoryType& type, Bounds bounds,
                                                      uint64_t max_bytes, Allowance* bytes_left);
  MemoryRegion(const MemoryRegion&) = delete;
  MemoryRegion& operator=(const MemoryRegion&) = delete;

  const MemoryType& type() const { return type_; }  // as declared
  uint8_t* base() const { return mapping_.base() + margin(); }
  bool is_guarded() const { return is_guarded_; }
  // True when a fault at `address` is the guest's: it lies in a guarded region, guard included.
  // Checked accesses don't fault.
  bool OwnsFault(uintptr_t address) const {
    return is_guarded_ && address - reinterpret_cast<uintptr_t>(mapping_.base()) < mapping_.size();
  }
  // Never shrinks.
  uint64_t size_bytes() const { return size_.load(std::memory_order_acquire); }
  // Whether it ends kMemoryMarginBytes below 4 GiB or more, now and later.
  bool has_margin() const { return max_pages_ <= kMaxPagesWithMargin; }
  // Where checked accesses read the size.
  const std::atomic<uint64_t>* size_cell() const { return &size_; }

  // The size before in pages, or nothing when a limit or the host refuses. Whoever grows a memory
  // pays for it from his store's allowance.
  std::optional<uint64_t> Grow(uint64_t delta_pages, Allowance* bytes_left);

  WaitQueue& waiters() { return waiters_; }

 private:
  MemoryRegion() = default;
  uint64_t BytesToReserve() const;
  uint64_t margin() const { return is_guarded_ ? kMemoryMarginBytes : 0; }

  MemoryType type_;
  sys::Mapping mapping_;
  bool is_guarded_ = false;
  uint64_t max_pages_ = 0;
  std::mutex grow_mutex_;
  std::atomic<uint64_t> size_ = 0;  // written under the mutex
  WaitQueue waiters_;
};

}  // namespace tenon::vm
