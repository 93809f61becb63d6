// Expected<T, E>: a T, or the E that says why there is none. It is std::expected's part that C++20
// can have: the same shape for embedders of either standard, so that it may stand in the library's
// own signatures.
#pragma once

#include <tenon/error.h>

#include <type_traits>
#include <utility>
#include <variant>

namespace tenon {

template <typename E>
class Unexpected {
 public:
  constexpr explicit Unexpected(E error) : error_(std::move(error)) {}
  constexpr E& error() { return error_; }
  constexpr const E& error() const { return error_; }

 private:
  E error_;
};

template <typename T>
inline constexpr bool kIsUnexpected = false;
template <typename E>
inline constexpr bool kIsUnexpected<Unexpected<E>> = true;

// The value may be asked for only when there is one, the error only when there is none.
template <typename T, typename E = Error>
class [[nodiscard]] Expected {
  using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  using value_type = T;
  using error_type = E;

  Expected()
    requires std::is_default_constructible_v<Value>
  = default;
  template <typename U = Value>
    requires(!std::is_void_v<T> && std::is_convertible_v<U &&, Value> &&
             !std::is_same_v<std::remove_cvref_t<U>, Expected> &&
             !kIsUnexpected<std::remove_cvref_t<U>>)
  Expected(U&& value)  // NOLINT: implicit
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  template <typename G>
    requires std::is_constructible_v<E, G>
  Expected(Unexpected<G> failure)  // NOLINT: implicit
      : state_(std::in_place_index<1>, E(std::move(failure.error()))) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  Value& operator*() & { return *std::get_if<0>(&state_); }
  const Value& operator*() const& { return *std::get_if<0>(&state_); }
  Value&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  Value* operator->() { return std::get_if<0>(&state_); }
  const Value* operator->() const { return std::get_if<0>(&state_); }
  E& error() & { return std::get_if<1>(&state_)->error(); }
  const E& error() const& { return std::get_if<1>(&state_)->error(); }
  E&& error() && { return std::move(std::get_if<1>(&state_)->error()); }

 private:
  std::variant<Value, Unexpected<E>> state_;
};

}  // namespace tenon
