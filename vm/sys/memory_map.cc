#include "vm/sys/memory_map.h"

#include <sys/mman.h>
#include <unistd.h>

namespace tenon::vm::sys {
namespace {

size_t RoundUpToPages(size_t size) {
  const size_t page = HostPageBytes();
  return (size + page - 1) / page * page;
}

}  // namespace

size_t HostPageBytes() {
  static const auto kBytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return kBytes;
}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(size_, other.size_);
  return *this;
}

Mapping::~Mapping() {
  if (base_ != nullptr) munmap(base_, size_);
}

Mapping Mapping::Allocate(size_t size) { return Map(size, PROT_READ | PROT_WRITE); }

Mapping Mapping::Reserve(size_t size) { return Map(size, PROT_NONE); }

Mapping Mapping::OfFile(int file, uint64_t offset, size_t size) {
  Mapping mapping;
  const size_t rounded = RoundUpToPages(size);
  void* base = mmap(nullptr, rounded, PROT_READ, MAP_PRIVATE, file, static_cast<off_t>(offset));
  if (base == MAP_FAILED) return mapping;
  mapping.base_ = static_cast<uint8_t*>(base);
  mapping.size_ = rounded;
  return mapping;
}

Mapping Mapping::Map(size_t size, int access) {
  Mapping mapping;
  const size_t rounded = RoundUpToPages(size);
  void* base = mmap(nullptr, rounded, access, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return mapping;
  mapping.base_ = static_cast<uint8_t*>(base);
  mapping.size_ = rounded;
  return mapping;
}

bool Mapping::Commit(size_t offset, size_t size) {
  if (size == 0) return true;
  const size_t page = HostPageBytes();
  const size_t begin = offset / page * page;
  return mprotect(base_ + begin, RoundUpToPages(offset + size - begin), PROT_READ | PROT_WRITE) ==
         0;
}

}  // namespace tenon::vm::sys
