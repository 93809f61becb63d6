#include "vm/runtime/memory_region.h"

#include <algorithm>

namespace tenon::vm {
namespace {

// All a 32-bit address can reach. The margin lies in front of it, the guard follows it.
constexpr uint64_t kAddressSpaceBytes = uint64_t{4} << 30;

}  // namespace

Result<std::shared_ptr<MemoryRegion>> MemoryRegion::Create(const MemoryType& type, Bounds bounds,
                                                           uint64_t max_bytes,
                                                           Allowance* bytes_left) {
  std::shared_ptr<MemoryRegion> region(new MemoryRegion());
  region->type_ = type;
  region->is_guarded_ = IsGuarded(type, bounds);
  region->max_pages_ = std::min(MaxPages(type), max_bytes >> type.page_size_log2);
  if (type.limits.has_max) region->max_pages_ = std::min(region->max_pages_, type.limits.max);
  if (region->is_guarded_ && type.limits.min <= kMaxPagesWithMargin) {
    region->max_pages_ = std::min(region->max_pages_, kMaxPagesWithMargin);
  }
  if (type.limits.min > region->max_pages_) {
    return Fail(ErrorKind::kLimit, "memory minimum exceeds the memory limit");
  }
  region->mapping_ = sys::Mapping::Reserve(region->BytesToReserve());
  if (!region->mapping_) return Fail(ErrorKind::kLimit, "no address space left for a memory");
  if (!region->Grow(type.limits.min, bytes_left)) {
    return Fail(ErrorKind::kLimit, "memory minimum exceeds what is left for all memories");
  }
  return region;
}

// Of a guarded memory always the whole reach of an address, whatever the declared maximum: an
// access is not checked, so everything it can hit must be ours.
uint64_t MemoryRegion::BytesToReserve() const {
  if (is_guarded_) return margin() + kAddressSpaceBytes + kMemoryGuardBytes;
  return std::max<uint64_t>(max_pages_ << type_.page_size_log2, 1);
}

std::optional<uint64_t> MemoryRegion::Grow(uint64_t delta_pages, Allowance* bytes_left) {
  std::lock_guard lock(grow_mutex_);
  const uint64_t size = size_.load(std::memory_order_relaxed);
  const uint64_t before = size >> type_.page_size_log2;
  if (delta_pages > max_pages_ - before) return std::nullopt;
  const uint64_t delta = delta_pages << type_.page_size_log2;
  if (!bytes_left->Take(delta)) return std::nullopt;
  if (!mapping_.Commit(margin() + size, delta)) {
    bytes_left->Return(delta);
    return std::nullopt;
  }
  size_.store(size + delta, std::memory_order_release);
  return before;
}

}  // namespace tenon::vm
