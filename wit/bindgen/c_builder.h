// The pass that turns a world into a CProgram: interface by interface, imports before exports,
// types before functions. A scope is what brings names: an imported or exported interface, or the
// world.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "wit/abi/core_names.h"
#include "wit/abi/shapes.h"
#include "wit/bindgen/c_names.h"
#include "wit/bindgen/c_program.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

// Types, functions and members of all interfaces together: a world may have one interface often.
inline constexpr size_t kMaxCost = 1'000'000;
inline constexpr absl::string_view kTooMuch =
    "the world has more than 1000000 types, functions and members";

class CBuilder {
 public:
  CBuilder(const Packages& packages, WorldIdx world, bool is_utf16);
  Result<CProgram> Run();

 private:
  using ScopeIdx = Index<struct CScopeTag>;
  struct Scope {
    bool is_export = false;
    std::optional<InterfaceIdx> interface;  // else the world
    size_t world_item = 0;                  // its place in the imports or exports
    std::string prefix;                     // in C
    std::string name;                       // in WIT: "wasi:io/poll@0.2.0", or a plain name
    std::string docs;
  };
  struct Handles {
    CTypeIdx own, borrow;
  };
  using Key = std::pair<TypeIdx, ScopeIdx>;

  // c_build_world.cc
  void AddScopes();
  void AddScope(size_t place, bool is_export);
  std::string PrefixOf(InterfaceIdx interface) const;
  Status AddInterface(ScopeIdx scope);
  Status AddWorld();
  void EndSection(std::string title, std::string docs);
  Status AddFunction(const Function& function, absl::string_view name, bool is_export);
  Result<std::vector<CParam>> ParamsOf(const Function& function);
  CReturn ReturnOf(CTypeIdx result) const;
  std::string ComponentNameOf(const Function& function, absl::string_view name) const;
  void IndexCoreItems(std::vector<CoreItem> items);
  const CoreItem& CoreOf(CoreRole role, bool is_export, const Function* function,
                         TypeIdx resource) const;
  CoreName CoreNameOf(CoreRole role, TypeIdx resource) const;

  // c_build_types.cc
  void AddBuiltins();
  Status AddNamed(TypeIdx type, absl::string_view name);
  Status AddAlias(TypeIdx type, absl::string_view name, const Alias& alias);
  Status AddResource(TypeIdx type, absl::string_view name);
  Result<CTypeIdx> AddHandle(std::string stem, CType type);
  Status AddHandles(TypeIdx type, absl::string_view name, const Handles& of);
  Result<CType> Define(const Record& record, absl::string_view name);
  Result<CType> Define(const Variant& variant, absl::string_view name);
  Result<CType> Define(const Enum& cases, absl::string_view name);
  Result<CType> Define(const Flags& flags, absl::string_view name);
  template <typename Other>
  Result<CType> Define(const Other&, absl::string_view name);
  CType IntegerOf(uint32_t bytes, const std::vector<Field>& names) const;
  void AddConstants(CType& type, absl::string_view name, const std::vector<Field>& fields);
  Result<CTypeIdx> Ref(const TypeRef& type);
  Result<std::optional<CTypeIdx>> RefIfAny(const std::optional<TypeRef>& type);
  Result<CTypeIdx> Unnamed(const List& list, const Shape& shape);
  Result<CTypeIdx> Unnamed(const Option& option, const Shape& shape);
  Result<CTypeIdx> Unnamed(const ResultType& result, const Shape& shape);
  Result<CTypeIdx> Unnamed(const Tuple& tuple, const Shape& shape);
  Result<CTypeIdx> Unnamed(const Map& map, const Shape& shape);
  Result<CTypeIdx> Unnamed(const Handle& handle, const Shape& shape);
  template <typename Other>
  Result<CTypeIdx> Unnamed(const Other&, const Shape&);  // not in C, or always named
  // A type made of `parts`, which the members of these numbers have.
  using Part = std::pair<size_t, std::optional<CTypeIdx>>;
  Result<CTypeIdx> AddUnnamed(absl::string_view word, CType type, const std::vector<Part>& parts);
  Result<CTypeIdx> Add(CType type);
  bool Place(CType& type) const;  // false if it is too large
  // The name of a type of this scope, or of all.
  std::string Declare(absl::string_view stem, bool is_shared);
  Status Charge(size_t cost);
  // Where a named type that this scope speaks of was declared.
  ScopeIdx HomeOf(TypeIdx type) const;
  std::unexpected<Error> Refuse(absl::string_view what) const;

  const Packages& packages_;
  const World& world_;
  const Shapes shapes_;
  const WorldNames world_names_;
  CProgram program_;
  CNames names_;
  std::vector<Scope> scopes_;
  absl::flat_hash_map<InterfaceIdx, ScopeIdx> imports_, exports_;  // by their own names
  ScopeIdx scope_;                                                 // whose turn it is
  std::string item_;                                               // what of it, for errors
  std::map<Key, CTypeIdx> named_;
  std::map<Key, Handles> handles_;
  absl::flat_hash_map<std::string, CTypeIdx> unnamed_;  // by what they are made of
  // The core module's imports and exports, by what they are of.
  using CoreKey = std::tuple<CoreRole, bool, size_t, const Function*, TypeIdx>;
  std::map<CoreKey, CoreItem> core_items_;
  size_t item_place_ = 0;  // in the world, of what `item_` is
  size_t cost_ = 0;
};

}  // namespace tenon::wit
