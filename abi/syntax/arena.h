// Memory for the parts of a component's syntax: read once, never changed, gone all at once. What
// stands here has no destructor, so that a component of a thousand parts is a few blocks.
//
// Nothing is checked against limits: whoever makes something of input charges for it first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

#include "absl/types/span.h"

namespace tenon::abi::syntax {

class Arena {
 public:
  static constexpr size_t kUsualFirstBlock = 4096;

  // Blocks begin with `first_block` bytes and double up to 64 KiB; more where more is asked for.
  explicit Arena(size_t first_block = kUsualFirstBlock) : block_size_(first_block) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // A new T, default.
  template <typename T>
  T* New() {
    return new (Allocate<T>(1)) T();
  }
  // Room for `count` items, which the caller makes in place.
  template <typename T>
  T* Allocate(size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kAlignment);
    const size_t size = (count * sizeof(T) + kAlignment - 1) & ~(kAlignment - 1);
    if (size > room_) Grow(size);
    void* const place = next_;
    next_ += size;
    room_ -= size;
    return static_cast<T*>(place);
  }
  template <typename T>
  absl::Span<const T> Copy(absl::Span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T>);
    T* const copy = Allocate<T>(items.size());
    if (!items.empty())
      std::memcpy(static_cast<void*>(copy), items.data(), items.size() * sizeof(T));
    return {copy, items.size()};
  }

 private:
  static constexpr size_t kAlignment = 8;
  static constexpr size_t kLargestBlock = 64 << 10;

  // What is left of the last block is lost: less than what is asked for, thus at most half.
  void Grow(size_t size) {
    room_ = std::max(size, block_size_);
    block_size_ = std::min(2 * block_size_, kLargestBlock);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(room_));
    next_ = blocks_.back().get();
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t room_ = 0;
  size_t block_size_;
};

}  // namespace tenon::abi::syntax
