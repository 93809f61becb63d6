// Calls of a component's exports with ordinary C++ types. A TypedFunc is a value that keeps what it
// needs alive: its instance and store. abi: "canon lift", with the host as caller.
#pragma once

#include <tenon/abi.h>
#include <tenon/compound.h>
#include <tenon/expected.h>
#include <tenon/host.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>
#include <version>
#if __cpp_lib_expected
#include <expected>
#endif

namespace tenon {
namespace canon {

// True for types that point into guest memory, or have a part that does: those can't outlive the
// call they come from.
template <typename T>
inline constexpr bool kIsView = false;
template <>
inline constexpr bool kIsView<std::string_view> = true;
template <typename T>
inline constexpr bool kIsView<std::span<T>> = true;
template <typename T>
inline constexpr bool kIsView<std::vector<T>> = kIsView<T>;
template <typename T, size_t N>
inline constexpr bool kIsView<std::array<T, N>> = kIsView<T>;
template <typename K, typename V>
inline constexpr bool kIsView<std::map<K, V>> = kIsView<K> || kIsView<V>;
template <typename T>
inline constexpr bool kIsView<std::optional<T>> = kIsView<T>;
template <typename T, typename E>
inline constexpr bool kIsView<Expected<T, E>> = kIsView<T> || kIsView<E>;
#if __cpp_lib_expected
template <typename T, typename E>
inline constexpr bool kIsView<std::expected<T, E>> = kIsView<T> || kIsView<E>;
#endif
template <typename... Ts>
inline constexpr bool kIsView<std::tuple<Ts...>> = (kIsView<Ts> || ...);
template <typename T>
  requires IsRecord<T>
inline constexpr bool kIsView<T> = std::apply(
    []<typename... C, typename... M>(const Field<C, M>&...) { return (kIsView<M> || ...); },
    RecordOf<T>::kFields);
template <typename Cases>
inline constexpr bool kHasView = false;
template <typename... Ts>
inline constexpr bool kHasView<std::variant<Ts...>> = (kIsView<Ts> || ...);
template <typename T>
  requires IsVariant<T>
inline constexpr bool kIsView<T> = kHasView<typename VariantOf<T>::Cases>;

// The lowered form of an exported function R(Args...), seen from outside.
template <typename Signature>
struct ExportAbi;
template <typename R, typename... Args>
struct ExportAbi<R(Args...)> {
  using Params = ProductAbi<std::decay_t<Args>...>;
  using Result = Abi<PayloadOf<R>>;
  static constexpr Layout kParams = Params::kPlaces.whole;
  static_assert(!kIsView<R>, "a result outlives the call: use owning types");

  static bool Lower(Context& cx, vm::Slot* slots, std::decay_t<Args>&... args) {
    if constexpr (kParams.flat <= abi::kMaxFlatParams) {
      return Params::Lower(cx, slots, args...);
    } else {
      uint64_t address;
      if (!Allocate(cx, kParams.size, kParams.align, &address)) return false;
      vm::WriteSlot(slots, static_cast<uint32_t>(address));
      return Params::Store(cx, address, args...);
    }
  }

  static bool Lift(Context& cx, vm::Slot* slots, PayloadOf<R>* result) {
    if constexpr (Result::kLayout.flat <= abi::kMaxFlatResults) {
      return Result::Lift(cx, slots, result);
    } else {
      const uint64_t address = vm::ReadSlot<uint32_t>(slots);
      return CheckRange(cx, address, Result::kLayout.size, Result::kLayout.align,
                        "result pointer out of bounds of memory") &&
             Result::Load(cx, At(cx, address), result);
    }
  }
};

// An export that was looked up and checked, with all that it needs.
class CheckedExport;
using Step = bool (*)(void* values, Context& cx, vm::Slot* slots);
// Calls it: `lower` writes the parameters, `lift` reads the result. Nothing when it went well.
std::optional<Error> Call(const CheckedExport* func, Step lower, Step lift, void* values);

}  // namespace canon

// An exported function whose type was checked. Copies are the same function. Its calls run on the
// thread that makes them, one at a time a store.
template <typename Signature>
class TypedFunc;
template <typename R, typename... Args>
class TypedFunc<R(Args...)> {
 public:
  TypedFunc() = default;  // no function: calls are kUsage
  explicit TypedFunc(std::shared_ptr<const canon::CheckedExport> func) : func_(std::move(func)) {}

  // kTrap when the guest trapped or has ended itself (TrapKind::kExit), after which calls of this
  // instance trap.
  Expected<R> Call(std::decay_t<Args>... args) const {
    struct Values {
      std::tuple<std::decay_t<Args>&...> args;
      PayloadOf<R> result{};
    } values{{args...}, {}};
    std::optional<Error> failed = canon::Call(
        func_.get(),
        [](void* v, canon::Context& cx, vm::Slot* slots) noexcept {
          return std::apply([&](auto&... arg) { return ExportAbi::Lower(cx, slots, arg...); },
                            static_cast<Values*>(v)->args);
        },
        [](void* v, canon::Context& cx, vm::Slot* slots) noexcept {
          return ExportAbi::Lift(cx, slots, &static_cast<Values*>(v)->result);
        },
        &values);
    if (failed) return Unexpected(std::move(*failed));
    if constexpr (std::is_void_v<R>) {
      return {};
    } else {
      return std::move(values.result);
    }
  }

 private:
  using ExportAbi = canon::ExportAbi<R(Args...)>;
  std::shared_ptr<const canon::CheckedExport> func_;
};

}  // namespace tenon
