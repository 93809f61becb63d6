// Memory from the host: allocate, or reserve and commit, then release. Code is code_space.h's.
// What is reserved can't be accessed until it is committed, and reads as zero then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace tenon::vm::sys {

// An owned range of address space. Empty when moved from or when reserving failed.
class Mapping {
 public:
  Mapping() = default;
  Mapping(Mapping&& other) noexcept
      : base_(std::exchange(other.base_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();

  // `size` bytes, readable and writable; empty when the host refuses. Sizes are rounded up to host
  // pages.
  static Mapping Allocate(size_t size);
  // `size` bytes of address space without access; likewise.
  static Mapping Reserve(size_t size);
  // Bytes of a file, for reading; likewise. The descriptor may be closed afterwards. `offset` is a
  // multiple of host pages, and the bytes must stay in the file.
  static Mapping OfFile(int file, uint64_t offset, size_t size);
  // Makes [offset, offset + size), and with it what host pages it touches, readable and writable;
  // false when the host refuses.
  bool Commit(size_t offset, size_t size);

  uint8_t* base() const { return base_; }
  size_t size() const { return size_; }
  explicit operator bool() const { return base_ != nullptr; }

 private:
  static Mapping Map(size_t size, int access);

  uint8_t* base_ = nullptr;
  size_t size_ = 0;
};

size_t HostPageBytes();

}  // namespace tenon::vm::sys
