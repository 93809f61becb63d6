// Where compiled code is mapped: one reserved range of address space, so that a signal handler
// knows guest code by a comparison. Images come and go in it, from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/types/span.h"

namespace tenon::vm::sys {

// Pages of a file, by offsets in the file and in the image: readable, or executable too. All are
// multiples of the host's page but `size`; what lies behind it in its last page is the file's.
struct CodeSegment {
  size_t image_offset;
  size_t file_offset;
  size_t size;
  bool is_executable;
};

// An owned range of the code space with a file's segments. Empty when moved from, or when the host
// refused.
class CodeMapping {
 public:
  CodeMapping() = default;
  CodeMapping(CodeMapping&& other) noexcept
      : base_(std::exchange(other.base_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  CodeMapping& operator=(CodeMapping&& other) noexcept;
  ~CodeMapping();

  // Maps privately; no page is writable. The descriptor may be closed afterwards. The segments
  // must lie in `size` and in the file.
  static CodeMapping Map(int file, size_t size, absl::Span<const CodeSegment> segments);

  // Turns executable pages into anonymous memory of the same contents, meanwhile writable and not
  // executable. Nothing there may run. False: the host refuses.
  bool Copy(size_t offset, size_t size) const;

  const uint8_t* base() const { return base_; }
  size_t size() const { return size_; }
  explicit operator bool() const { return base_ != nullptr; }

 private:
  uint8_t* base_ = nullptr;
  size_t size_ = 0;
};

// True for an address in the code space. Async-signal-safe.
bool IsInCodeSpace(uintptr_t address);

}  // namespace tenon::vm::sys
