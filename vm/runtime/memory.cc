#include "vm/runtime/memory.h"

#include <algorithm>

namespace tenon::vm {
namespace {

// All a 32-bit address can reach. The guard follows it.
constexpr uint64_t kAddressSpaceBytes = uint64_t{4} << 30;

}  // namespace

Result<std::unique_ptr<Memory>> Memory::Create(const MemoryType& type, uint64_t max_bytes,
                                               Allowance* bytes_left) {
  if (type.address != AddressType::kI32) {
    return Fail(ErrorKind::kLimit, "64-bit memories are not supported");
  }
  TENON_CHECK(type.page_size_log2 == 16);
  std::unique_ptr<Memory> memory(new Memory());
  memory->type_ = type;
  memory->bytes_left_ = bytes_left;
  memory->max_bytes_ = std::min(max_bytes, kAddressSpaceBytes);
  if (type.limits.has_max && type.limits.max < kAddressSpaceBytes / kWasmPageBytes) {
    memory->max_bytes_ = std::min(memory->max_bytes_, type.limits.max * kWasmPageBytes);
  }
  // Always the whole reach of an address, whatever the declared maximum: an access is not checked,
  // so everything it can hit must be ours.
  memory->mapping_ = sys::Mapping::Reserve(kAddressSpaceBytes + kMemoryGuardBytes);
  if (!memory->mapping_) return Fail(ErrorKind::kLimit, "no address space left for a memory");
  if (type.limits.min > memory->max_bytes_ / kWasmPageBytes) {
    return Fail(ErrorKind::kLimit, "memory minimum exceeds the memory limit");
  }
  if (!memory->Grow(type.limits.min)) {
    return Fail(ErrorKind::kLimit, "memory minimum exceeds what is left for all memories");
  }
  return memory;
}

MemoryType Memory::current_type() const {
  MemoryType type = type_;
  type.limits.min = size_pages();
  return type;
}

std::optional<uint64_t> Memory::Grow(uint64_t delta_pages) {
  const uint64_t before = size_pages();
  if (delta_pages > max_bytes_ / kWasmPageBytes - before) return std::nullopt;
  const uint64_t delta = delta_pages * kWasmPageBytes;
  if (!bytes_left_->Take(delta)) return std::nullopt;
  if (!mapping_.Commit(size_, delta)) {
    bytes_left_->Return(delta);
    return std::nullopt;
  }
  size_ += delta;
  return before;
}

}  // namespace tenon::vm
