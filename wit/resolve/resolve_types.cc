#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wit/resolve/resolver.h"
#include "wit/resolve/type_parts.h"
#include "wit/syntax/foreign_types.h"
#include "wit/syntax/limits.h"

namespace tenon::wit {
namespace {

bool IsErrorContext(absl::string_view name) { return name == NameOf(Primitive::kErrorContext); }

// The names that a type as it is written mentions. Types nest kMaxTypeNesting deep at most.
void CollectFrom(const ast::Type& type, std::vector<const ast::Name*>& names) {
  using Kind = ast::Type::Kind;
  // A handle needs its resource as much as anything else does: it comes first.
  if (type.kind == Kind::kNamed || type.kind == Kind::kOwn || type.kind == Kind::kBorrow) {
    names.push_back(&type.name);
  }
  for (const ast::Type& inner : type.inner) CollectFrom(inner, names);
}

}  // namespace

Resolver::TypeFacts Resolver::FactsOf(const TypeRef& type) const {
  const auto* index = std::get_if<TypeIdx>(&type);
  return index == nullptr ? TypeFacts() : facts_[index->value()];
}

Resolver::TypeFacts Resolver::FactsOf(const Type& type) const {
  TypeFacts facts;
  ForEachPart(type, [&](const TypeRef& part) {
    const TypeFacts inner = FactsOf(part);
    facts.depth = std::max(facts.depth, inner.depth);
    facts.has_borrow |= inner.has_borrow;
    facts.resource = inner.resource;
  });
  const auto* handle = std::get_if<Handle>(&type.what);
  facts.has_borrow |= handle != nullptr && handle->is_borrow;
  if (std::holds_alternative<Alias>(type.what)) return facts;
  ++facts.depth;
  facts.resource = std::nullopt;
  if (std::holds_alternative<Resource>(type.what)) {
    facts.resource = TypeIdx(static_cast<uint32_t>(packages_.types.size()));
  }
  return facts;
}

Resolved<TypeIdx> Resolver::AddType(uint32_t scope, uint32_t offset, Type type) {
  const TypeFacts facts = FactsOf(type);
  if (facts.depth > kMaxTypeDepth) {
    return sources_.Fail(scope, offset,
                         absl::StrCat("types nest more than ", kMaxTypeDepth, " deep"),
                         ErrorKind::kLimit);
  }
  facts_.push_back(facts);
  packages_.types.push_back(std::move(type));
  return TypeIdx(static_cast<uint32_t>(packages_.types.size()) - 1);
}

TypeRef Resolver::AddHandle(TypeIdx resource, bool is_borrow) {
  facts_.push_back({.depth = 1, .has_borrow = is_borrow});
  packages_.types.push_back({.what = Handle{is_borrow, resource}});
  return TypeIdx(static_cast<uint32_t>(packages_.types.size()) - 1);
}

Resolved<TypeIdx> Resolver::FindType(const TypeScope& scope, const ast::Name& name) const {
  const auto found = scope.types.find(name.text);
  if (found != scope.types.end()) return found->second;
  if (const auto closed = scope.closed.find(name.text); closed != scope.closed.end()) {
    return sources_.Fail(scope.scope, name.offset,
                         absl::StrCat("the type '", name.text, "' ",
                                      sources_.WhyClosed(scope.scope, *closed->second)));
  }
  std::vector<absl::string_view> names;
  for (const auto& [known, type] : scope.types) names.push_back(known);
  std::sort(names.begin(), names.end());
  std::string advice = AdviceOnType(name.text);
  if (advice.empty()) advice = DidYouMean(name.text, names);
  return sources_.Fail(scope.scope, name.offset,
                       absl::StrCat("there is no type '", name.text, "'", advice));
}

Resolved<TypeIdx> Resolver::FindResource(const TypeScope& scope, const ast::Name& name) const {
  TENON_ASSIGN_OR_RETURN(const TypeIdx type, FindType(scope, name));
  if (facts_[type.value()].resource) return type;
  return sources_.Fail(scope.scope, name.offset,
                       absl::StrCat("expected a resource, '", name.text, "' is another type"));
}

Resolved<TypeRef> Resolver::ResolveType(const TypeScope& scope, const ast::Type& type) {
  using Kind = ast::Type::Kind;
  switch (type.kind) {
    case Kind::kPrimitive: return type.primitive;
    case Kind::kNamed: {
      if (IsErrorContext(type.name.text) && !scope.types.contains(type.name.text)) {
        return Primitive::kErrorContext;
      }
      TENON_ASSIGN_OR_RETURN(const TypeIdx named, FindType(scope, type.name));
      if (facts_[named.value()].resource) return AddHandle(named, false);
      return named;
    }
    case Kind::kOwn:
    case Kind::kBorrow: {
      TENON_ASSIGN_OR_RETURN(const TypeIdx resource, FindResource(scope, type.name));
      return AddHandle(resource, type.kind == Kind::kBorrow);
    }
    default: return ResolveGeneric(scope, type);
  }
}

Resolved<std::optional<TypeRef>> Resolver::ResolveInner(const TypeScope& scope,
                                                        const ast::Type& type, size_t index) {
  if (index >= type.inner.size() || type.inner[index].kind == ast::Type::Kind::kNone) {
    return std::nullopt;
  }
  TENON_ASSIGN_OR_RETURN(const TypeRef inner, ResolveType(scope, type.inner[index]));
  return inner;
}

Resolved<TypeRef> Resolver::AddStructural(const TypeScope& scope, const ast::Type& type,
                                          decltype(Type::what) what) {
  TENON_ASSIGN_OR_RETURN(const TypeIdx index,
                         AddType(scope.scope, type.name.offset, {.what = std::move(what)}));
  return index;
}

// A type that takes others, which the parser has counted.
Resolved<TypeRef> Resolver::ResolveGeneric(const TypeScope& scope, const ast::Type& type) {
  using Kind = ast::Type::Kind;
  if (type.kind == Kind::kTuple) {
    Tuple tuple;
    for (const ast::Type& member : type.inner) {
      TENON_ASSIGN_OR_RETURN(const TypeRef each, ResolveType(scope, member));
      tuple.members.push_back(each);
    }
    return AddStructural(scope, type, std::move(tuple));
  }
  TENON_ASSIGN_OR_RETURN(const std::optional<TypeRef> first, ResolveInner(scope, type, 0));
  TENON_ASSIGN_OR_RETURN(const std::optional<TypeRef> second, ResolveInner(scope, type, 1));
  const bool crosses_calls = type.kind == Kind::kFuture || type.kind == Kind::kStream;
  if (crosses_calls && first && FactsOf(*first).has_borrow) {
    return sources_.Fail(scope.scope, type.inner[0].name.offset,
                         "a borrow ends with its call: a future or stream may not hold one");
  }
  switch (type.kind) {
    case Kind::kList: return AddStructural(scope, type, List{*first, type.length});
    case Kind::kOption: return AddStructural(scope, type, Option{*first});
    case Kind::kMap: return AddStructural(scope, type, Map{type.inner[0].primitive, *second});
    case Kind::kFuture: return AddStructural(scope, type, Future{first});
    case Kind::kStream: return AddStructural(scope, type, Stream{first});
    default: return AddStructural(scope, type, ResultType{first, second});
  }
}

Resolved<std::vector<Field>> Resolver::MakeFields(const TypeScope& scope,
                                                  const std::vector<ast::Field>& fields,
                                                  absl::string_view what) {
  Names names;
  std::vector<Field> made;
  for (const ast::Field& field : fields) {
    if (!names.Claim(field.name.text)) {
      return sources_.Fail(scope.scope, field.name.offset,
                           absl::StrCat("there is a ", what, " '", field.name.text, "' already"));
    }
    Field& each = made.emplace_back();
    each.name = std::string(field.name.text);
    each.docs = sources_.DocsOf(scope.scope, field.head);
    if (!field.type) continue;
    TENON_ASSIGN_OR_RETURN(each.type, ResolveType(scope, *field.type));
  }
  return made;
}

// Names of the types that must be there before the definition.
std::vector<const ast::Name*> Resolver::NamesIn(const ast::TypeDef& definition) {
  std::vector<const ast::Name*> names;
  if (definition.kind == ast::TypeDef::Kind::kAlias) CollectFrom(definition.type, names);
  for (const ast::Field& field : definition.fields) {
    if (field.type) CollectFrom(*field.type, names);
  }
  return names;
}

// wit: "Items: type"
Resolved<TypeIdx> Resolver::DefineType(TypeScope& scope, const ast::TypeDef& definition,
                                       const ast::Head& head) {
  using Kind = ast::TypeDef::Kind;
  Type type{.name = std::string(definition.name.text),
            .owner = scope.owner,
            .about = sources_.AboutOf(scope.scope, head)};
  if (definition.kind == Kind::kResource) {
    type.what = Resource();
  } else if (definition.kind == Kind::kAlias) {
    // Another name of a resource is a resource, not a handle.
    const ast::Type& of = definition.type;
    const auto named =
        of.kind == ast::Type::Kind::kNamed ? scope.types.find(of.name.text) : scope.types.end();
    if (named != scope.types.end()) {
      type.what = Alias{named->second};
    } else {
      TENON_ASSIGN_OR_RETURN(const TypeRef target, ResolveType(scope, of));
      type.what = Alias{target};
    }
  } else {
    constexpr absl::string_view kWords[] = {"", "field", "case", "flag", "case"};
    TENON_ASSIGN_OR_RETURN(
        std::vector<Field> fields,
        MakeFields(scope, definition.fields, kWords[static_cast<size_t>(definition.kind)]));
    if (definition.kind == Kind::kRecord) type.what = Record{std::move(fields)};
    if (definition.kind == Kind::kVariant) type.what = Variant{std::move(fields)};
    if (definition.kind == Kind::kFlags) type.what = Flags{std::move(fields)};
    if (definition.kind == Kind::kEnum) type.what = Enum{std::move(fields)};
  }
  return AddType(scope.scope, definition.name.offset, std::move(type));
}

}  // namespace tenon::wit
