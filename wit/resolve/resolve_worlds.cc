#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wit/resolve/resolver.h"

namespace tenon::wit {

namespace {

// What a copy costs, in steps.
uint64_t CostOf(const WorldItem& item) {
  const auto* function = std::get_if<Function>(&item.what);
  return 1 + (function == nullptr ? 0 : function->params.size()) + CostOf(item.about);
}

// Gates speak of the versions of their own package.
void ForgetGates(About& about) {
  about.since.clear();
  about.feature.clear();
  about.deprecated.clear();
}

}  // namespace

// Those that the interface needs and the world does not import yet, itself included.
Resolved<std::vector<InterfaceIdx>> Resolver::Closure(const WorldScope& scope,
                                                      InterfaceIdx interface, uint32_t offset) {
  std::vector<InterfaceIdx> found, stack = {interface};
  absl::flat_hash_set<InterfaceIdx> seen;
  while (!stack.empty()) {
    const InterfaceIdx next = stack.back();
    stack.pop_back();
    TENON_RETURN_IF_ERROR(Charge(scope.types.scope, offset, 1));
    if (scope.imported.contains(next) || !seen.insert(next).second) continue;
    found.push_back(next);
    const auto& more = packages_[next].uses;
    stack.insert(stack.end(), more.begin(), more.end());
  }
  // What an interface uses has a smaller index.
  std::sort(found.begin(), found.end());
  return found;
}

// Behind the interfaces whose types it uses. wit: "Transitive imports and worlds"
Resolved<void> Resolver::AddImport(WorldScope& scope, InterfaceIdx interface, const About& about,
                                   uint32_t offset) {
  TENON_RETURN_IF_ERROR(Charge(scope.types.scope, offset, CostOf(about)));
  TENON_ASSIGN_OR_RETURN(const std::vector<InterfaceIdx> added, Closure(scope, interface, offset));
  for (const InterfaceIdx each : added) {
    scope.imported.emplace(each, scope.world.imports.size());
    scope.world.imports.push_back({"", each, About()});
  }
  // One that others needed first is described by whoever writes it out.
  About& known = scope.world.imports[scope.imported.at(interface)].about;
  if (CostOf(known) == 0) known = about;
  return {};
}

void Resolver::AddExport(WorldScope& scope, InterfaceIdx interface, About about) {
  if (!scope.exported.insert(interface).second) return;
  scope.world.exports.push_back({"", interface, std::move(about)});
}

// Interfaces that exports use are imports, unless they are exports too.
Resolved<void> Resolver::ImportForExports(WorldScope& scope, uint32_t offset) {
  for (size_t i = 0; i < scope.world.exports.size(); ++i) {
    const auto* interface = std::get_if<InterfaceIdx>(&scope.world.exports[i].what);
    if (interface == nullptr) continue;
    for (const InterfaceIdx use : packages_[*interface].uses) {
      TENON_RETURN_IF_ERROR(Charge(scope.types.scope, offset, 1));
      if (scope.exported.contains(use)) continue;
      TENON_RETURN_IF_ERROR(AddImport(scope, use, About(), offset));
    }
  }
  return {};
}

// A function, a type or an interface by a plain name. `from` says where it was included from.
Resolved<void> Resolver::AddNamed(WorldScope& scope, bool is_export, WorldItem item,
                                  uint32_t offset, absl::string_view from) {
  Names& names = is_export ? scope.exports : scope.imports;
  if (!names.Claim(item.name)) {
    const absl::string_view side = is_export ? "exports" : "imports";
    const std::string advice =
        from.empty() ? ""
                     : absl::StrCat("; rename the one of '", from, "': include ", from, " with { ",
                                    item.name, " as another-name }");
    return sources_.Fail(scope.types.scope, offset,
                         absl::StrCat("the world ", side, " '", item.name, "' already", advice));
  }
  (is_export ? scope.world.exports : scope.world.imports).push_back(std::move(item));
  return {};
}

// The types of the world itself, and the interfaces they come from.
Resolved<void> Resolver::AddTypeItems(WorldScope& scope, uint32_t offset) {
  for (const InterfaceIdx use : scope.types.uses) {
    TENON_RETURN_IF_ERROR(AddImport(scope, use, About(), offset));
  }
  for (const TypeIdx type : scope.types.listed) {
    scope.world.imports.push_back({packages_[type].name, type, packages_[type].about});
  }
  for (Function& method : scope.types.functions) {
    About about = method.about;
    scope.world.imports.push_back({"", std::move(method), std::move(about)});
  }
  return {};
}

Resolved<void> Resolver::AddByPath(WorldScope& scope, const ast::Path& path, bool is_export,
                                   About about) {
  const uint32_t source = scope.types.scope;
  TENON_ASSIGN_OR_RETURN(const uint32_t found, sources_.Find(source, path, Wanted::kInterface));
  const InterfaceIdx interface = interfaces_.at(found);
  auto& written = is_export ? scope.written_exports : scope.written_imports;
  if (!written.insert(interface).second) {
    return sources_.Fail(source, path.offset(),
                         absl::StrCat("the world ", is_export ? "exports" : "imports", " '",
                                      path.name.text, "' already"));
  }
  if (!is_export) return AddImport(scope, interface, about, path.offset());
  AddExport(scope, interface, std::move(about));
  return {};
}

// wit: "Item: world"
Resolved<void> Resolver::AddExtern(WorldScope& scope, const ast::Item& item,
                                   const ast::Extern& what) {
  const uint32_t source = scope.types.scope;
  About about = sources_.AboutOf(source, item.head);
  if (!what.name) {
    return AddByPath(scope, std::get<ast::Path>(what.what), what.is_export, std::move(about));
  }
  WorldItem made{std::string(what.name->text), {}, about};
  if (const auto* func = std::get_if<ast::Func>(&what.what)) {
    TENON_ASSIGN_OR_RETURN(made.what, MakeFunction(scope.types, item.head, *func, std::nullopt));
  } else if (const auto* body = std::get_if<ast::Body>(&what.what)) {
    TENON_ASSIGN_OR_RETURN(const InterfaceIdx inner, AddInterface(source, *body, "", about));
    made.what = inner;
  } else {
    TENON_ASSIGN_OR_RETURN(
        const uint32_t found,
        sources_.Find(source, std::get<ast::Path>(what.what), Wanted::kInterface));
    made.what = interfaces_.at(found);
  }
  if (const auto* interface = std::get_if<InterfaceIdx>(&made.what); interface && !what.is_export) {
    for (const InterfaceIdx use : packages_[*interface].uses) {
      TENON_RETURN_IF_ERROR(AddImport(scope, use, About(), what.name->offset));
    }
  }
  return AddNamed(scope, what.is_export, std::move(made), what.name->offset, "");
}

// wit: "Union of Worlds with include"
Resolved<void> Resolver::IncludeItems(WorldScope& scope, const ast::Include& include,
                                      const World& from, bool is_export,
                                      absl::flat_hash_set<absl::string_view>& renamed) {
  const uint32_t offset = include.path.offset();
  absl::flat_hash_set<TypeIdx> again;  // types that came by another way: their methods are there
  for (const WorldItem& original : is_export ? from.exports : from.imports) {
    TENON_RETURN_IF_ERROR(
        Charge(scope.types.scope, offset, CostOf(original) + include.names.size()));
    WorldItem item = original;
    if (from.package != scope.world.package) ForgetGates(item.about);
    const auto* interface = std::get_if<InterfaceIdx>(&item.what);
    if (item.name.empty() && interface != nullptr) {
      if (is_export) {
        AddExport(scope, *interface, item.about);
      } else {
        TENON_RETURN_IF_ERROR(AddImport(scope, *interface, item.about, offset));
      }
      continue;
    }
    if (item.name.empty()) {  // a method of a resource, which is there as well
      const bool is_there = again.contains(std::get<Function>(item.what).resource);
      if (!is_there) scope.world.imports.push_back(item);
      continue;
    }
    for (const ast::Rename& name : include.names) {
      if (name.name.text != original.name) continue;
      item.name = std::string(name.as->text);
      renamed.insert(name.name.text);
    }
    if (auto* type = std::get_if<TypeIdx>(&item.what);
        type != nullptr && !scope.included.insert(*type).second) {
      again.insert(*type);
      TENON_ASSIGN_OR_RETURN(*type,
                             AddType(scope.types.scope, offset,
                                     {item.name, Alias{*type}, scope.types.owner, item.about}));
    }
    TENON_RETURN_IF_ERROR(
        AddNamed(scope, is_export, std::move(item), offset, include.path.name.text));
  }
  return {};
}

Resolved<void> Resolver::AddInclude(WorldScope& scope, const ast::Include& include) {
  TENON_ASSIGN_OR_RETURN(const uint32_t found,
                         sources_.Find(scope.types.scope, include.path, Wanted::kWorld));
  const World& from = packages_[worlds_.at(found)];
  absl::flat_hash_set<absl::string_view> renamed;
  for (const bool is_export : {false, true}) {
    TENON_RETURN_IF_ERROR(IncludeItems(scope, include, from, is_export, renamed));
  }
  for (const ast::Rename& name : include.names) {
    if (renamed.contains(name.name.text)) continue;
    std::vector<absl::string_view> names;
    for (const WorldItem& item : from.imports) names.push_back(item.name);
    for (const WorldItem& item : from.exports) names.push_back(item.name);
    std::erase(names, absl::string_view());
    return sources_.Fail(
        scope.types.scope, name.name.offset,
        absl::StrCat("the world '", include.path.name.text, "' has no plain name '", name.name.text,
                     "'", DidYouMean(name.name.text, names)));
  }
  return {};
}

Resolved<void> Resolver::ResolveWorld(uint32_t declaration_index) {
  const Declaration& declaration = sources_.declarations()[declaration_index];
  const auto& items = std::get<ast::World>(declaration.item->what).body.items;
  const WorldIdx index(static_cast<uint32_t>(packages_.worlds.size()));
  WorldScope scope;
  scope.types.scope = declaration.scope;
  scope.types.owner = index;
  scope.world.package = package_of_[sources_.scopes()[declaration.scope].package];
  scope.world.name = std::string(declaration.name.text);
  scope.world.about = sources_.AboutOf(declaration.scope, declaration.item->head);
  TENON_RETURN_IF_ERROR(DeclareTypes(scope.types, items));
  for (const TypeIdx type : scope.types.listed) scope.imports.Claim(packages_[type].name);
  for (const ast::Item& item : items) {
    const auto* include = std::get_if<ast::Include>(&item.what);
    const auto* external = std::get_if<ast::Extern>(&item.what);
    if (include == nullptr && external == nullptr) continue;
    TENON_ASSIGN_OR_RETURN(const bool is_open, sources_.IsOpen(declaration.scope, item.head));
    if (!is_open) continue;
    TENON_RETURN_IF_ERROR(external != nullptr ? AddExtern(scope, item, *external)
                                              : AddInclude(scope, *include));
  }
  TENON_RETURN_IF_ERROR(AddTypeItems(scope, declaration.name.offset));
  TENON_RETURN_IF_ERROR(ImportForExports(scope, declaration.name.offset));
  // What an interface uses has a smaller index.
  TENON_CHECK(SortItems(packages_, scope.world));
  packages_.worlds.push_back(std::move(scope.world));
  worlds_[declaration_index] = index;
  return {};
}

}  // namespace tenon::wit
