// A store's linear memory: the region with its bytes (memory_region.h), which a shared memory has
// in common with memories of other stores, and what the store lets it grow by.
// core: #memory-instances
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/runtime/memory_region.h"
#include "vm/runtime/store_limits.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

class Memory {
 public:
  // `bytes_left` is what all of the store's memories may still commit; it outlives the memory and
  // tells its store.
  Memory(std::shared_ptr<MemoryRegion> region, Allowance* bytes_left)
      : region_(std::move(region)),
        base_(region_->base()),
        size_cell_(region_->size_cell()),
        bytes_left_(bytes_left) {}
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  const std::shared_ptr<MemoryRegion>& region() const { return region_; }
  const MemoryType& type() const { return region_->type(); }
  const Allowance* bytes_left() const { return bytes_left_; }
  // The type an importer sees: the current size as minimum.
  MemoryType current_type() const;
  uint8_t* base() const { return base_; }
  uint64_t size_bytes() const { return region_->size_bytes(); }
  uint64_t size_pages() const { return size_bytes() >> type().page_size_log2; }

  // The size before in pages, or nothing when a limit or the host refuses.
  std::optional<uint64_t> Grow(uint64_t delta_pages) {
    return region_->Grow(delta_pages, bytes_left_);
  }

  // A checked range of guest memory, or nothing when out of bounds. Invalid after any call that can
  // run guest code only in that contents may change: the base stays, the size never shrinks. Of a
  // shared memory they may change at any time: see shared_bytes.h.
  std::optional<absl::Span<uint8_t>> Slice(uint64_t address, uint64_t size) const {
    const uint64_t size_now = size_bytes();
    if (address > size_now || size > size_now - address) return std::nullopt;
    return absl::MakeSpan(base() + address, size);
  }

 private:
  friend struct MemoryFields;

  const std::shared_ptr<MemoryRegion> region_;
  uint8_t* const base_;
  const std::atomic<uint64_t>* const size_cell_;
  Allowance* const bytes_left_;
};

struct MemoryFields {
#define MEMORY_FIELD(type, name, offset) static_assert(offsetof(Memory, name) == offset);
#include "vm/runtime/vmctx.def"
};

}  // namespace tenon::vm
