// What one holder has of something that all guests of a Context have together: open files, or bytes
// that wait for a busy sink. It goes back with the holder.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "vm/runtime/store_limits.h"

namespace tenon::wasi {

using SharedAllowance = std::shared_ptr<vm::Allowance>;

class Share {
 public:
  // Of nothing that is limited.
  Share() = default;
  explicit Share(SharedAllowance of) : of_(std::move(of)) {}
  Share(Share&& other) noexcept
      : of_(std::move(other.of_)), amount_(std::exchange(other.amount_, 0)) {}
  Share& operator=(Share&& other) noexcept {
    std::swap(of_, other.of_);
    std::swap(amount_, other.amount_);
    return *this;
  }
  ~Share() { Shrink(amount_); }

  // False, and takes nothing, when less is left.
  [[nodiscard]] bool Grow(uint64_t amount) {
    if (of_ == nullptr) return true;
    if (!of_->Take(amount)) return false;
    amount_ += amount;
    return true;
  }
  void Shrink(uint64_t amount) {
    if (of_ == nullptr) return;
    of_->Return(amount);
    amount_ -= amount;
  }

 private:
  SharedAllowance of_;
  uint64_t amount_ = 0;
};

}  // namespace tenon::wasi
