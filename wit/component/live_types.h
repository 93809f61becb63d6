// The types that some functions and types need, each behind those it is made of.
// That is the order of their indices: within `Packages` everything refers to what has a smaller
// one.
#pragma once

#include <set>
#include <vector>

#include "wit/resolve/packages.h"

namespace tenon::wit {

class LiveTypes {
 public:
  explicit LiveTypes(const Packages& packages) : packages_(packages) {}

  void Add(TypeIdx type);
  void Add(const Function& function);
  void Add(const Interface& interface);

  const std::set<TypeIdx>& order() const { return types_; }
  // Those with a name in this interface.
  std::vector<TypeIdx> In(InterfaceIdx interface) const;

 private:
  void AddRef(const TypeRef& type);
  void AddRef(const std::optional<TypeRef>& type);

  const Packages& packages_;
  std::set<TypeIdx> types_;
};

}  // namespace tenon::wit
