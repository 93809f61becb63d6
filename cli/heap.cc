#include "cli/heap.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>

namespace tenon::cli {

void PopulateHeap() {
  constexpr size_t kTouchedBytes = 208 << 10;  // by a run of a small component
  constexpr size_t kPageBytes = 4096;
  constexpr size_t kProbeBytes = 64 << 10;  // small enough to come from the heap's end
  mallopt(M_TOP_PAD, 2 * kTouchedBytes);
  mallopt(M_TRIM_THRESHOLD, 8 * kTouchedBytes);
  void* end = std::malloc(kProbeBytes);
  if (end == nullptr) return;
  const uintptr_t start = (reinterpret_cast<uintptr_t>(end) + kPageBytes - 1) & ~(kPageBytes - 1);
  madvise(reinterpret_cast<void*>(start), kTouchedBytes, MADV_POPULATE_WRITE);
  std::free(end);
}

}  // namespace tenon::cli
