// Resources that a guest defines, in the host's hands: GuestOwn<T> as own, GuestBorrow<T> as borrow
// (typed.h). T is any class of the program's; it only tells resource types apart, and in one
// function always stands for the same. abi: "Resource State", with the host as holder.
//
// A handle of another type, store or instance than the function wants traps. One that is neither
// given away nor dropped (abi/link/instance.h: Drop) leaves its object alive in the guest: a C++
// destructor could not tell of a trap.
#pragma once

#include <cstdint>
#include <utility>

#include "abi/canon/typed.h"

namespace tenon::abi {

template <typename T>
class GuestOwn {
 public:
  GuestOwn() = default;
  GuestOwn(const ResourceType* type, uint32_t rep) : type_(type), rep_(rep) {}
  GuestOwn(GuestOwn&& other) noexcept
      : type_(std::exchange(other.type_, nullptr)), rep_(other.rep_) {}
  GuestOwn& operator=(GuestOwn&& other) noexcept {
    type_ = std::exchange(other.type_, nullptr);
    rep_ = other.rep_;
    return *this;
  }

  explicit operator bool() const { return type_ != nullptr; }
  const ResourceType* type() const { return type_; }
  uint32_t rep() const { return rep_; }
  // Gives up ownership.
  uint32_t Release() {
    type_ = nullptr;
    return rep_;
  }

 private:
  const ResourceType* type_ = nullptr;  // null when moved from
  uint32_t rep_ = 0;
};

// Lends a handle for one call. The owner must stay where it is, and is not given away by that call.
template <typename T>
class GuestBorrow {
 public:
  GuestBorrow() = default;
  GuestBorrow(const GuestOwn<T>& owner) : owner_(&owner) {}  // NOLINT: implicit
  const ResourceType* type() const { return owner_ == nullptr ? nullptr : owner_->type(); }
  uint32_t rep() const { return owner_->rep(); }

 private:
  const GuestOwn<T>* owner_ = nullptr;
};

// The address that stands for T among the types of a function.
template <typename T>
inline constexpr char kGuestTag = 0;

template <typename T, TypeKind kKind>
struct GuestHandleAbi {
  static constexpr Layout kLayout = ScalarLayout(4);
  static bool Matches(const TypeChecker& checker, ValType type) {
    const TypeDef* def = checker.Def(type, kKind);
    return def != nullptr &&
           checker.BindGuestType(&kGuestTag<T>, checker.resources[def->resource.value()]);
  }
  static std::string Describe(const ResourceNames&) {
    return kKind == TypeKind::kOwn ? "own<guest resource>" : "borrow<guest resource>";
  }
  // Null (and a trap) unless `found` is the type that this function has for T.
  static const ResourceType* Expected(CanonContext& cx, const ResourceType* found) {
    const ResourceType* expected = cx.GuestType(&kGuestTag<T>);
    if (found == expected) return expected;
    cx.Trap(vm::TrapKind::kHost, found == nullptr
                                     ? "the host passed a resource that it had given away"
                                     : "the host passed a resource of another type or instance");
    return nullptr;
  }
};

template <typename T>
struct Abi<GuestOwn<T>> : GuestHandleAbi<T, TypeKind::kOwn> {
  using Base = GuestHandleAbi<T, TypeKind::kOwn>;
  static bool FromIndex(CanonContext& cx, uint32_t index, GuestOwn<T>* out) {
    const ResourceType* type = cx.GuestType(&kGuestTag<T>);
    uint32_t rep;
    if (!LiftOwn(cx, index, type, &rep)) return false;
    *out = GuestOwn<T>(type, rep);
    return true;
  }
  static bool ToIndex(CanonContext& cx, GuestOwn<T>& value, uint32_t* index) {
    const ResourceType* type = Base::Expected(cx, value.type());
    return type != nullptr && LowerOwn(cx, value.Release(), type, index);
  }

  static bool Load(CanonContext& cx, const uint8_t* from, GuestOwn<T>* out) {
    return FromIndex(cx, LoadScalar<uint32_t>(from), out);
  }
  static bool Lift(CanonContext& cx, const vm::Slot* slots, GuestOwn<T>* out) {
    return FromIndex(cx, vm::ReadSlot<uint32_t>(slots), out);
  }
  static bool Store(CanonContext& cx, GuestOwn<T>& value, uint64_t to) {
    uint32_t index;
    if (!ToIndex(cx, value, &index)) return false;
    StoreScalar(cx.At(to), index);
    return true;
  }
  static bool Lower(CanonContext& cx, GuestOwn<T>& value, vm::Slot* slots) {
    uint32_t index;
    if (!ToIndex(cx, value, &index)) return false;
    vm::WriteSlot(slots, index);
    return true;
  }
};

// An argument of calls from the host only: what the guest lends comes as its representation.
template <typename T>
struct Abi<GuestBorrow<T>> : GuestHandleAbi<T, TypeKind::kBorrow> {
  using Base = GuestHandleAbi<T, TypeKind::kBorrow>;
  static bool ToIndex(CanonContext& cx, const GuestBorrow<T>& value, uint32_t* index) {
    const ResourceType* type = Base::Expected(cx, value.type());
    return type != nullptr && LowerBorrow(cx, value.rep(), type, index);
  }
  static bool Store(CanonContext& cx, const GuestBorrow<T>& value, uint64_t to) {
    uint32_t index;
    if (!ToIndex(cx, value, &index)) return false;
    StoreScalar(cx.At(to), index);
    return true;
  }
  static bool Lower(CanonContext& cx, const GuestBorrow<T>& value, vm::Slot* slots) {
    uint32_t index;
    if (!ToIndex(cx, value, &index)) return false;
    vm::WriteSlot(slots, index);
    return true;
  }
};

}  // namespace tenon::abi
