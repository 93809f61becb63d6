// The typed layer of <tenon/abi.h> as the inside of the library uses it: with Abseil's views, and
// with the check of C++ types against a component's.
#pragma once

#include <tenon/abi.h>  // IWYU pragma: export

#include <string>
#include <utility>
#include <vector>

#include "abi/canon/context.h"
#include "abi/runtime/resource_type.h"
#include "abi/types/type_table.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tenon {

template <>
struct Abi<absl::string_view> : StringViewAbi<absl::string_view> {};
template <typename T>
struct Abi<absl::Span<const T>> : ListViewAbi<absl::Span<const T>, T> {};

}  // namespace tenon

namespace tenon::abi {

using tenon::Abi;
using tenon::Borrow;
using tenon::MakeOwn;
using tenon::Own;

// Names of host resource types, for messages.
using ResourceNames = absl::flat_hash_map<const ResourceType*, std::string>;

// What a component's types are compared with: its table and the resource types bound to its ids.
class TypeChecker {
 public:
  TypeChecker(const TypeTable& type_table, absl::Span<const ResourceType* const> bound)
      : types(type_table), resources(bound) {}

  const TypeTable& types;
  const absl::Span<const ResourceType* const> resources;

  // True when the component's type is the one of that shape; null: no type.
  bool Matches(ValType type, const canon::TypeShape* shape) const;
  bool Matches(const FuncType& type, const canon::FuncShape& shape) const;
  // What the tags of guests' resources stand for in all that was matched.
  const GuestTypes& guest_types() const { return guest_types_; }

 private:
  bool MatchesHandle(const TypeDef& def, const canon::TypeShape& shape) const;
  // A yes is remembered: the functions of an interface share their types.
  bool HasLabels(ValType type, absl::Span<const char* const> labels) const;
  // True when `type` is a guest's and `tag` stood for no other until now.
  bool BindGuestType(const void* tag, const ResourceType* type) const;

  mutable std::vector<std::pair<ValType, const char* const*>> labels_seen_;
  mutable GuestTypes guest_types_;
};

// In WIT's words.
std::string Describe(const canon::TypeShape* shape, const ResourceNames& names);
std::string Describe(const canon::FuncShape& shape, const ResourceNames& names);

}  // namespace tenon::abi
