// Compound C++ types as component types; see abi.h, which includes this. A program describes its
// own types by specialising RecordOf, EnumOf, FlagsOf or VariantOf. abi: "Type Definitions".
#pragma once

#include <tenon/abi.h>
#include <tenon/expected.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <version>
#if __cpp_lib_expected
#include <expected>
#endif

// In namespace tenon:
//   template <> struct RecordOf<Datetime> {
//     static constexpr auto kFields = std::make_tuple(Field("seconds", &Datetime::seconds), ...);
//   };
//   template <> struct EnumOf<ErrorCode> {              // enumerators 0, 1, ...
//     static constexpr const char* kLabels[] = {"access", "would-block"};
//   };
//   template <> struct FlagsOf<OpenFlags> {             // enum; bit i is label i
//     static constexpr const char* kLabels[] = {"create", "directory"};
//   };
//   template <> struct VariantOf<StreamError> {         // is or derives from a std::variant;
//     using Cases = std::variant<Own<IoError>, std::monostate>;  // monostate: no payload
//     static constexpr const char* kLabels[] = {"last-operation-failed", "closed"};
//   };

namespace tenon {

template <typename C, typename M>
struct Field {
  using Type = M;
  const char* label;
  M C::* member;
  constexpr Field(const char* l, M C::* m) : label(l), member(m) {}
};

template <typename T>
struct RecordOf;
template <typename T>
struct EnumOf;
template <typename T>
struct FlagsOf;
template <typename T>
struct VariantOf;

template <typename T>
concept IsRecord = requires { RecordOf<T>::kFields; };
template <typename T>
concept IsEnum = std::is_enum_v<T> && requires { EnumOf<T>::kLabels; };
template <typename T>
concept IsFlags = std::is_enum_v<T> && requires { FlagsOf<T>::kLabels; };
template <typename T>
concept IsVariant = requires {
  typename VariantOf<T>::Cases;
  VariantOf<T>::kLabels;
};

// --- Products -----------------------------------------------------------------------------------

// Where each of a sequence of types stands, in memory and among flat values.
template <typename... Ts>
struct ProductLayout {
  static constexpr size_t kCount = sizeof...(Ts);
  std::array<uint32_t, kCount + 1> offset = {};
  std::array<uint32_t, kCount + 1> flat = {};
  Layout whole;

  constexpr ProductLayout() {
    abi::RecordLayout record;
    size_t i = 0;
    ((flat[i] = record.flat_so_far(), offset[i] = record.Place(Abi<Ts>::kLayout), ++i), ...);
    whole = record.Finish();
  }
};

// Lifts and lowers a sequence of values given as references.
template <typename... Ts>
struct ProductAbi {
  static constexpr ProductLayout<Ts...> kPlaces = {};

  static bool Load(canon::Context& cx, [[maybe_unused]] const uint8_t* from, Ts*... out) {
    [[maybe_unused]] size_t i = 0;
    return (Abi<Ts>::Load(cx, from + kPlaces.offset[i++], out) && ...);
  }
  static bool Lift(canon::Context& cx, [[maybe_unused]] const vm::Slot* slots, Ts*... out) {
    [[maybe_unused]] size_t i = 0;
    return (Abi<Ts>::Lift(cx, slots + kPlaces.flat[i++], out) && ...);
  }
  static bool Store(canon::Context& cx, [[maybe_unused]] uint64_t to, Ts&... values) {
    [[maybe_unused]] size_t i = 0;
    return (Abi<Ts>::Store(cx, values, to + kPlaces.offset[i++]) && ...);
  }
  static bool Lower(canon::Context& cx, [[maybe_unused]] vm::Slot* slots, Ts&... values) {
    [[maybe_unused]] size_t i = 0;
    return (Abi<Ts>::Lower(cx, values, slots + kPlaces.flat[i++]) && ...);
  }
};

template <typename... Ts>
struct Abi<std::tuple<Ts...>> {
  using Product = ProductAbi<Ts...>;
  using Value = std::tuple<Ts...>;
  static constexpr Layout kLayout = Product::kPlaces.whole;
  static constexpr canon::TypeShape kShape = {
      .kind = TypeKind::kTuple, .parts = kShapesOf<Ts...>, .part_count = sizeof...(Ts)};

