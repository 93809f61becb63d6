// C++ types as component types: Abi<T> lifts and lowers a T without any value in between. One
// specialisation a kind of type; layout is known at compile time, the match with a component's type
// is checked once, when functions are linked. abi: "Lifting", "Lowering" (flat and in memory).
#pragma once

#include <tenon/canon.h>
#include <tenon/layout.h>
#include <tenon/slot.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

// What stands for what:
//   bool, (u)int8..64_t, float, double, char32_t        std::string_view, std::string
//   std::vector<T>, std::span<const number>    list     std::optional<T>       option
//   std::array<T, n>           fixed-length list        std::map<K, V>         map
//   Expected<T, E>, std::expected<T, E>      result     std::tuple<T...>       tuple
//     (T may be void, E std::monostate)                 Own<T>, Borrow<T>      host resources
//   GuestOwn<T>, GuestBorrow<T> (guest_resource.h)      resources that a guest defines
//   RecordOf, VariantOf, EnumOf, FlagsOf (compound.h) describe a program's own types.
//
// A member of Abi<T>:
//   kLayout               size, alignment, flat count in a 32-bit memory
//   kShape                which component type it is
//   Load(cx, from, out)   from guest memory that was checked for kLayout.size bytes
//   Lift(cx, slots, out)  from kLayout.flat slots (a slot is read with its type's width, so the
//                         joined types of variants need no conversion)
//   Store(cx, v, to)      to a guest address that was checked
//   Lower(cx, v, slots)   to kLayout.flat slots
// The last four return false after setting a trap. Views that are lifted point into guest memory
// and are good until guest code runs again; they are accepted as arguments of host functions only.

namespace tenon {

using abi::Layout;
using abi::TypeKind;

// A host object that changes hands: the host's to destroy, or the guest's once it is given away.
// Null only when default-made or moved from.
template <typename T>
class Own {
 public:
  Own() = default;
  Own(std::unique_ptr<T> object) : object_(std::move(object)) {}  // NOLINT: implicit
  T* get() const { return object_.get(); }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_.get(); }
  explicit operator bool() const { return object_ != nullptr; }
  std::unique_ptr<T> Release() { return std::move(object_); }

 private:
  std::unique_ptr<T> object_;
};

template <typename T, typename... Args>
Own<T> MakeOwn(Args&&... args) {
  return Own<T>(std::make_unique<T>(std::forward<Args>(args)...));
}

// A host object lent for the length of a call. To a host function, by a guest, which can't drop its
// handle meanwhile; to an export, by the host, which keeps the object alive meanwhile.
template <typename T>
class Borrow {
 public:
  Borrow() = default;
  explicit Borrow(T* object) : object_(object) {}
  T* get() const { return object_; }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }

 private:
  T* object_ = nullptr;
};

template <typename T>
struct Abi;  // no primary definition: T is no component type

// The shape of T; null for a payload that is none.
template <typename T>
constexpr const canon::TypeShape* ShapeOf() {
  if constexpr (std::is_same_v<T, std::monostate>) {
    return nullptr;
  } else {
    return &Abi<T>::kShape;
  }
}
// With a null at its end, since an array has at least one element.
template <typename... Ts>
inline constexpr const canon::TypeShape* kShapesOf[] = {ShapeOf<Ts>()..., nullptr};

// --- Numbers, bool, char ------------------------------------------------------------------------

template <typename T, TypeKind kKind>
struct NumberAbi {
  static constexpr Layout kLayout = abi::ScalarLayout(sizeof(T));
  static constexpr canon::TypeShape kShape = {.kind = kKind};
  static constexpr bool kIsNumber = true;

  static bool Load(canon::Context&, const uint8_t* from, T* out) {
    *out = abi::LoadScalar<T>(from);
    return true;
  }
  static bool Lift(canon::Context&, const vm::Slot* slots, T* out) {
    *out = vm::ReadSlot<T>(slots);
    return true;
  }
  static bool Store(canon::Context& cx, T value, uint64_t to) {
    abi::StoreScalar(canon::At(cx, to), value);
    return true;
  }
  static bool Lower(canon::Context&, T value, vm::Slot* slots) {
    // Narrow integers are extended to 32 bits by their own sign.
    if constexpr (sizeof(T) < 4) {
      vm::WriteSlot<int32_t>(slots, static_cast<int32_t>(value));
    } else {
      vm::WriteSlot(slots, value);
    }
    return true;
  }
};

