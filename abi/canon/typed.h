// C++ types as component types: Abi<T> lifts and lowers a T without any value in between. One
// specialisation a kind of type; layout is known at compile time, the match with a component's type
// is checked once, when functions are linked. abi: "Lifting", "Lowering" (flat and in memory).
//
//   bool, (u)int8..64_t, float, double, char32_t        absl::string_view, std::string
//   std::vector<T>, absl::Span<const number>   list     std::optional<T>       option
//   std::expected<T, E>, either may be         result   std::tuple<T...>       tuple
//     void (E: std::monostate)                          Own<T>, Borrow<T>      handles
//   GuestOwn<T>, GuestBorrow<T> (guest_resource.h)      handles of a guest's resources
//   RecordOf, VariantOf, EnumOf, FlagsOf (typed_compound.h) describe a program's own types.
//
// A member of Abi<T>:
//   kLayout               size, alignment, flat count in a 32-bit memory
//   Matches(checker, t)   is the component's type t this one?
//   Describe(names)       this type in WIT's words
//   Load(cx, from, out)   from guest memory that was checked for kLayout.size bytes
//   Lift(cx, slots, out)  from kLayout.flat slots (a slot is read with its type's width, so the
//                         joined types of variants need no conversion)
//   Store(cx, v, to)      to a guest address that was checked
//   Lower(cx, v, slots)   to kLayout.flat slots
// The last four return false after setting a trap. Views that are lifted point into guest memory
// and are good until guest code runs again; they are accepted as arguments of host functions only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "abi/canon/context.h"
#include "abi/canon/layout.h"
#include "abi/canon/string.h"
#include "abi/runtime/store.h"
#include "abi/types/type_table.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/runtime/slot.h"

namespace tenon::abi {

// A host object that changes hands. Null only when default-made or moved from.
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

// A host object lent for the length of the call: the guest can't drop its handle meanwhile.
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

// Names of host resource types, for messages.
using ResourceNames = absl::flat_hash_map<const ResourceType*, std::string>;

// What a component's types are compared with: its table and the resource types bound to its ids.
class TypeChecker {
 public:
  TypeChecker(const TypeTable& type_table, absl::Span<const ResourceType* const> bound)
      : types(type_table), resources(bound) {}

  const TypeTable& types;
  const absl::Span<const ResourceType* const> resources;

  // True when these are the labels of `type`, a variant, enum or flags. A yes is remembered: the
  // functions of an interface share their types.
  bool HasLabels(ValType type, absl::Span<const char* const> labels) const;
  // True when `type` is a guest's and `tag` (guest_resource.h) stood for no other until now.
  bool BindGuestType(const void* tag, const ResourceType* type) const;
  const GuestTypes& guest_types() const { return guest_types_; }
  // The definition, when the type is of that kind; else null.
  const TypeDef* Def(ValType type, TypeKind kind) const {
    return type.has_value() && type.kind() == kind ? &types.Get(type) : nullptr;
  }

 private:
  mutable std::vector<std::pair<ValType, const char* const*>> labels_seen_;
  mutable GuestTypes guest_types_;
};

template <typename T>
struct Abi;  // no primary definition: T is no component type

// --- Numbers, bool, char ------------------------------------------------------------------------

template <typename T, TypeKind kKind>
struct NumberAbi {
  static constexpr Layout kLayout = ScalarLayout(sizeof(T));
  static constexpr bool kIsNumber = true;

