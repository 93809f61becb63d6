// What a type is made of, for all who walk the types of `Packages`: parts have smaller indices, and
// a chain of aliases may be as long as a file.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "wit/resolve/packages.h"

namespace tenon::wit {

// Calls `visit` with every TypeRef that the type is made of, in their order.
template <typename Visit>
void ForEachPart(const Type& type, Visit visit) {
  const auto optional = [&](const std::optional<TypeRef>& part) {
    if (part) visit(*part);
  };
  const auto fields = [&](const std::vector<Field>& all) {
    for (const Field& field : all) optional(field.type);
  };
  struct {
    decltype(optional)& one;
    decltype(fields)& many;
    Visit& each;
    void operator()(const Alias& what) const { each(what.of); }
    void operator()(const Record& what) const { many(what.fields); }
    void operator()(const Variant& what) const { many(what.cases); }
    void operator()(const Flags&) const {}
    void operator()(const Enum&) const {}
    void operator()(const Resource&) const {}
    void operator()(const Handle& what) const { each(what.resource); }
    void operator()(const List& what) const { each(what.element); }
    void operator()(const Option& what) const { each(what.some); }
    void operator()(const ResultType& what) const { one(what.ok), one(what.error); }
    void operator()(const Tuple& what) const {
      for (const TypeRef& member : what.members) each(member);
    }
    void operator()(const Map& what) const { each(what.value); }
    void operator()(const Future& what) const { one(what.element); }
    void operator()(const Stream& what) const { one(what.element); }
  } visitor{optional, fields, visit};
  std::visit(visitor, type.what);
}

}  // namespace tenon::wit