  static bool Load(canon::Context& cx, const uint8_t* from, Value* out) {
    return std::apply([&](Ts&... v) { return Product::Load(cx, from, &v...); }, *out);
  }
  static bool Lift(canon::Context& cx, const vm::Slot* slots, Value* out) {
    return std::apply([&](Ts&... v) { return Product::Lift(cx, slots, &v...); }, *out);
  }
  static bool Store(canon::Context& cx, Value& value, uint64_t to) {
    return std::apply([&](Ts&... v) { return Product::Store(cx, to, v...); }, value);
  }
  static bool Lower(canon::Context& cx, Value& value, vm::Slot* slots) {
    return std::apply([&](Ts&... v) { return Product::Lower(cx, slots, v...); }, value);
  }
};

// A list of pairs. Of entries with one key the last counts.
template <typename K, typename V>
struct Abi<std::map<K, V>> : PairAbi<std::map<K, V>, Abi<std::map<K, V>>> {
  using Entry = std::tuple<K, V>;
  static constexpr Layout kEntry = Abi<Entry>::kLayout;
  static constexpr canon::TypeShape kShape = {
      .kind = TypeKind::kMap, .parts = kShapesOf<Entry>, .part_count = 1};

  static bool LiftPair(canon::Context& cx, uint64_t address, uint64_t length, std::map<K, V>* out) {
    constexpr uint64_t kNodeBytes = sizeof(std::pair<K, V>) + 4 * sizeof(void*);
    if (!canon::CheckList(cx, address, length, kEntry.size, kEntry.align) ||
        !canon::Charge(cx, length * kNodeBytes)) {
      return false;
    }
    const uint8_t* from = canon::At(cx, address);
    for (uint64_t i = 0; i < length; ++i, from += kEntry.size) {
      Entry entry;
      if (!Abi<Entry>::Load(cx, from, &entry)) return false;
      out->insert_or_assign(std::move(std::get<0>(entry)), std::move(std::get<1>(entry)));
    }
    return true;
  }
  static bool LowerPair(canon::Context& cx, std::map<K, V>& values, uint64_t* address,
                        uint64_t* length) {
    *length = values.size();
    if (*length > abi::kMaxListByteLength / kEntry.size) {
      return canon::Trap(cx, "the host passed a map that is too long");
    }
    if (!canon::Allocate(cx, *length * kEntry.size, kEntry.align, address)) return false;
    uint64_t to = *address;
    for (auto& [key, value] : values) {
      K name = key;  // which stays what it is
      if (!ProductAbi<K, V>::Store(cx, to, name, value)) return false;
      to += kEntry.size;
    }
    return true;
  }
};

template <typename T>
  requires IsRecord<T>
struct Abi<T> {
  using Fields = std::remove_cvref_t<decltype(RecordOf<T>::kFields)>;
  template <typename F>
  struct ProductOf;
  template <typename... C, typename... M>
  struct ProductOf<std::tuple<Field<C, M>...>> {
    using Type = ProductAbi<M...>;
    static constexpr const canon::TypeShape* const* kParts = kShapesOf<M...>;
  };
  using Product = typename ProductOf<Fields>::Type;
  static constexpr size_t kCount = std::tuple_size_v<Fields>;
  static constexpr std::array<const char*, kCount> kLabels =
      std::apply([](const auto&... f) { return std::array<const char*, kCount>{f.label...}; },
                 RecordOf<T>::kFields);
  static constexpr Layout kLayout = Product::kPlaces.whole;
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kRecord,
                                              .labels = kLabels.data(),
                                              .label_count = kCount,
                                              .parts = ProductOf<Fields>::kParts,
                                              .part_count = kCount};

  static bool Load(canon::Context& cx, const uint8_t* from, T* out) {
    return Visit([&](const auto&... f) { return Product::Load(cx, from, &(out->*f.member)...); });
  }
  static bool Lift(canon::Context& cx, const vm::Slot* slots, T* out) {
    return Visit([&](const auto&... f) { return Product::Lift(cx, slots, &(out->*f.member)...); });
  }
  static bool Store(canon::Context& cx, T& value, uint64_t to) {
    return Visit([&](const auto&... f) { return Product::Store(cx, to, (value.*f.member)...); });
  }
  static bool Lower(canon::Context& cx, T& value, vm::Slot* slots) {
    return Visit([&](const auto&... f) { return Product::Lower(cx, slots, (value.*f.member)...); });
  }

 private:
  template <typename F>
  static bool Visit(F&& f) {
    return std::apply(f, RecordOf<T>::kFields);
  }
};

// --- Enums and flags ----------------------------------------------------------------------------

