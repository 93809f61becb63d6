#include "vm/sys/code_space.h"

#include <sys/mman.h>

#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "vm/sys/memory_map.h"

namespace tenon::vm::sys {
namespace {

// Offsets within an image have 32 bits; there is room for many of the largest. Where address space
// is scarce (RLIMIT_AS) there is for fewer.
constexpr size_t kMostSpaceBytes = size_t{16} << 30, kLeastSpaceBytes = size_t{64} << 20;

std::atomic<uintptr_t> space_begin = 0, space_end = 0;

// What of the range is taken.
class Space {
 public:
  static Space& Get() {
    static Space& space = *new Space;
    return space;
  }

  // First fit. Null when there is no room.
  uint8_t* Take(size_t size) {
    const std::lock_guard lock(mutex_);
    if (!mapping_ && !Reserve()) return nullptr;
    size_t at = 0;
    for (const auto& [begin, end] : taken_) {
      if (begin - at >= size) break;
      at = end;
    }
    if (mapping_.size() - at < size) return nullptr;
    taken_.emplace(at, at + size);
    return mapping_.base() + at;
  }

  void GiveBack(uint8_t* base, size_t size) {
    const std::lock_guard lock(mutex_);
    mmap(base, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    taken_.erase(static_cast<size_t>(base - mapping_.base()));
  }

 private:
  bool Reserve() {
    for (size_t size = kMostSpaceBytes; !mapping_ && size >= kLeastSpaceBytes; size /= 16) {
      mapping_ = Mapping::Reserve(size);
    }
    space_begin = reinterpret_cast<uintptr_t>(mapping_.base());
    space_end = space_begin + mapping_.size();
    return bool{mapping_};
  }

  std::mutex mutex_;
  Mapping mapping_;
  std::map<size_t, size_t> taken_;  // begin to end
};

size_t RoundUp(size_t size) {
  const size_t page = HostPageBytes();
  return (size + page - 1) / page * page;
}

}  // namespace

CodeMapping& CodeMapping::operator=(CodeMapping&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(size_, other.size_);
  return *this;
}

CodeMapping::~CodeMapping() {
  if (base_ != nullptr) Space::Get().GiveBack(base_, size_);
}

CodeMapping CodeMapping::Map(int file, size_t size, absl::Span<const CodeSegment> segments) {
  CodeMapping mapping;
  mapping.size_ = RoundUp(size);
  mapping.base_ = Space::Get().Take(mapping.size_);
  if (mapping.base_ == nullptr) return {};
  for (const CodeSegment& segment : segments) {
    const int access = segment.is_executable ? PROT_READ | PROT_EXEC : PROT_READ;
    if (mmap(mapping.base_ + segment.image_offset, segment.size, access, MAP_PRIVATE | MAP_FIXED,
             file, static_cast<off_t>(segment.file_offset)) == MAP_FAILED) {
      return {};
    }
  }
  return mapping;
}

bool CodeMapping::Copy(size_t offset, size_t size) const {
  uint8_t* const begin = base_ + offset;
  const std::vector<uint8_t> code(begin, begin + size);
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  if (mmap(begin, size, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) return false;
  std::memcpy(begin, code.data(), size);
  return mprotect(begin, size, PROT_READ | PROT_EXEC) == 0;
}

bool IsInCodeSpace(uintptr_t address) {
  return address >= space_begin.load(std::memory_order_relaxed) &&
         address < space_end.load(std::memory_order_relaxed);
}

}  // namespace tenon::vm::sys