  static bool Matches(const TypeChecker&, ValType type) { return type == ValType(kKind); }
  static bool Load(CanonContext&, const uint8_t* from, T* out) {
    *out = LoadScalar<T>(from);
    return true;
  }
  static bool Lift(CanonContext&, const vm::Slot* slots, T* out) {
    *out = vm::ReadSlot<T>(slots);
    return true;
  }
  static bool Store(CanonContext& cx, T value, uint64_t to) {
    StoreScalar(cx.At(to), value);
    return true;
  }
  static bool Lower(CanonContext&, T value, vm::Slot* slots) {
    // Narrow integers are extended to 32 bits by their own sign.
    if constexpr (sizeof(T) < 4) {
      vm::WriteSlot<int32_t>(slots, static_cast<int32_t>(value));
    } else {
      vm::WriteSlot(slots, value);
    }
    return true;
  }
};

#define NUMBER_ABI(type, kind, text)                                   \
  template <>                                                          \
  struct Abi<type> : NumberAbi<type, TypeKind::kind> {                 \
    static std::string Describe(const ResourceNames&) { return text; } \
  };
NUMBER_ABI(int8_t, kS8, "s8")
NUMBER_ABI(uint8_t, kU8, "u8")
NUMBER_ABI(int16_t, kS16, "s16")
NUMBER_ABI(uint16_t, kU16, "u16")
NUMBER_ABI(int32_t, kS32, "s32")
NUMBER_ABI(uint32_t, kU32, "u32")
NUMBER_ABI(int64_t, kS64, "s64")
NUMBER_ABI(uint64_t, kU64, "u64")
NUMBER_ABI(float, kF32, "f32")
NUMBER_ABI(double, kF64, "f64")
#undef NUMBER_ABI

template <>
struct Abi<bool> {
  static constexpr Layout kLayout = ScalarLayout(1);
  static bool Matches(const TypeChecker&, ValType type) { return type == ValType(TypeKind::kBool); }
  static std::string Describe(const ResourceNames&) { return "bool"; }
  static bool Load(CanonContext&, const uint8_t* from, bool* out) {
    *out = *from != 0;
    return true;
  }
  static bool Lift(CanonContext&, const vm::Slot* slots, bool* out) {
    *out = vm::ReadSlot<uint32_t>(slots) != 0;
    return true;
  }
  static bool Store(CanonContext& cx, bool value, uint64_t to) {
    *cx.At(to) = value ? 1 : 0;
    return true;
  }
  static bool Lower(CanonContext&, bool value, vm::Slot* slots) {
    vm::WriteSlot<uint32_t>(slots, value ? 1 : 0);
    return true;
  }
};

template <>
struct Abi<char32_t> {
  static constexpr Layout kLayout = ScalarLayout(4);
  static bool Matches(const TypeChecker&, ValType type) { return type == ValType(TypeKind::kChar); }
  static std::string Describe(const ResourceNames&) { return "char"; }
  static bool Load(CanonContext& cx, const uint8_t* from, char32_t* out) {
    *out = LoadScalar<uint32_t>(from);
    return CheckChar(cx, *out);
  }
  static bool Lift(CanonContext& cx, const vm::Slot* slots, char32_t* out) {
    *out = vm::ReadSlot<uint32_t>(slots);
    return CheckChar(cx, *out);
  }
  static bool Store(CanonContext& cx, char32_t value, uint64_t to) {
    StoreScalar<uint32_t>(cx.At(to), value);
    return CheckChar(cx, value);
  }
  static bool Lower(CanonContext& cx, char32_t value, vm::Slot* slots) {
    vm::WriteSlot<uint32_t>(slots, value);
    return CheckChar(cx, value);
  }
};

// Nothing at all: the payload of a case without one.
template <>
struct Abi<std::monostate> {
  static constexpr Layout kLayout = {};
  static bool Matches(const TypeChecker&, ValType type) { return !type.has_value(); }
  static std::string Describe(const ResourceNames&) { return "_"; }
  static bool Load(CanonContext&, const uint8_t*, std::monostate*) { return true; }
  static bool Lift(CanonContext&, const vm::Slot*, std::monostate*) { return true; }
  static bool Store(CanonContext&, std::monostate, uint64_t) { return true; }
  static bool Lower(CanonContext&, std::monostate, vm::Slot*) { return true; }
};

// --- Pairs of address and length ----------------------------------------------------------------

// What strings and lists share: D has LiftPair(cx, address, length, T*) and
// LowerPair(cx, value, uint64_t* address, uint64_t* length).
template <typename T, typename D>
struct PairAbi {
  static constexpr Layout kLayout = PointerPairLayout(4);
  static bool Load(CanonContext& cx, const uint8_t* from, T* out) {
    return D::LiftPair(cx, LoadScalar<uint32_t>(from), LoadScalar<uint32_t>(from + 4), out);
  }
  static bool Lift(CanonContext& cx, const vm::Slot* slots, T* out) {
    return D::LiftPair(cx, vm::ReadSlot<uint32_t>(slots), vm::ReadSlot<uint32_t>(slots + 1), out);
  }
  template <typename V>
  static bool Store(CanonContext& cx, V& value, uint64_t to) {
    uint64_t address, length;
    if (!D::LowerPair(cx, value, &address, &length)) return false;
    StoreScalar<uint32_t>(cx.At(to), static_cast<uint32_t>(address));
    StoreScalar<uint32_t>(cx.At(to + 4), static_cast<uint32_t>(length));
    return true;
  }
  template <typename V>
  static bool Lower(CanonContext& cx, V& value, vm::Slot* slots) {
    uint64_t address, length;
    if (!D::LowerPair(cx, value, &address, &length)) return false;
    vm::WriteSlot<uint32_t>(slots, static_cast<uint32_t>(address));
    vm::WriteSlot<uint32_t>(slots + 1, static_cast<uint32_t>(length));
    return true;
  }
};

template <>
struct Abi<absl::string_view> : PairAbi<absl::string_view, Abi<absl::string_view>> {
  static bool Matches(const TypeChecker&, ValType type) {
    return type == ValType(TypeKind::kString);
  }
  static std::string Describe(const ResourceNames&) { return "string"; }
  static bool LiftPair(CanonContext& cx, uint64_t address, uint64_t units, absl::string_view* out) {
    return LiftString(cx, address, units, out);
  }
  static bool LowerPair(CanonContext& cx, absl::string_view text, uint64_t* address,
                        uint64_t* units) {
    return LowerString(cx, text, address, units);
  }
};

template <>
struct Abi<std::string> : PairAbi<std::string, Abi<std::string>> {
  static bool Matches(const TypeChecker&, ValType type) {
    return type == ValType(TypeKind::kString);
  }
  static std::string Describe(const ResourceNames&) { return "string"; }
  static bool LiftPair(CanonContext& cx, uint64_t address, uint64_t units, std::string* out) {
    absl::string_view view;
    if (!LiftString(cx, address, units, &view) || !cx.Charge(view.size())) return false;
    out->assign(view.data(), view.size());
    return true;
  }
  static bool LowerPair(CanonContext& cx, const std::string& text, uint64_t* address,
                        uint64_t* units) {
    return LowerString(cx, text, address, units);
  }
};

// True for types whose host representation is the guest's, byte for byte.
template <typename T>
concept BytewiseAbi = requires { requires Abi<T>::kIsNumber; };

template <typename T>
struct ListAbi {
  static constexpr Layout kElement = Abi<T>::kLayout;

