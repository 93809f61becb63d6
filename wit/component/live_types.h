// The types that some functions and types need, each behind those it is made of.
// Packages hold no cycles, and types nest to a limit.
#pragma once

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

class LiveTypes {
 public:
  explicit LiveTypes(const Packages& packages) : packages_(packages) {}

  void Add(TypeIdx type);
  void Add(const Function& function);
  void Add(const Interface& interface);

  const std::vector<TypeIdx>& order() const { return order_; }
  // Those with a name in this interface.
  std::vector<TypeIdx> In(InterfaceIdx interface) const;

 private:
  void AddRef(const TypeRef& type);
  void AddRef(const std::optional<TypeRef>& type);

  const Packages& packages_;
  absl::flat_hash_set<TypeIdx> seen_;
  std::vector<TypeIdx> order_;
};

}  // namespace tenon::wit
