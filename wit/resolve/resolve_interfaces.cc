#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wit/resolve/order.h"
#include "wit/resolve/resolver.h"

namespace tenon::wit {

Resolved<void> Resolver::Claim(TypeScope& scope, const ast::Name& name) {
  if (scope.names.Claim(name.text)) return {};
  return sources_.Fail(scope.scope, name.offset,
                       absl::StrCat("the name '", name.text, "' is taken already"));
}

// wit: "Item: use"
Resolved<void> Resolver::DeclareUse(TypeScope& scope, const ast::Use& use, const ast::Head& head) {
  TENON_ASSIGN_OR_RETURN(const uint32_t declaration,
                         sources_.Find(scope.scope, use.path, Wanted::kInterface));
  const InterfaceIdx from = interfaces_.at(declaration);
  TENON_RETURN_IF_ERROR(Charge(scope.scope, use.path.offset(), scope.uses.size()));
  if (std::find(scope.uses.begin(), scope.uses.end(), from) == scope.uses.end()) {
    scope.uses.push_back(from);
  }
  for (const ast::Rename& name : use.names) {
    TENON_RETURN_IF_ERROR(UseType(scope, from, name, head));
  }
  return {};
}

Resolved<void> Resolver::UseType(TypeScope& scope, InterfaceIdx from, const ast::Rename& name,
                                 const ast::Head& head) {
  const Exported& exported = exported_[from.value()];
  const auto found = exported.types.find(name.name.text);
  const std::string interface = packages_[from].name;
  if (found == exported.types.end()) {
    const auto closed = exported.closed.find(name.name.text);
    if (closed != exported.closed.end()) {
      return sources_.Fail(scope.scope, name.name.offset,
                           absl::StrCat("the type '", name.name.text, "' ",
                                        sources_.WhyClosed(exported.scope, *closed->second)));
    }
    std::vector<absl::string_view> names;
    for (const auto& [each, type] : exported.types) names.push_back(each);
    std::sort(names.begin(), names.end());
    return sources_.Fail(scope.scope, name.name.offset,
                         absl::StrCat("the interface '", interface, "' has no type '",
                                      name.name.text, "'", DidYouMean(name.name.text, names)));
  }
  const ast::Name& result = name.result();
  TENON_RETURN_IF_ERROR(Claim(scope, result));
  About about = sources_.AboutOf(scope.scope, head);
  TENON_RETURN_IF_ERROR(Charge(scope.scope, result.offset, CostOf(about)));
  TENON_ASSIGN_OR_RETURN(const TypeIdx type, AddType(scope.scope, result.offset,
                                                     {.name = std::string(result.text),
                                                      .what = Alias{found->second},
                                                      .owner = scope.owner,
                                                      .about = std::move(about)}));
  scope.types.emplace(result.text, type);
  scope.listed.push_back(type);
  return {};
}

// Types may be used before they are defined, but not by themselves.
Resolved<void> Resolver::DefineTypes(TypeScope& scope,
                                     const std::vector<const ast::Item*>& definitions) {
  const auto definition = [&](uint32_t i) -> const ast::TypeDef& {
    return std::get<ast::TypeDef>(definitions[i]->what);
  };
  absl::flat_hash_map<absl::string_view, uint32_t> places;
  for (uint32_t i = 0; i < definitions.size(); ++i) places.emplace(definition(i).name.text, i);
  std::vector<std::vector<uint32_t>> needs(definitions.size());
  for (uint32_t i = 0; i < definitions.size(); ++i) {
    for (const ast::Name* name : NamesIn(definition(i))) {
      const auto place = places.find(name->text);
      if (place != places.end()) needs[i].push_back(place->second);
    }
  }
  const Order order = OrderByNeeds(needs);
  if (!order.cycle.empty()) {
    const ast::Name& name = definition(order.cycle[0]).name;
    return sources_.Fail(scope.scope, name.offset,
                         absl::StrCat("the type '", name.text, "' is part of itself"));
  }
  std::vector<TypeIdx> made(definitions.size());
  for (const uint32_t i : order.order) {
    TENON_ASSIGN_OR_RETURN(made[i], DefineType(scope, definition(i), definitions[i]->head));
    scope.types.emplace(definition(i).name.text, made[i]);
  }
  scope.listed.insert(scope.listed.end(), made.begin(), made.end());
  for (uint32_t i = 0; i < definitions.size(); ++i) {
    TENON_RETURN_IF_ERROR(AddMethods(scope, definition(i), made[i]));
  }
  return {};
}

Resolved<void> Resolver::DeclareTypes(TypeScope& scope, const std::vector<ast::Item>& items) {
  std::vector<const ast::Item*> definitions;
  for (const ast::Item& item : items) {
    const auto* use = std::get_if<ast::Use>(&item.what);
    const auto* definition = std::get_if<ast::TypeDef>(&item.what);
    if (use == nullptr && definition == nullptr) continue;
    TENON_ASSIGN_OR_RETURN(const bool is_open, sources_.IsOpen(scope.scope, item.head));
    if (is_open && use != nullptr) {
      TENON_RETURN_IF_ERROR(DeclareUse(scope, *use, item.head));
    } else if (use != nullptr) {
      for (const ast::Rename& name : use->names) {
        scope.closed.emplace(name.result().text, &item.head);
      }
    } else if (is_open) {
      TENON_RETURN_IF_ERROR(Claim(scope, definition->name));
      definitions.push_back(&item);
    } else {
      scope.closed.emplace(definition->name.text, &item.head);
    }
  }
  return DefineTypes(scope, definitions);
}

// wit: "Item: resource"
Resolved<void> Resolver::AddMethods(TypeScope& scope, const ast::TypeDef& definition,
                                    TypeIdx resource) {
  Names names;
  bool has_constructor = false;
  for (const ast::Item& item : definition.methods) {
    const auto& func = std::get<ast::Func>(item.what);
    TENON_ASSIGN_OR_RETURN(const bool is_open, sources_.IsOpen(scope.scope, item.head));
    if (!is_open) continue;
    const bool is_constructor = func.kind == ast::Func::Kind::kConstructor;
    const bool is_taken = is_constructor ? has_constructor : !names.Claim(func.name.text);
    if (is_taken) {
      return sources_.Fail(
          scope.scope, func.name.offset,
          absl::StrCat("the resource '", definition.name.text, "' has ",
                       is_constructor ? "a constructor" : "that name", " already"));
    }
    has_constructor |= is_constructor;
    TENON_ASSIGN_OR_RETURN(Function function, MakeFunction(scope, item.head, func, resource));
    scope.functions.push_back(std::move(function));
  }
  return {};
}

Resolved<Function> Resolver::MakeFunction(const TypeScope& scope, const ast::Head& head,
                                          const ast::Func& func, std::optional<TypeIdx> resource) {
  Function function;
  function.is_async = func.is_async;
  function.about = sources_.AboutOf(scope.scope, head);
  if (func.kind != ast::Func::Kind::kConstructor) function.name = std::string(func.name.text);
  if (resource) {
    constexpr Function::Kind kKinds[] = {Function::Kind::kMethod, Function::Kind::kStatic,
                                         Function::Kind::kConstructor};
    function.kind = kKinds[static_cast<size_t>(func.kind)];
    function.resource = *resource;
  }
  TENON_ASSIGN_OR_RETURN(function.params, MakeFields(scope, func.params, "parameter"));
  if (function.kind == Function::Kind::kMethod) {
    for (size_t i = 0; i < func.params.size(); ++i) {
      if (func.params[i].name.text == "self") {
        return sources_.Fail(scope.scope, func.params[i].name.offset,
                             "a method has the parameter 'self' without being told");
      }
    }
    function.params.insert(function.params.begin(), {"self", AddHandle(*resource, true), ""});
  }
  TENON_RETURN_IF_ERROR(SetResult(scope, func, function));
  return function;
}

Resolved<void> Resolver::SetResult(const TypeScope& scope, const ast::Func& func,
                                   Function& function) {
  const bool is_constructor = function.kind == Function::Kind::kConstructor;
  if (!func.result) {
    if (is_constructor) function.result = AddHandle(function.resource, false);
    return {};
  }
  TENON_ASSIGN_OR_RETURN(function.result, ResolveType(scope, *func.result));
  if (FactsOf(*function.result).has_borrow) {
    return sources_.Fail(scope.scope, func.result->name.offset,
                         "a borrow ends with its call: a result may not hold one");
  }
  if (!is_constructor) return {};
  // "Fallible constructors": a result whose ok is the resource.
  const auto* type = std::get_if<TypeIdx>(&*function.result);
  const auto* result = type == nullptr ? nullptr : std::get_if<ResultType>(&packages_[*type].what);
  const auto* ok = result == nullptr || !result->ok ? nullptr : std::get_if<TypeIdx>(&*result->ok);
  const auto* handle = ok == nullptr ? nullptr : std::get_if<Handle>(&packages_[*ok].what);
  if (handle != nullptr && handle->resource == function.resource) return {};
  const std::string& name = packages_[function.resource].name;
  return sources_.Fail(
      scope.scope, func.result->name.offset,
      absl::StrCat("a constructor of '", name, "' returns nothing else but 'result<", name,
                   ", ...>', or leaves its result out"));
}

Resolved<InterfaceIdx> Resolver::AddInterface(uint32_t scope, const ast::Body& body,
                                              std::string name, About about) {
  const InterfaceIdx index(static_cast<uint32_t>(packages_.interfaces.size()));
  TypeScope types;
  types.scope = scope;
  types.owner = index;
  TENON_RETURN_IF_ERROR(DeclareTypes(types, body.items));
  for (const ast::Item& item : body.items) {
    const auto* func = std::get_if<ast::Func>(&item.what);
    if (func == nullptr) continue;
    TENON_ASSIGN_OR_RETURN(const bool is_open, sources_.IsOpen(scope, item.head));
    if (!is_open) continue;
    TENON_RETURN_IF_ERROR(Claim(types, func->name));
    TENON_ASSIGN_OR_RETURN(Function function, MakeFunction(types, item.head, *func, std::nullopt));
    types.functions.push_back(std::move(function));
  }
  packages_.interfaces.push_back({package_of_[sources_.scopes()[scope].package], std::move(name),
                                  std::move(types.listed), std::move(types.functions),
                                  std::move(types.uses), std::move(about)});
  exported_.push_back({std::move(types.types), std::move(types.closed), scope});
  return index;
}

Resolved<void> Resolver::ResolveInterface(uint32_t declaration_index) {
  const Declaration& declaration = sources_.declarations()[declaration_index];
  const auto& interface = std::get<ast::Interface>(declaration.item->what);
  About about = sources_.AboutOf(declaration.scope, declaration.item->head);
  TENON_ASSIGN_OR_RETURN(const InterfaceIdx index,
                         AddInterface(declaration.scope, interface.body,
                                      std::string(declaration.name.text), std::move(about)));
  interfaces_[declaration_index] = index;
  return {};
}

}  // namespace tenon::wit