  static bool Matches(const TypeChecker& checker, ValType type) {
    const TypeDef* def = checker.Def(type, TypeKind::kList);
    return def != nullptr && Abi<T>::Matches(checker, def->types[0]);
  }
  static std::string Describe(const ResourceNames& names) {
    return absl::StrCat("list<", Abi<T>::Describe(names), ">");
  }
  template <typename Range>
  static bool LowerPair(CanonContext& cx, Range& values, uint64_t* address, uint64_t* length) {
    *length = values.size();
    if (*length > kMaxListByteLength / kElement.size) {
      return cx.Trap(vm::TrapKind::kHost, "a host function returned a list that is too long");
    }
    const uint64_t size = *length * kElement.size;
    if (!cx.Realloc(0, 0, kElement.align, size, kListOutOfBounds, address)) return false;
    if constexpr (BytewiseAbi<T>) {
      if (size != 0) std::memcpy(cx.At(*address), values.data(), size);
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
  static bool LiftPair(CanonContext& cx, uint64_t address, uint64_t length, std::vector<T>* out) {
    constexpr Layout kElement = Abi<T>::kLayout;
    if (!CheckList(cx, address, length, kElement.size, kElement.align) ||
        !cx.Charge(length * sizeof(T))) {
      return false;
    }
    out->resize(length);
    const uint8_t* from = cx.At(address);
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

template <typename T>
  requires BytewiseAbi<T>
struct Abi<absl::Span<const T>> : PairAbi<absl::Span<const T>, Abi<absl::Span<const T>>>,
                                  ListAbi<T> {
  static bool LiftPair(CanonContext& cx, uint64_t address, uint64_t length,
                       absl::Span<const T>* out) {
    // Guest memory begins at a host page, so what is aligned there is aligned here.
    if (!CheckList(cx, address, length, sizeof(T), sizeof(T))) return false;
    *out = absl::MakeConstSpan(reinterpret_cast<const T*>(cx.At(address)), length);
    return true;
  }
};

// --- Handles ------------------------------------------------------------------------------------

template <typename T, TypeKind kKind>
struct HandleAbi {
  static constexpr Layout kLayout = ScalarLayout(4);
  static bool Matches(const TypeChecker& checker, ValType type) {
    const TypeDef* def = checker.Def(type, kKind);
    return def != nullptr && checker.resources[def->resource.value()] == &kHostResource<T>;
  }
  static std::string Describe(const ResourceNames& names) {
    const auto name = names.find(&kHostResource<T>);
    return absl::StrCat(kKind == TypeKind::kOwn ? "own<" : "borrow<",
                        name == names.end() ? "unregistered resource" : name->second, ">");
  }
};

template <typename T>
struct Abi<Own<T>> : HandleAbi<T, TypeKind::kOwn> {
  static bool FromIndex(CanonContext& cx, uint32_t index, Own<T>* out) {
    uint32_t rep;
    if (!LiftOwn(cx, index, &kHostResource<T>, &rep)) return false;
    *out = Own<T>(
        std::unique_ptr<T>(static_cast<T*>(cx.store->resources().Take(&kHostResource<T>, rep))));
    return true;
  }
  static bool ToIndex(CanonContext& cx, Own<T>& value, uint32_t* index) {
    if (!value) return cx.Trap(vm::TrapKind::kHost, "a host function gave away a null resource");
    const std::optional<uint32_t> rep =
        cx.store->resources().Add(&kHostResource<T>, value.Release().release());
    if (!rep) return cx.Trap(vm::TrapKind::kHost, "too many host resources");
    return LowerOwn(cx, *rep, &kHostResource<T>, index);
  }

  static bool Load(CanonContext& cx, const uint8_t* from, Own<T>* out) {
    return FromIndex(cx, LoadScalar<uint32_t>(from), out);
  }
  static bool Lift(CanonContext& cx, const vm::Slot* slots, Own<T>* out) {
    return FromIndex(cx, vm::ReadSlot<uint32_t>(slots), out);
  }
  static bool Store(CanonContext& cx, Own<T>& value, uint64_t to) {
    uint32_t index;
    if (!ToIndex(cx, value, &index)) return false;
    StoreScalar(cx.At(to), index);
    return true;
  }
  static bool Lower(CanonContext& cx, Own<T>& value, vm::Slot* slots) {
    uint32_t index;
    if (!ToIndex(cx, value, &index)) return false;
    vm::WriteSlot(slots, index);
    return true;
  }
};

// Borrows are arguments only: the specification forbids them in results.
template <typename T>
struct Abi<Borrow<T>> : HandleAbi<T, TypeKind::kBorrow> {
  static bool FromIndex(CanonContext& cx, uint32_t index, Borrow<T>* out) {
    uint32_t rep;
    if (!LiftBorrow(cx, index, &kHostResource<T>, &rep)) return false;
    *out = Borrow<T>(static_cast<T*>(cx.store->resources().Get(&kHostResource<T>, rep)));
    return true;
  }
  static bool Load(CanonContext& cx, const uint8_t* from, Borrow<T>* out) {
    return FromIndex(cx, LoadScalar<uint32_t>(from), out);
  }
  static bool Lift(CanonContext& cx, const vm::Slot* slots, Borrow<T>* out) {
    return FromIndex(cx, vm::ReadSlot<uint32_t>(slots), out);
  }
};

}  // namespace tenon::abi

#include "abi/canon/typed_compound.h"  // IWYU pragma: export
