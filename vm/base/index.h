// Typed indices: a FuncIdx is not a TypeIdx. Comparable and hashable, and nothing else; arithmetic
// goes through value().
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace tenon {

template <typename Tag>
class Index {
 public:
  constexpr Index() = default;
  constexpr explicit Index(uint32_t value) : value_(value) {}

  constexpr uint32_t value() const { return value_; }
  constexpr auto operator<=>(const Index&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, Index index) {
    return H::combine(std::move(state), index.value_);
  }

 private:
  uint32_t value_ = 0;
};

}  // namespace tenon
