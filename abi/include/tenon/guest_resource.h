// Resources that a guest defines, in the host's hands: GuestOwn<T> as own, GuestBorrow<T> as borrow
// (abi.h). T is any class of the program's; it only tells resource types apart. A handle of another
// type, store or instance than the function wants traps. One that is neither given away nor dropped
// (Instance::Drop) leaves its object alive in the guest: a C++ destructor could not tell of a trap.
// It does not keep its store alive, and may outlive it. abi: "Resource State".
#pragma once

#include <tenon/abi.h>

#include <cstdint>
#include <utility>

namespace tenon {

using abi::GuestTypeId;

template <typename T>
class GuestOwn {
 public:
  GuestOwn() = default;
  GuestOwn(GuestTypeId type, uint32_t rep) : type_(type), rep_(rep) {}
  GuestOwn(GuestOwn&& other) noexcept
      : type_(std::exchange(other.type_, GuestTypeId::kNone)), rep_(other.rep_) {}
  GuestOwn& operator=(GuestOwn&& other) noexcept {
    type_ = std::exchange(other.type_, GuestTypeId::kNone);
    rep_ = other.rep_;
    return *this;
  }

  explicit operator bool() const { return type_ != GuestTypeId::kNone; }
  GuestTypeId type() const { return type_; }
  uint32_t rep() const { return rep_; }
  // Gives up ownership.
  uint32_t Release() {
    type_ = GuestTypeId::kNone;
    return rep_;
  }

 private:
  GuestTypeId type_ = GuestTypeId::kNone;  // when moved from too
  uint32_t rep_ = 0;
};

// Lends a handle for one call. The owner must stay where it is, and is neither given away nor
// dropped before that call returns. Such loans of the host's are not counted: a host function that
// drops the owner meanwhile runs the destructor of what the guest is still lent, as no guest could.
template <typename T>
class GuestBorrow {
 public:
  GuestBorrow() = default;
  GuestBorrow(const GuestOwn<T>& owner) : owner_(&owner) {}  // NOLINT: implicit
  GuestTypeId type() const { return owner_ == nullptr ? GuestTypeId::kNone : owner_->type(); }
  uint32_t rep() const { return owner_ == nullptr ? 0 : owner_->rep(); }

 private:
  const GuestOwn<T>* owner_ = nullptr;
};

template <typename T>
struct Abi<GuestOwn<T>> : HandleAbi<GuestOwn<T>, Abi<GuestOwn<T>>> {
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kOwn,
                                              .guest_tag = &abi::kGuestTag<T>};
  static bool FromIndex(canon::Context& cx, uint32_t index, GuestOwn<T>* out) {
    GuestTypeId type;
    uint32_t rep;
    if (!canon::LiftGuestOwn(cx, index, &abi::kGuestTag<T>, &type, &rep)) return false;
    *out = GuestOwn<T>(type, rep);
    return true;
  }
  static bool ToIndex(canon::Context& cx, GuestOwn<T>& value, uint32_t* index) {
    if (!canon::LowerGuestOwn(cx, value.type(), value.rep(), &abi::kGuestTag<T>, index)) {
      return false;
    }
    value.Release();
    return true;
  }
};

// An argument of calls from the host only: what the guest lends comes as its representation.
template <typename T>
struct Abi<GuestBorrow<T>> : HandleAbi<GuestBorrow<T>, Abi<GuestBorrow<T>>> {
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kBorrow,
                                              .guest_tag = &abi::kGuestTag<T>};
  static bool ToIndex(canon::Context& cx, const GuestBorrow<T>& value, uint32_t* index) {
    return canon::LowerGuestBorrow(cx, value.type(), value.rep(), &abi::kGuestTag<T>, index);
  }
};

}  // namespace tenon
