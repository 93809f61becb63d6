#include "vm/runtime/memory_region.h"

#include <algorithm>

namespace tenon::vm {
namespace {

// All a 32-bit address can reach. The guard follows it.
constexpr uint64_t kAddressSpaceBytes = uint64_t{4} << 30;

}  // namespace

Result<std::shared_ptr<MemoryRegion>> MemoryRegion::Create(const MemoryType& type,
                                                           uint64_t max_bytes,
                                                           Allowance* bytes_left) {
  if (type.address != AddressType::kI32) {
    return Fail(ErrorKind::kLimit, "64-bit memories are not supported");
  }
  TENON_CHECK(type.page_size_log2 == 16);
  std::shared_ptr<MemoryRegion> region(new MemoryRegion());
  region->type_ = type;
  region->max_bytes_ = std::min(max_bytes, kAddressSpaceBytes);
  if (type.limits.has_max && type.limits.max < kAddressSpaceBytes / kWasmPageBytes) {
    region->max_bytes_ = std::min(region->max_bytes_, type.limits.max * kWasmPageBytes);
  }
  // Always the whole reach of an address, whatever the declared maximum: an access is not checked,
  // so everything it can hit must be ours.
  region->mapping_ = sys::Mapping::Reserve(kAddressSpaceBytes + kMemoryGuardBytes);
  if (!region->mapping_) return Fail(ErrorKind::kLimit, "no address space left for a memory");
  if (type.limits.min > region->max_bytes_ / kWasmPageBytes) {
    return Fail(ErrorKind::kLimit, "memory minimum exceeds the memory limit");
  }
  if (!region->Grow(type.limits.min, bytes_left)) {
    return Fail(ErrorKind::kLimit, "memory minimum exceeds what is left for all memories");
  }
  return region;
}

std::optional<uint64_t> MemoryRegion::Grow(uint64_t delta_pages, Allowance* bytes_left) {
  std::lock_guard lock(grow_mutex_);
  const uint64_t size = size_.load(std::memory_order_relaxed);
  const uint64_t before = size / kWasmPageBytes;
  if (delta_pages > max_bytes_ / kWasmPageBytes - before) return std::nullopt;
  const uint64_t delta = delta_pages * kWasmPageBytes;
  if (!bytes_left->Take(delta)) return std::nullopt;
  if (!mapping_.Commit(size, delta)) {
    bytes_left->Return(delta);
    return std::nullopt;
  }
  size_.store(size + delta, std::memory_order_release);
  return before;
}

}  // namespace tenon::vm
