// The pass that turns traced imports and exports (items.h) into Packages: interfaces by their
// names, types in front of what needs them. A type that has a meaning already is an alias or a
// `use`.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "wit/binary/items.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

class PackagesBuilder {
 public:
  // The world that items make, in a package that may be there already. Of several lists the first
  // that has a name tells what it is.
  Result<WorldIdx> AddWorld(absl::string_view package, absl::string_view name,
                            absl::Span<const WorldItems> lists);
  // An interface by its full name; one that is known is completed.
  Result<InterfaceIdx> AddInterface(absl::string_view name, const InstanceNode& instance);
  Result<PackageIdx> AddPackage(absl::string_view name);  // "a:b@1.0.0"
  Packages Take() { return std::move(packages_); }

 private:
  using Owner = decltype(Type::owner);
  // What one interface or world has by name.
  struct Scope {
    Owner owner;
    absl::flat_hash_map<std::string, TypeIdx> types;
    absl::flat_hash_set<std::string> functions;
  };

  Result<InterfaceIdx> AddInstance(absl::string_view name, const InstanceNode& instance,
                                   PackageIdx package);
  Status AddItems(InterfaceIdx interface, const InstanceNode& instance);
  Status AddWorldItems(const WorldItems& items, Scope& scope, World& world);
  Result<WorldItem> WorldItemOf(const ItemNode& item, Scope& scope, PackageIdx package);
  Result<TypeIdx> AddNamed(const ItemNode& item, const TypeNode& type, Scope& scope);
  Result<Function> FunctionOf(const ItemNode& item, const FuncNode& func, const Scope& scope);
  Result<TypeRef> TypeOf(const abi::syntax::ValType& type, const ItemScope& scope);
  Result<std::optional<TypeRef>> TypeOf(const std::optional<abi::syntax::ValType>& type,
                                        const ItemScope& scope);
  Result<TypeRef> TypeOf(const TypeNode& type);
  Result<TypeIdx> ResourceOf(uint32_t index, const ItemScope& scope);
  // What a definition is; a primitive or a name of another becomes an Alias.
  Result<decltype(Type::what)> Define(const TypeNode& definition);
  Result<std::vector<Field>> FieldsOf(absl::Span<const abi::syntax::LabeledType> fields,
                                      const ItemScope& scope);
  TypeIdx Append(Type type);

  struct Definer;

  Packages packages_;
  std::map<std::string, InterfaceIdx, std::less<>> interfaces_;  // by full name
  std::map<std::string, PackageIdx, std::less<>> by_name_;
  std::deque<Scope> scopes_;  // by interface
  uint32_t depth_ = 0;
};

}  // namespace tenon::wit
