// What a start allocates is a thousand small objects, most of which live as long as the process:
// they are handed out by moving a pointer, only while there is one thread, only from a few pages,
// and what is freed does not come back. All else is malloc's. For static links only, where this is
// the whole process's operator new.
#include "cli/start_heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/single_threaded.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "cli/commands.h"

namespace {

// What a run of a small component takes.
constexpr size_t kSmallBytes = 256;
constexpr size_t kPoolBytes = 48 << 10;  // in small objects
constexpr size_t kOtherBytes = 200 << 10;
constexpr size_t kOtherCompiledBytes = 80 << 10;  // of a compiled file nothing is decoded
constexpr size_t kProbeBytes = 64 << 10;          // small enough to come from the heap's end
constexpr size_t kPageBytes = 4096;
constexpr size_t kAlignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

uintptr_t pool = 0;  // none until the heap is mapped
size_t taken = 0;    // bytes of it

void* Allocate(size_t size) {
  const size_t rounded = (std::max<size_t>(size, 1) + kAlignment - 1) & ~(kAlignment - 1);
  if (size > kSmallBytes || kPoolBytes - taken < rounded || pool == 0 || !__libc_single_threaded) {
    return std::malloc(size);
  }
  const uintptr_t object = pool + taken;
  taken += rounded;
  return reinterpret_cast<void*>(object);
}

[[noreturn]] void EndWithoutMemory() {
  static constexpr char kText[] = "tenon: out of memory\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kText, sizeof(kText) - 1);
  _exit(tenon::cli::kExitBadInput);
}

}  // namespace

// Best effort (Linux 5.14, glibc): the heap is made to reach beyond what is mapped, which starts
// with the pool. Not far beyond: large tables of zeros, of which a run touches a few, are given
// fresh pages only where the heap's end has no room for them.
void tenon::cli::MapStartHeap(bool is_compiled) {
  const size_t other_bytes = is_compiled ? kOtherCompiledBytes : kOtherBytes;
  mallopt(M_TOP_PAD, static_cast<int>(2 * other_bytes));
  mallopt(M_TRIM_THRESHOLD, 8 * kOtherBytes);
  pool = reinterpret_cast<uintptr_t>(std::malloc(kPoolBytes));
  void* const others = std::malloc(kProbeBytes);
  if (pool == 0 || others == nullptr) return;
  const uintptr_t start = (pool + kPageBytes - 1) & ~(kPageBytes - 1);
  const uintptr_t end = reinterpret_cast<uintptr_t>(others) + other_bytes;
  madvise(reinterpret_cast<void*>(start), end - start, MADV_POPULATE_WRITE);
  std::free(others);
}

void* operator new(size_t size) {
  void* const object = Allocate(size);
  if (object == nullptr) EndWithoutMemory();
  return object;
}
void* operator new(size_t size, const std::nothrow_t&) noexcept { return Allocate(size); }
void operator delete(void* object) noexcept {
  if (reinterpret_cast<uintptr_t>(object) - pool >= kPoolBytes) std::free(object);
}
void operator delete(void* object, size_t) noexcept { operator delete(object); }