// Shared by enums and flags: D::From(cx, bits, T*) makes the value, D::To(cx, value, bits*) the
// bits that the guest gets, which its type allows whatever the host's value is.
template <typename T, typename D, uint32_t kBytes>
struct SmallIntegerAbi {
  static constexpr Layout kLayout = abi::ScalarLayout(kBytes);
  static bool Load(canon::Context& cx, const uint8_t* from, T* out) {
    return D::From(cx, abi::LoadDiscriminant(from, kBytes), out);
  }
  static bool Lift(canon::Context& cx, const vm::Slot* slots, T* out) {
    return D::From(cx, vm::ReadSlot<uint32_t>(slots), out);
  }
  static bool Store(canon::Context& cx, T value, uint64_t to) {
    uint32_t bits;
    if (!D::To(cx, value, &bits)) return false;
    abi::StoreDiscriminant(canon::At(cx, to), kBytes, bits);
    return true;
  }
  static bool Lower(canon::Context& cx, T value, vm::Slot* slots) {
    uint32_t bits;
    if (!D::To(cx, value, &bits)) return false;
    vm::WriteSlot(slots, bits);
    return true;
  }
};

template <typename T>
  requires IsEnum<T>
struct Abi<T> : SmallIntegerAbi<T, Abi<T>, abi::DiscriminantBytes(std::size(EnumOf<T>::kLabels))> {
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kEnum,
                                              .labels = EnumOf<T>::kLabels,
                                              .label_count = std::size(EnumOf<T>::kLabels)};
  static bool From(canon::Context& cx, uint32_t index, T* out) {
    if (index >= std::size(EnumOf<T>::kLabels)) return canon::BadDiscriminant(cx);
    *out = static_cast<T>(index);
    return true;
  }
  static bool To(canon::Context& cx, T value, uint32_t* index) {
    *index = static_cast<uint32_t>(value);
    if (*index < std::size(EnumOf<T>::kLabels)) return true;
    return canon::Trap(cx, "the host passed a value that its enum does not have");
  }
};

template <typename T>
  requires IsFlags<T>
struct Abi<T> : SmallIntegerAbi<T, Abi<T>, abi::FlagsBytes(std::size(FlagsOf<T>::kLabels))> {
  static_assert(std::size(FlagsOf<T>::kLabels) <= 32);
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kFlags,
                                              .labels = FlagsOf<T>::kLabels,
                                              .label_count = std::size(FlagsOf<T>::kLabels)};
  static constexpr uint32_t kMask =
      static_cast<uint32_t>((uint64_t{1} << std::size(FlagsOf<T>::kLabels)) - 1);
  // Bits without a label are ignored, both ways.
  static bool From(canon::Context&, uint32_t bits, T* out) {
    *out = static_cast<T>(bits & kMask);
    return true;
  }
  static bool To(canon::Context&, T value, uint32_t* bits) {
    *bits = static_cast<uint32_t>(value) & kMask;
    return true;
  }
};

// --- Sums ---------------------------------------------------------------------------------------

// A sum of payload types. D says how a T holds its case: Case(value) its index, and
// Payload<i>(value), Emplace<i>(value) a reference to (new) payload i.
template <typename T, typename D, typename... Ts>
struct SumAbi {
  static constexpr uint32_t kCases = sizeof...(Ts);
  static constexpr abi::VariantLayout kPlaces = [] {
    abi::VariantLayout layout(kCases);
    (layout.Place(Abi<Ts>::kLayout), ...);
    return layout;
  }();
  static constexpr Layout kLayout = kPlaces.Finish();

  static bool Load(canon::Context& cx, const uint8_t* from, T* out) {
    const uint32_t index = abi::LoadDiscriminant(from, kPlaces.discriminant_bytes());
    return Visit(cx, index, [&]<size_t i, typename P>() {
      return Abi<P>::Load(cx, from + kPlaces.payload_offset(), &D::template Emplace<i>(*out));
    });
  }
  static bool Lift(canon::Context& cx, const vm::Slot* slots, T* out) {
    return Visit(cx, vm::ReadSlot<uint32_t>(slots), [&]<size_t i, typename P>() {
      return Abi<P>::Lift(cx, slots + 1, &D::template Emplace<i>(*out));
    });
  }
  static bool Store(canon::Context& cx, T& value, uint64_t to) {
    const uint32_t index = D::Case(value);
    abi::StoreDiscriminant(canon::At(cx, to), kPlaces.discriminant_bytes(), index);
    return Visit(cx, index, [&]<size_t i, typename P>() {
      return Abi<P>::Store(cx, D::template Payload<i>(value), to + kPlaces.payload_offset());
    });
  }
  static bool Lower(canon::Context& cx, T& value, vm::Slot* slots) {
    const uint32_t index = D::Case(value);
    vm::WriteSlot(slots, index);
    for (uint32_t i = 1; i < kLayout.flat; ++i) slots[i].bits = 0;
    return Visit(cx, index, [&]<size_t i, typename P>() {
      return Abi<P>::Lower(cx, D::template Payload<i>(value), slots + 1);
    });
  }

