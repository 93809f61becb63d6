// The pass that turns traced imports and exports (items.h) into Packages: interfaces by their
// names, types in front of what needs them. A type that has a meaning already is an alias or a
// `use`.
#pragma once

#include <cstdint>
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

// An import or export that has no place in `Packages`.
struct WordlessItem {
  bool is_export = false;
  std::string name;
  std::string why;
};

class PackagesBuilder {
 public:
  // With `others` what WIT has no word for is left out of worlds and stands there; otherwise it is
  // refused.
  explicit PackagesBuilder(std::vector<WordlessItem>* others = nullptr) : others_(others) {}

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
    absl::flat_hash_set<std::string> items;    // an interface's functions; what a world imports
    absl::flat_hash_set<std::string> exports;  // of a world
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
  Result<std::string> FieldName(absl::string_view label);
  Result<std::vector<Field>> FieldsOf(absl::Span<const absl::string_view> labels);
  Result<std::vector<Field>> FieldsOf(absl::Span<const abi::syntax::LabeledType> fields,
                                      const ItemScope& scope);
  // Refuses what goes too deep, through names too, or takes too much to be written out.
  Result<TypeIdx> Append(Type type);
  Status Charge(uint64_t bytes);
  Status Charge(const abi::syntax::Name& name);

  struct Definer;
  // How deep a type goes, and how long it is where another one mentions it: names are short, what
  // has none is written out, and may mention the same thing twice, which does so again.
  struct Extent {
    uint32_t depth = 0;
    uint64_t bytes = 0;
  };
  Extent ExtentOf(const TypeRef& type) const;
  bool IsResource(TypeIdx type) const;  // or a name of one
  TypeIdx EndOf(TypeIdx type) const;
  // A function of a world's own may speak of types that imported interfaces have: the world uses
  // them then.
  Status UseTypes(const Function& function, Scope& scope, World& world);
  Status UseType(TypeIdx type, const std::string& name, Scope& scope, World& world);
  // Whether nothing can say whose it is: a type of another interface, which a world has inline.
  bool IsElsewhereWithoutName(const TypeRef& type, const Scope& scope) const;

  std::vector<WordlessItem>* const others_;
  Packages packages_;
  std::map<std::string, InterfaceIdx, std::less<>> interfaces_;  // by full name
  std::map<std::string, PackageIdx, std::less<>> by_name_;
  std::deque<Scope> scopes_;     // by interface
  std::vector<Extent> extents_;  // by type
  uint64_t bytes_ = 0;           // that all types and items take, written out
  uint32_t depth_ = 0;
};

}  // namespace tenon::wit