template <>
struct Abi<int8_t> : NumberAbi<int8_t, TypeKind::kS8> {};
template <>
struct Abi<uint8_t> : NumberAbi<uint8_t, TypeKind::kU8> {};
template <>
struct Abi<int16_t> : NumberAbi<int16_t, TypeKind::kS16> {};
template <>
struct Abi<uint16_t> : NumberAbi<uint16_t, TypeKind::kU16> {};
template <>
struct Abi<int32_t> : NumberAbi<int32_t, TypeKind::kS32> {};
template <>
struct Abi<uint32_t> : NumberAbi<uint32_t, TypeKind::kU32> {};
template <>
struct Abi<int64_t> : NumberAbi<int64_t, TypeKind::kS64> {};
template <>
struct Abi<uint64_t> : NumberAbi<uint64_t, TypeKind::kU64> {};
template <>
struct Abi<float> : NumberAbi<float, TypeKind::kF32> {};
template <>
struct Abi<double> : NumberAbi<double, TypeKind::kF64> {};

template <>
struct Abi<bool> {
  static constexpr Layout kLayout = abi::ScalarLayout(1);
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kBool};
  static bool Load(canon::Context&, const uint8_t* from, bool* out) {
    *out = *from != 0;
    return true;
  }
  static bool Lift(canon::Context&, const vm::Slot* slots, bool* out) {
    *out = vm::ReadSlot<uint32_t>(slots) != 0;
    return true;
  }
  static bool Store(canon::Context& cx, bool value, uint64_t to) {
    *canon::At(cx, to) = value ? 1 : 0;
    return true;
  }
  static bool Lower(canon::Context&, bool value, vm::Slot* slots) {
    vm::WriteSlot<uint32_t>(slots, value ? 1 : 0);
    return true;
  }
};

template <>
struct Abi<char32_t> {
  static constexpr Layout kLayout = abi::ScalarLayout(4);
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kChar};
  static bool Load(canon::Context& cx, const uint8_t* from, char32_t* out) {
    *out = abi::LoadScalar<uint32_t>(from);
    return canon::CheckChar(cx, *out);
  }
  static bool Lift(canon::Context& cx, const vm::Slot* slots, char32_t* out) {
    *out = vm::ReadSlot<uint32_t>(slots);
    return canon::CheckChar(cx, *out);
  }
  static bool Store(canon::Context& cx, char32_t value, uint64_t to) {
    abi::StoreScalar<uint32_t>(canon::At(cx, to), value);
    return canon::CheckChar(cx, value);
  }
  static bool Lower(canon::Context& cx, char32_t value, vm::Slot* slots) {
    vm::WriteSlot<uint32_t>(slots, value);
    return canon::CheckChar(cx, value);
  }
};

// Nothing at all: the payload of a case without one.
template <>
struct Abi<std::monostate> {
  static constexpr Layout kLayout = {};
  static bool Load(canon::Context&, const uint8_t*, std::monostate*) { return true; }
  static bool Lift(canon::Context&, const vm::Slot*, std::monostate*) { return true; }
  static bool Store(canon::Context&, std::monostate, uint64_t) { return true; }
  static bool Lower(canon::Context&, std::monostate, vm::Slot*) { return true; }
};

// --- Pairs of address and length ----------------------------------------------------------------

// What strings and lists share: D has LiftPair(cx, address, length, T*) and
// LowerPair(cx, value, uint64_t* address, uint64_t* length).
template <typename T, typename D>
struct PairAbi {
  static constexpr Layout kLayout = abi::PointerPairLayout(4);
  static bool Load(canon::Context& cx, const uint8_t* from, T* out) {
    return D::LiftPair(cx, abi::LoadScalar<uint32_t>(from), abi::LoadScalar<uint32_t>(from + 4),
                       out);
  }
  static bool Lift(canon::Context& cx, const vm::Slot* slots, T* out) {
    return D::LiftPair(cx, vm::ReadSlot<uint32_t>(slots), vm::ReadSlot<uint32_t>(slots + 1), out);
  }
  template <typename V>
  static bool Store(canon::Context& cx, V& value, uint64_t to) {
    uint64_t address, length;
    if (!D::LowerPair(cx, value, &address, &length)) return false;
    abi::StoreScalar<uint32_t>(canon::At(cx, to), static_cast<uint32_t>(address));
    abi::StoreScalar<uint32_t>(canon::At(cx, to + 4), static_cast<uint32_t>(length));
    return true;
  }
  template <typename V>
  static bool Lower(canon::Context& cx, V& value, vm::Slot* slots) {
    uint64_t address, length;
    if (!D::LowerPair(cx, value, &address, &length)) return false;
    vm::WriteSlot<uint32_t>(slots, static_cast<uint32_t>(address));
    vm::WriteSlot<uint32_t>(slots + 1, static_cast<uint32_t>(length));
    return true;
  }
};

