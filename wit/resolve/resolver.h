// The pass that turns declarations into Packages, in an order in which everything stands behind
// what it needs. A TypeScope is what names mean within one interface or world.
// wit: "Name resolution", "WIT Interfaces", "WIT Worlds"
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "wit/resolve/packages.h"
#include "wit/resolve/resolve.h"
#include "wit/resolve/sources.h"
#include "wit/syntax/ast.h"

namespace tenon::wit {

// What a copy costs, in steps; 0 where nothing is said.
uint64_t CostOf(const About& about);

class Resolver {
 public:
  explicit Resolver(const Sources& sources) : sources_(sources) {}
  Resolved<Packages> Run();

 private:
  using Owner = std::variant<std::monostate, InterfaceIdx, WorldIdx>;

  // Names that differ in more than case. wit: "case-insensitively unique"
  class Names {
   public:
    // False if the name is taken.
    bool Claim(absl::string_view name);

   private:
    absl::flat_hash_set<std::string> taken_;
  };

  struct TypeScope {
    uint32_t scope = 0;  // of the sources
    Owner owner;
    absl::flat_hash_map<absl::string_view, TypeIdx> types;
    absl::flat_hash_map<absl::string_view, const ast::Head*> closed;  // not there: their gates
    Names names;
    std::vector<TypeIdx> listed;  // in the order they were written
    std::vector<InterfaceIdx> uses;
    std::vector<Function> functions;  // methods of its resources
  };

  // What is to know of a type whose parts are known.
  struct TypeFacts {
    uint32_t depth = 0;
    bool has_borrow = false;
    std::optional<TypeIdx> resource;  // it is one, or an alias of one
  };

  // The state of a world in the making.
  struct WorldScope {
    TypeScope types;
    Names imports;  // by their plain names
    Names exports;
    // By path. What is written must be so once; others may ask for it as well.
    absl::flat_hash_map<InterfaceIdx, size_t> imported;  // its place in the world
    absl::flat_hash_set<InterfaceIdx> exported;
    absl::flat_hash_set<TypeIdx> included;  // types of other worlds
    absl::flat_hash_set<InterfaceIdx> written_imports;
    absl::flat_hash_set<InterfaceIdx> written_exports;
    World world;
  };

  // resolver.cc
  // Adds them in an order; an error if they need each other.
  Resolved<void> AddPackages(const std::vector<std::vector<uint32_t>>& needs);
  Resolved<std::vector<std::vector<uint32_t>>> Needs() const;
  Resolved<std::vector<uint32_t>> NeedsOf(const Declaration& declaration) const;
  Resolved<void> AddUses(uint32_t scope, const std::vector<ast::Item>& items,
                         std::vector<uint32_t>& needs) const;
  Resolved<void> AddExternNeeds(uint32_t scope, const ast::Extern& item,
                                std::vector<uint32_t>& needs) const;
  std::unexpected<Failure> FailCycle(const std::vector<uint32_t>& cycle) const;
  Resolved<void> Charge(uint32_t scope, uint32_t offset, uint64_t steps);

  // resolve_interfaces.cc
  Resolved<void> ResolveInterface(uint32_t declaration);
  Resolved<InterfaceIdx> AddInterface(uint32_t scope, const ast::Body& body, std::string name,
                                      About about);
  Resolved<void> DeclareTypes(TypeScope& scope, const std::vector<ast::Item>& items);
  Resolved<void> DeclareUse(TypeScope& scope, const ast::Use& use, const ast::Head& head);
  Resolved<void> UseType(TypeScope& scope, InterfaceIdx from, const ast::Rename& name,
                         const ast::Head& head);
  Resolved<void> DefineTypes(TypeScope& scope, const std::vector<const ast::Item*>& definitions);
  Resolved<void> Claim(TypeScope& scope, const ast::Name& name);
  Resolved<Function> MakeFunction(const TypeScope& scope, const ast::Head& head,
                                  const ast::Func& func, std::optional<TypeIdx> resource);
  Resolved<void> SetResult(const TypeScope& scope, const ast::Func& func, Function& function);
  Resolved<void> AddMethods(TypeScope& scope, const ast::TypeDef& definition, TypeIdx resource);

  // resolve_types.cc
  static std::vector<const ast::Name*> NamesIn(const ast::TypeDef& definition);
  Resolved<TypeIdx> DefineType(TypeScope& scope, const ast::TypeDef& definition,
                               const ast::Head& head);
  Resolved<std::vector<Field>> MakeFields(const TypeScope& scope,
                                          const std::vector<ast::Field>& fields,
                                          absl::string_view what);
  Resolved<TypeIdx> FindType(const TypeScope& scope, const ast::Name& name) const;
  Resolved<TypeIdx> FindResource(const TypeScope& scope, const ast::Name& name) const;
  // A type where a value stands: the name of a resource is an own handle.
  Resolved<TypeRef> ResolveType(const TypeScope& scope, const ast::Type& type);
  Resolved<std::optional<TypeRef>> ResolveInner(const TypeScope& scope, const ast::Type& type,
                                                size_t index);
  Resolved<TypeRef> ResolveGeneric(const TypeScope& scope, const ast::Type& type);
  Resolved<TypeRef> AddStructural(const TypeScope& scope, const ast::Type& type,
                                  decltype(Type::what) what);
  Resolved<TypeIdx> AddType(uint32_t scope, uint32_t offset, Type type);
  TypeFacts FactsOf(const TypeRef& type) const;
  TypeFacts FactsOf(const Type& type) const;
  TypeRef AddHandle(TypeIdx resource, bool is_borrow);

  // resolve_worlds.cc
  Resolved<void> ResolveWorld(uint32_t declaration);
  Resolved<void> AddTypeItems(WorldScope& scope, uint32_t offset);
  Resolved<void> AddByPath(WorldScope& scope, const ast::Path& path, bool is_export, About about);
  Resolved<void> AddExtern(WorldScope& scope, const ast::Item& item, const ast::Extern& what);
  Resolved<void> AddInclude(WorldScope& scope, const ast::Include& include);
  Resolved<void> IncludeItems(WorldScope& scope, const ast::Include& include, const World& from,
                              bool is_export, absl::flat_hash_set<absl::string_view>& renamed);
  Resolved<void> AddNamed(WorldScope& scope, bool is_export, WorldItem item, uint32_t offset,
                          absl::string_view from);
  Resolved<void> AddImport(WorldScope& scope, InterfaceIdx interface, const About& about,
                           uint32_t offset);
  void AddExport(WorldScope& scope, InterfaceIdx interface, About about);
  Resolved<std::vector<InterfaceIdx>> Closure(const WorldScope& scope, InterfaceIdx interface,
                                              uint32_t offset);
  Resolved<void> ImportForExports(WorldScope& scope, uint32_t offset);

  const Sources& sources_;
  Packages packages_;
  std::vector<TypeFacts> facts_;  // by type
  // By declaration, once they are resolved.
  absl::flat_hash_map<uint32_t, InterfaceIdx> interfaces_;
  absl::flat_hash_map<uint32_t, WorldIdx> worlds_;
  // By interface: its types by name, and those that gates keep out.
  struct Exported {
    absl::flat_hash_map<absl::string_view, TypeIdx> types;
    absl::flat_hash_map<absl::string_view, const ast::Head*> closed;
    uint32_t scope = 0;
  };
  std::vector<Exported> exported_;
  std::vector<PackageIdx> package_of_;  // by package of the sources
  uint64_t work_ = 0;
};

}  // namespace tenon::wit
