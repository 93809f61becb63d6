// What waits, and those who wake it, mean in any memory, for all tiers. Specification:
// proposals/threads of WebAssembly/threads.
#pragma once

#include <expected>

#include "vm/runtime/memory.h"
#include "vm/sem/trap.h"

namespace tenon::vm {

// The address of an atomic access to `bytes` bytes. One that is out of bounds as well as unaligned
// is out of bounds.
inline sem::OrTrap<uint64_t> AtomicAddress(const Memory& memory, uint64_t base, uint64_t offset,
                                           uint32_t bytes) {
  uint64_t address = 0;
  if (__builtin_add_overflow(base, offset, &address) || !memory.Slice(address, bytes)) {
    return std::unexpected(TrapKind::kOutOfBoundsMemoryAccess);
  }
  if (address % bytes != 0) return std::unexpected(TrapKind::kUnalignedAtomic);
  return address;
}

// The result says nothing where the store must end.
template <typename T>
sem::OrTrap<uint32_t> AtomicWait(const RunBlock& run, const Memory& memory, uint64_t base,
                                 uint64_t offset, T expected, int64_t timeout) {
  const auto address = AtomicAddress(memory, base, offset, sizeof(T));
  if (!address) return std::unexpected(address.error());
  if (!memory.type().shared) return std::unexpected(TrapKind::kExpectedSharedMemory);
  const T* cell = reinterpret_cast<const T*>(memory.base() + *address);
  return static_cast<uint32_t>(memory.region()->waiters().Wait(
      *address, [=] { return __atomic_load_n(cell, __ATOMIC_SEQ_CST) == expected; }, timeout, run));
}

inline sem::OrTrap<uint32_t> AtomicNotify(const Memory& memory, uint64_t base, uint64_t offset,
                                          uint32_t count) {
  const auto address = AtomicAddress(memory, base, offset, sizeof(uint32_t));
  if (!address) return std::unexpected(address.error());
  return memory.region()->waiters().Notify(*address, count);
}

}  // namespace tenon::vm