 private:
  // Calls f<i, type of payload i> for i == index.
  template <typename F>
  static bool Visit(canon::Context& cx, uint32_t index, F&& f) {
    bool ok = false;
    const bool found = [&]<size_t... i>(std::index_sequence<i...>) {
      return ((i == index ? (ok = f.template operator()<i, Ts>(), true) : false) || ...);
    }(std::index_sequence_for<Ts...>());
    return found ? ok : canon::BadDiscriminant(cx);
  }
};

template <typename T>
struct Abi<std::optional<T>> : SumAbi<std::optional<T>, Abi<std::optional<T>>, std::monostate, T> {
  static constexpr canon::TypeShape kShape = {
      .kind = TypeKind::kOption, .parts = kShapesOf<T>, .part_count = 1};
  static uint32_t Case(const std::optional<T>& value) { return value ? 1 : 0; }
  template <size_t i>
  static auto& Payload(std::optional<T>& value) {
    if constexpr (i == 0)
      return unit;
    else
      return *value;
  }
  template <size_t i>
  static auto& Emplace(std::optional<T>& value) {
    if constexpr (i == 0)
      return value.reset(), unit;
    else
      return value.emplace();
  }

 private:
  static inline std::monostate unit;
};

template <typename T>
using PayloadOf = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

// A result, held by a V that is like std::expected<T, E>; Failure<E> makes its error side.
template <typename V, typename T, typename E, typename Failure>
struct ResultAbi : SumAbi<V, ResultAbi<V, T, E, Failure>, PayloadOf<T>, E> {
  static constexpr canon::TypeShape kShape = {
      .kind = TypeKind::kResult, .parts = kShapesOf<PayloadOf<T>, E>, .part_count = 2};
  static uint32_t Case(const V& value) { return value.has_value() ? 0 : 1; }
  template <size_t i>
  static auto& Payload(V& value) {
    if constexpr (i == 1)
      return value.error();
    else if constexpr (std::is_void_v<T>)
      return unit;
    else
      return *value;
  }
  template <size_t i>
  static auto& Emplace(V& value) {
    if constexpr (i == 1)
      return (value = Failure(E())), value.error();
    else if constexpr (std::is_void_v<T>)
      return (value = V()), unit;
    else
      return (value = T()), *value;
  }

 private:
  static inline std::monostate unit;
};

template <typename T, typename E>
struct Abi<Expected<T, E>> : ResultAbi<Expected<T, E>, T, E, Unexpected<E>> {};
#if __cpp_lib_expected
template <typename T, typename E>
struct Abi<std::expected<T, E>> : ResultAbi<std::expected<T, E>, T, E, std::unexpected<E>> {};
#endif

template <typename T>
  requires IsVariant<T>
struct VariantAbi {
  template <typename V>
  struct Sum;
  template <typename... Ts>
  struct Sum<std::variant<Ts...>> {
    using Type = SumAbi<T, Abi<T>, Ts...>;
    static constexpr const canon::TypeShape* const* kParts = kShapesOf<Ts...>;
  };
  using CaseSum = Sum<typename VariantOf<T>::Cases>;
};

template <typename T>
  requires IsVariant<T>
struct Abi<T> : VariantAbi<T>::CaseSum::Type {
  using Cases = typename VariantOf<T>::Cases;
  static_assert(std::variant_size_v<Cases> == std::size(VariantOf<T>::kLabels));
  static constexpr canon::TypeShape kShape = {.kind = TypeKind::kVariant,
                                              .labels = VariantOf<T>::kLabels,
                                              .label_count = std::variant_size_v<Cases>,
                                              .parts = VariantAbi<T>::CaseSum::kParts,
                                              .part_count = std::variant_size_v<Cases>};

  static uint32_t Case(const Cases& value) { return static_cast<uint32_t>(value.index()); }
  template <size_t i>
  static auto& Payload(Cases& value) {
    return *std::get_if<i>(&value);
  }
  template <size_t i>
  static auto& Emplace(Cases& value) {
    return value.template emplace<i>();
  }
};

}  // namespace tenon