// A view of a string, which may be of any class made from an address and a length.
template <typename View>
struct StringViewAbi : PairAbi<View, StringViewAbi<View>> {
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kString};
  static bool LiftPair(canon::Context& cx, uint64_t address, uint64_t units, View* out) {
    std::string_view text;
    if (!canon::LiftString(cx, address, units, &text)) return false;
    *out = View(text.data(), text.size());
    return true;
  }
  static bool LowerPair(canon::Context& cx, View text, uint64_t* address, uint64_t* units) {
    return canon::LowerString(cx, {text.data(), text.size()}, address, units);
  }
};

template <>
struct Abi<std::string_view> : StringViewAbi<std::string_view> {};

template <>
struct Abi<std::string> : PairAbi<std::string, Abi<std::string>> {
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kString};
  static bool LiftPair(canon::Context& cx, uint64_t address, uint64_t units, std::string* out) {
    std::string_view text;
    if (!canon::LiftString(cx, address, units, &text) || !canon::Charge(cx, text.size())) {
      return false;
    }
    *out = text;
    return true;
  }
  static bool LowerPair(canon::Context& cx, const std::string& text, uint64_t* address,
                        uint64_t* units) {
    return canon::LowerString(cx, text, address, units);
  }
};

// True for types whose host representation is the guest's, byte for byte.
template <typename T>
concept BytewiseAbi = requires { requires Abi<T>::kIsNumber; };

template <typename T>
struct ListAbi {
  static constexpr Layout kElement = Abi<T>::kLayout;
  static constexpr canon::TypeShape kShape = {
      .kind = TypeKind::kList, .parts = kShapesOf<T>, .part_count = 1};

  template <typename Range>
  static bool LowerPair(canon::Context& cx, Range& values, uint64_t* address, uint64_t* length) {
    *length = values.size();
    if (*length > abi::kMaxListByteLength / kElement.size) {
      return canon::Trap(cx, "the host passed a list that is too long");
    }
    const uint64_t size = *length * kElement.size;
    if (!canon::Allocate(cx, size, kElement.align, address)) return false;
    if constexpr (BytewiseAbi<T>) {
      if (size != 0) std::memcpy(canon::At(cx, *address), values.data(), size);
    } else {
      uint64_t to = *address;
      for (auto&& value : values) {
        if (!Abi<T>::Store(cx, value, to)) return false;
        to += kElement.size;
      }
    }
    return true;
  }
};

template <typename T>
struct Abi<std::vector<T>> : PairAbi<std::vector<T>, Abi<std::vector<T>>>, ListAbi<T> {
  static bool LiftPair(canon::Context& cx, uint64_t address, uint64_t length, std::vector<T>* out) {
    constexpr Layout kElement = Abi<T>::kLayout;
    if (!canon::CheckList(cx, address, length, kElement.size, kElement.align) ||
        !canon::Charge(cx, length * sizeof(T))) {
      return false;
    }
    out->resize(length);
    const uint8_t* from = canon::At(cx, address);
    if constexpr (BytewiseAbi<T>) {
      if (length != 0) std::memcpy(out->data(), from, length * sizeof(T));
    } else if constexpr (std::is_same_v<T, bool>) {
      for (uint64_t i = 0; i < length; ++i) (*out)[i] = from[i] != 0;
    } else {
      for (T& value : *out) {
        if (!Abi<T>::Load(cx, from, &value)) return false;
        from += kElement.size;
      }
    }
    return true;
  }
};

template <typename T, size_t N>
struct Abi<std::array<T, N>> {
  static constexpr Layout kElement = Abi<T>::kLayout;
  static constexpr Layout kLayout = {N * kElement.size, kElement.align, N * kElement.flat};
  static constexpr canon::TypeShape kShape = {
      .kind = TypeKind::kFixedList, .parts = kShapesOf<T>, .part_count = 1, .length = N};

