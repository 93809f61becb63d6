// Compares types of two components, whose tables and resources are their own, and tells where they
// differ first. abi: "Type Checking": value and function types are equal or they do not match.
// A pair of types is looked at once, however often it stands, so that the work is bounded by the
// types as they are interned, not as they are written out.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "abi/types/type_table.h"
#include "absl/container/flat_hash_set.h"

namespace tenon::abi {

struct TypeDifference {
  // From the outside in: `param "request"`, `field "tags"`, `list element`.
  std::vector<std::string> path;
  // What stands there on each side: value types (perhaps no type), function types or resources.
  AnyType expected;
  AnyType found;
};

class TypeComparer {
 public:
  // True when a resource of the one side is that of the other.
  using SameResource = std::function<bool(ResourceId expected, ResourceId found)>;
  // The tables outlive the comparer.
  TypeComparer(const TypeTable& expected, const TypeTable& found, SameResource same)
      : expected_(expected), found_(found), same_(std::move(same)) {}

  // False: difference() tells where.
  bool Equal(ValType expected, ValType found);
  bool Equal(FuncTypeId expected, FuncTypeId found);

  // Of the last comparison, which found one.
  TypeDifference difference() const;

 private:
  bool Parts(ValType expected, ValType found);
  bool Differ(AnyType expected, AnyType found);
  bool Under(std::string step);

  const TypeTable& expected_;
  const TypeTable& found_;
  SameResource same_;
  absl::flat_hash_set<std::pair<uint32_t, uint32_t>> equal_;  // definitions, by bits
  TypeDifference difference_;                                 // its path from the inside out
};

}  // namespace tenon::abi