  static bool Load(canon::Context& cx, const uint8_t* from, std::array<T, N>* out) {
    return Each(*out, [&](T& value, uint32_t i) {
      return Abi<T>::Load(cx, from + i * kElement.size, &value);
    });
  }
  static bool Lift(canon::Context& cx, const vm::Slot* slots, std::array<T, N>* out) {
    return Each(*out, [&](T& value, uint32_t i) {
      return Abi<T>::Lift(cx, slots + i * kElement.flat, &value);
    });
  }
  static bool Store(canon::Context& cx, std::array<T, N>& values, uint64_t to) {
    return Each(values, [&](T& value, uint32_t i) {
      return Abi<T>::Store(cx, value, to + i * kElement.size);
    });
  }
  static bool Lower(canon::Context& cx, std::array<T, N>& values, vm::Slot* slots) {
    return Each(values, [&](T& value, uint32_t i) {
      return Abi<T>::Lower(cx, value, slots + i * kElement.flat);
    });
  }

 private:
  // Until one fails.
  template <typename Visit>
  static bool Each(std::array<T, N>& values, Visit visit) {
    for (uint32_t i = 0; i < N; ++i) {
      if (!visit(values[i], i)) return false;
    }
    return true;
  }
};

// A view of a list of numbers, which may be of any class made from an address and a length.
template <typename View, typename T>
  requires BytewiseAbi<T>
struct ListViewAbi : PairAbi<View, ListViewAbi<View, T>>, ListAbi<T> {
  static bool LiftPair(canon::Context& cx, uint64_t address, uint64_t length, View* out) {
    // Guest memory begins at a host page, so what is aligned there is aligned here.
    if (!canon::CheckList(cx, address, length, sizeof(T), sizeof(T)) ||
        !canon::Charge(cx, length * sizeof(T))) {  // many may lie in one place
      return false;
    }
    *out = View(reinterpret_cast<const T*>(canon::At(cx, address)), length);
    return true;
  }
};

template <typename T>
struct Abi<std::span<const T>> : ListViewAbi<std::span<const T>, T> {};

// --- Handles ------------------------------------------------------------------------------------

// What handles share: D has FromIndex(cx, index, T*) and ToIndex(cx, value, uint32_t* index), or
// one of them if the other way is closed.
template <typename T, typename D>
struct HandleAbi {
  static constexpr Layout kLayout = abi::ScalarLayout(4);
  static bool Load(canon::Context& cx, const uint8_t* from, T* out) {
    return D::FromIndex(cx, abi::LoadScalar<uint32_t>(from), out);
  }
  static bool Lift(canon::Context& cx, const vm::Slot* slots, T* out) {
    return D::FromIndex(cx, vm::ReadSlot<uint32_t>(slots), out);
  }
  template <typename V>
  static bool Store(canon::Context& cx, V& value, uint64_t to) {
    uint32_t index;
    if (!D::ToIndex(cx, value, &index)) return false;
    abi::StoreScalar(canon::At(cx, to), index);
    return true;
  }
  template <typename V>
  static bool Lower(canon::Context& cx, V& value, vm::Slot* slots) {
    uint32_t index;
    if (!D::ToIndex(cx, value, &index)) return false;
    vm::WriteSlot(slots, index);
    return true;
  }
};

template <typename T>
struct Abi<Own<T>> : HandleAbi<Own<T>, Abi<Own<T>>> {
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kOwn,
                                              .resource = &abi::kHostResource<T>};
  static bool FromIndex(canon::Context& cx, uint32_t index, Own<T>* out) {
    void* object;
    if (!canon::Take(cx, index, &abi::kHostResource<T>, &object)) return false;
    *out = Own<T>(std::unique_ptr<T>(static_cast<T*>(object)));
    return true;
  }
  static bool ToIndex(canon::Context& cx, Own<T>& value, uint32_t* index) {
    return canon::Give(cx, value.Release().release(), &abi::kHostResource<T>, index);
  }
};

// Arguments only: the specification forbids borrows in results.
template <typename T>
struct Abi<Borrow<T>> : HandleAbi<Borrow<T>, Abi<Borrow<T>>> {
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kBorrow,
                                              .resource = &abi::kHostResource<T>};
  static bool FromIndex(canon::Context& cx, uint32_t index, Borrow<T>* out) {
    void* object;
    if (!canon::Lend(cx, index, &abi::kHostResource<T>, &object)) return false;
    *out = Borrow<T>(static_cast<T*>(object));
    return true;
  }
  static bool ToIndex(canon::Context& cx, Borrow<T> value, uint32_t* index) {
    return canon::LendToGuest(cx, value.get(), &abi::kHostResource<T>, index);
  }
};

}  // namespace tenon

#include <tenon/compound.h>  // IWYU pragma: export
