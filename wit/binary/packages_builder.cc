#include "wit/binary/packages_builder.h"

#include <algorithm>
#include <utility>

#include "abi/syntax/names.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wit/resolve/print.h"
#include "wit/resolve/type_parts.h"
#include "wit/syntax/limits.h"

namespace tenon::wit {

namespace syntax = abi::syntax;

namespace {

// Types that WIT tells apart by their names, and has no word for without one.
bool IsNominal(const decltype(Type::what)& what) {
  return std::holds_alternative<Record>(what) || std::holds_alternative<Variant>(what) ||
         std::holds_alternative<Flags>(what) || std::holds_alternative<Enum>(what) ||
         std::holds_alternative<Resource>(what);
}

// An id that WIT can't write is left out.
About AboutOf(const syntax::Name& name) {
  About about;
  if (name.attributes == nullptr || !name.attributes->external_id) return about;
  const absl::string_view id = *name.attributes->external_id;
  const auto is_plain = [](char c) { return absl::ascii_isprint(c) && c != '"' && c != '\\'; };
  if (std::all_of(id.begin(), id.end(), is_plain)) {
    about.external_id = absl::StrCat("\"", id, "\"");
  }
  return about;
}

// "a:b/c@1.0.0" taken apart.
struct SplitName {
  std::string package;  // "a:b@1.0.0"
  std::string label;
};
std::optional<SplitName> Split(absl::string_view name) {
  const std::optional<abi::ExternName> parsed = abi::ParseExternName(name);
  if (!parsed || parsed->kind != abi::ExternName::Kind::kInterface) return std::nullopt;
  const size_t slash = parsed->interface.find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  return SplitName{absl::StrCat(parsed->interface.substr(0, slash),
                                parsed->version.empty() ? "" : "@", parsed->version),
                   std::string(parsed->interface.substr(slash + 1))};
}

// About what a keyword takes, with what stands around it.
constexpr uint64_t kWordBytes = 8;

std::unexpected<Error> TooDeep() {
  return Fail(ErrorKind::kLimit, absl::StrCat("types nest more than ", kMaxTypeDepth, " deep"));
}

std::unexpected<Error> NoWord(absl::string_view what) {
  return Fail(ErrorKind::kInvalid, absl::StrCat("WIT has no word for ", what));
}

bool IsResourceNode(const TypeNode& definition) {
  return definition.definition == nullptr ||
         std::holds_alternative<syntax::ResourceType>(*definition.definition);
}

Status CheckLength(absl::string_view name) {
  if (name.size() <= kMaxNameBytes) return {};
  return Fail(ErrorKind::kLimit,
              absl::StrCat("a name may have ", kMaxNameBytes, " bytes, not ", name.size()));
}

// Names are printed: nothing but a label may be one.
Result<std::string> LabelOf(absl::string_view label) {
  if (abi::IsLabel(label)) return std::string(label);
  return NoWord(absl::StrCat("the name '", label, "'"));
}

}  // namespace

// What a definition becomes, by its kind.
struct PackagesBuilder::Definer {
  using What = Result<decltype(Type::what)>;
  PackagesBuilder& builder;
  const ItemScope& scope;

  What operator()(syntax::PrimType type) const {
    return Alias{static_cast<Primitive>(type)};  // the same order
  }
  What operator()(const syntax::RecordType& type) const {
    return With(Record(), &Record::fields, builder.FieldsOf(type.fields, scope));
  }
  What operator()(const syntax::VariantType& type) const {
    Variant variant;
    for (const syntax::Case& each : type.cases) {
      Field& field = variant.cases.emplace_back();
      TENON_ASSIGN_OR_RETURN(field.name, builder.FieldName(each.label));
      TENON_ASSIGN_OR_RETURN(field.type, builder.TypeOf(each.type, scope));
    }
    return variant;
  }
  What operator()(const syntax::FlagsType& type) const {
    return With(Flags(), &Flags::flags, builder.FieldsOf(type.labels));
  }
  What operator()(const syntax::EnumType& type) const {
    return With(Enum(), &Enum::cases, builder.FieldsOf(type.labels));
  }
  What operator()(const syntax::ListType& type) const {
    return With(List{.length = type.length.value_or(0)}, &List::element,
                builder.TypeOf(type.element, scope));
  }
  What operator()(const syntax::TupleType& type) const {
    Tuple tuple;
    for (const syntax::ValType& member : type.types) {
      TENON_ASSIGN_OR_RETURN(tuple.members.emplace_back(), builder.TypeOf(member, scope));
    }
    return tuple;
  }
  What operator()(const syntax::OptionType& type) const {
    return With(Option(), &Option::some, builder.TypeOf(type.type, scope));
  }
  What operator()(const syntax::ResultType& type) const {
    ResultType result;
    TENON_ASSIGN_OR_RETURN(result.ok, builder.TypeOf(type.ok, scope));
    TENON_ASSIGN_OR_RETURN(result.error, builder.TypeOf(type.error, scope));
    return result;
  }
  What operator()(const syntax::OwnType& type) const {
    return With(Handle(), &Handle::resource, builder.ResourceOf(type.resource.value(), scope));
  }
  What operator()(const syntax::BorrowType& type) const {
    return With(Handle{.is_borrow = true}, &Handle::resource,
                builder.ResourceOf(type.resource.value(), scope));
  }
  What operator()(const syntax::StreamType& type) const {
    return With(Stream(), &Stream::element, builder.TypeOf(type.element, scope));
  }
  What operator()(const syntax::FutureType& type) const {
    return With(Future(), &Future::element, builder.TypeOf(type.element, scope));
  }
  What operator()(const syntax::MapType& type) const {
    Map map;
    const auto* key = std::get_if<syntax::PrimType>(&type.key);
    if (key == nullptr || !MayBeKey(static_cast<Primitive>(*key))) return NoWord("a map's key");
    map.key = static_cast<Primitive>(*key);
    TENON_ASSIGN_OR_RETURN(map.value, builder.TypeOf(type.value, scope));
    return map;
  }
  What operator()(const syntax::ResourceType&) const { return Resource{}; }
  What operator()(const syntax::FuncType&) const { return NoWord("the type of a function"); }
  What operator()(const syntax::ComponentType*) const { return NoWord("the type of a component"); }

 private:
  // What has one part.
  template <typename Made, typename Part>
  static What With(Made made, Part Made::* part, Result<Part> value) {
    TENON_ASSIGN_OR_RETURN(made.*part, std::move(value));
    return made;
  }
};

Status PackagesBuilder::Charge(uint64_t bytes) {
  bytes_ += bytes;
  if (bytes_ <= kMaxWitBytes) return {};
  return Fail(ErrorKind::kLimit,
              absl::StrCat("it takes more than ", kMaxWitBytes, " bytes as WIT"));
}

Status PackagesBuilder::Charge(const syntax::Name& name) {
  TENON_RETURN_IF_ERROR(CheckLength(name.name));
  const bool has_id = name.attributes != nullptr && name.attributes->external_id;
  return Charge(name.name.size() + (has_id ? name.attributes->external_id->size() : 0) +
                kWordBytes);
}

PackagesBuilder::Extent PackagesBuilder::ExtentOf(const TypeRef& type) const {
  const auto* index = std::get_if<TypeIdx>(&type);
  return index == nullptr ? Extent{.bytes = kWordBytes} : extents_[index->value()];
}

Result<TypeIdx> PackagesBuilder::Append(Type type) {
  Extent extent{.bytes = kWordBytes};
  ForEachPart(type, [&](const TypeRef& part) {
    const auto [depth, bytes] = ExtentOf(part);
    extent = {std::max(extent.depth, depth), extent.bytes + bytes};
  });
  if (!std::holds_alternative<Alias>(type.what)) ++extent.depth;
  if (extent.depth > kMaxTypeDepth) return TooDeep();
  TENON_RETURN_IF_ERROR(Charge(extent.bytes));
  if (!type.name.empty()) extent.bytes = type.name.size();
  extents_.push_back(extent);
  packages_.types.push_back(std::move(type));
  return TypeIdx(static_cast<uint32_t>(packages_.types.size() - 1));
}

Result<decltype(Type::what)> PackagesBuilder::Define(const TypeNode& definition) {
  if (definition.definition == nullptr) return Resource{};
  if (depth_ == kMaxTypeDepth) {
    return TooDeep();
  }
  ++depth_;
  auto what = std::visit(Definer{*this, *definition.scope}, *definition.definition);
  --depth_;
  return what;
}

Result<std::string> PackagesBuilder::FieldName(absl::string_view label) {
  TENON_RETURN_IF_ERROR(CheckLength(label));
  TENON_RETURN_IF_ERROR(Charge(label.size() + kWordBytes));
  return LabelOf(label);
}

Result<std::vector<Field>> PackagesBuilder::FieldsOf(absl::Span<const absl::string_view> labels) {
  std::vector<Field> fields;
  for (const absl::string_view label : labels) {
    TENON_ASSIGN_OR_RETURN(fields.emplace_back().name, FieldName(label));
  }
  return fields;
}

Result<std::vector<Field>> PackagesBuilder::FieldsOf(absl::Span<const syntax::LabeledType> fields,
                                                     const ItemScope& scope) {
  std::vector<Field> made;
  for (const syntax::LabeledType& field : fields) {
    Field& each = made.emplace_back();
    TENON_ASSIGN_OR_RETURN(each.name, FieldName(field.label));
    TENON_ASSIGN_OR_RETURN(each.type, TypeOf(field.type, scope));
  }
  return made;
}

Result<std::optional<TypeRef>> PackagesBuilder::TypeOf(const std::optional<syntax::ValType>& type,
                                                       const ItemScope& scope) {
  if (!type) return std::nullopt;
  return TypeOf(*type, scope);
}

Result<TypeRef> PackagesBuilder::TypeOf(const syntax::ValType& type, const ItemScope& scope) {
  if (const auto* prim = std::get_if<syntax::PrimType>(&type)) {
    return static_cast<Primitive>(*prim);
  }
  TENON_ASSIGN_OR_RETURN(const TypeNode* node, scope.Type(std::get<abi::TypeIdx>(type).value()));
  return TypeOf(*node);
}

// The nearest name that means something; else what it is, without a name.
Result<TypeRef> PackagesBuilder::TypeOf(const TypeNode& type) {
  const TypeNode* node = &type;
  while (!node->meaning && node->of != nullptr) node = node->of;
  if (!node->meaning) {
    TENON_ASSIGN_OR_RETURN(auto what, Define(*node));
    if (IsNominal(what)) return NoWord("a record, variant, enum, flags or resource without a name");
    const auto* alias = std::get_if<Alias>(&what);
    if (alias != nullptr) {
      node->meaning = alias->of;
    } else {
      TENON_ASSIGN_OR_RETURN(node->meaning, Append({.what = std::move(what)}));
    }
  }
  // Whoever comes by here again has a shorter way.
  for (const TypeNode* each = &type; each != node; each = each->of) each->meaning = node->meaning;
  return *node->meaning;
}

Result<TypeIdx> PackagesBuilder::ResourceOf(uint32_t index, const ItemScope& scope) {
  TENON_ASSIGN_OR_RETURN(const TypeNode* node, scope.Type(index));
  TENON_ASSIGN_OR_RETURN(const TypeRef type, TypeOf(*node));
  if (IsResourceNode(DefinitionOf(*node))) return std::get<TypeIdx>(type);
  return Fail(ErrorKind::kInvalid, absl::StrCat("type ", index, " is no resource"));
}

bool PackagesBuilder::IsResource(TypeIdx type) const {
  while (const auto* alias = std::get_if<Alias>(&packages_[type].what)) {
    const auto* of = std::get_if<TypeIdx>(&alias->of);
    if (of == nullptr) return false;
    type = *of;
  }
  return std::holds_alternative<Resource>(packages_[type].what);
}

bool PackagesBuilder::IsElsewhereWithoutName(const TypeRef& type, const Scope& scope) const {
  const auto* index = std::get_if<TypeIdx>(&type);
  if (index == nullptr || packages_[*index].owner == scope.owner) return false;
  const auto* owner = std::get_if<InterfaceIdx>(&packages_[*index].owner);
  return owner != nullptr && packages_[*owner].name.empty();
}

Result<TypeIdx> PackagesBuilder::AddNamed(const ItemNode& item, const TypeNode& type,
                                          Scope& scope) {
  TENON_RETURN_IF_ERROR(Charge(item.name));
  TENON_ASSIGN_OR_RETURN(const std::string name, LabelOf(item.name.name));
  if (const auto known = scope.types.find(name); known != scope.types.end()) {
    // Seen when it was imported, and exported again.
    if (IsResource(known->second) != IsResourceNode(DefinitionOf(type))) {
      return NoWord(absl::StrCat("'", name, "', which is a resource and something else"));
    }
    type.meaning = known->second;
    return known->second;
  }
  const TypeNode* known = &type;
  while (!known->meaning && known->of != nullptr) known = known->of;
  Type made{.name = name, .owner = scope.owner, .about = AboutOf(item.name)};
  const TypeNode& definition = DefinitionOf(type);
  if (known->meaning) {
    if (IsElsewhereWithoutName(*known->meaning, scope)) {
      return NoWord(absl::StrCat("'", name, "', which is a type of an interface without a name"));
    }
    made.what = Alias{*known->meaning};
  } else {
    TENON_ASSIGN_OR_RETURN(made.what, Define(definition));
  }
  const bool is_nominal = IsNominal(made.what);
  if (!is_nominal && !std::holds_alternative<Alias>(made.what)) {
    TENON_ASSIGN_OR_RETURN(definition.meaning, Append({.what = std::move(made.what)}));
    made.what = Alias{*definition.meaning};
  }
  TENON_ASSIGN_OR_RETURN(const TypeIdx index, Append(std::move(made)));
  type.meaning = index;
  if (is_nominal) {
    for (const TypeNode* each = &type; each != nullptr; each = each->of) each->meaning = index;
  }
  scope.types.emplace(name, index);
  return index;
}

Result<Function> PackagesBuilder::FunctionOf(const ItemNode& item, const FuncNode& func,
                                             const Scope& scope) {
  using Kind = abi::ExternName::Kind;
  TENON_RETURN_IF_ERROR(Charge(item.name));
  const std::optional<abi::ExternName> name = abi::ParseExternName(item.name.name);
  if (!name || name->kind == Kind::kInterface) {
    return NoWord(absl::StrCat("a function called '", item.name.name, "'"));
  }
  Function function{.is_async = func.type->is_async, .about = AboutOf(item.name)};
  TENON_ASSIGN_OR_RETURN(function.params, FieldsOf(func.type->params, *func.scope));
  TENON_ASSIGN_OR_RETURN(function.result, TypeOf(func.type->result, *func.scope));
  for (const Field& param : function.params) {
    TENON_RETURN_IF_ERROR(Charge(ExtentOf(*param.type).bytes));
  }
  if (function.result) TENON_RETURN_IF_ERROR(Charge(ExtentOf(*function.result).bytes));
  function.name = std::string(name->label);
  if (!name->names_resource_func()) return function;
  function.kind = name->kind == Kind::kMethod   ? Function::Kind::kMethod
                  : name->kind == Kind::kStatic ? Function::Kind::kStatic
                                                : Function::Kind::kConstructor;
  const auto resource = scope.types.find(std::string(name->resource));
  if (resource == scope.types.end() || (name->kind == Kind::kMethod && function.params.empty()) ||
      (name->kind == Kind::kConstructor &&
       (!function.result || !std::holds_alternative<TypeIdx>(*function.result)))) {
    return Fail(ErrorKind::kInvalid,
                absl::StrCat("'", item.name.name, "' does not fit a resource"));
  }
  function.resource = resource->second;
  return function;
}

Result<PackageIdx> PackagesBuilder::AddPackage(absl::string_view name) {
  TENON_RETURN_IF_ERROR(CheckLength(name));
  const auto known = by_name_.find(name);
  if (known != by_name_.end()) return known->second;
  const size_t colon = name.find(':'), at = std::min(name.find('@'), name.size());
  if (colon >= at || name.substr(colon + 1, at - colon).find(':') != absl::string_view::npos) {
    return NoWord(absl::StrCat("a package called '", name, "'"));
  }
  Package package;
  package.space = std::string(name.substr(0, colon));
  package.name = std::string(name.substr(colon + 1, at - colon - 1));
  package.version = std::string(name.substr(std::min(at + 1, name.size())));
  packages_.packages.push_back(std::move(package));
  const PackageIdx index(static_cast<uint32_t>(packages_.packages.size() - 1));
  by_name_.emplace(name, index);
  return index;
}

Result<InterfaceIdx> PackagesBuilder::AddInterface(absl::string_view name,
                                                   const InstanceNode& instance) {
  if (const auto known = interfaces_.find(name); known != interfaces_.end()) {
    TENON_RETURN_IF_ERROR(AddItems(known->second, instance));
    return known->second;
  }
  const std::optional<SplitName> split = Split(name);
  if (!split) return NoWord(absl::StrCat("an interface called '", name, "'"));
  TENON_ASSIGN_OR_RETURN(const PackageIdx package, AddPackage(split->package));
  TENON_ASSIGN_OR_RETURN(const InterfaceIdx index, AddInstance(split->label, instance, package));
  interfaces_.emplace(name, index);
  packages_.packages[package.value()].interfaces.push_back(index);
  return index;
}

Result<InterfaceIdx> PackagesBuilder::AddInstance(absl::string_view name,
                                                  const InstanceNode& instance,
                                                  PackageIdx package) {
  const InterfaceIdx index(static_cast<uint32_t>(packages_.interfaces.size()));
  packages_.interfaces.push_back({.package = package, .name = std::string(name)});
  scopes_.push_back({.owner = index});
  TENON_RETURN_IF_ERROR(AddItems(index, instance));
  return index;
}

// What is there already, by its name, is left as it is.
Status PackagesBuilder::AddItems(InterfaceIdx index, const InstanceNode& instance) {
  Interface& interface = packages_.interfaces[index.value()];
  Scope& scope = scopes_[index.value()];
  for (const ItemNode& item : instance.exports) {
    const auto* type = std::get_if<const TypeNode*>(&item.what);
    if (type == nullptr) continue;
    const bool is_known = scope.types.contains(item.name.name);
    TENON_ASSIGN_OR_RETURN(const TypeIdx made, AddNamed(item, **type, scope));
    if (is_known) continue;
    interface.types.push_back(made);
    const auto* alias = std::get_if<Alias>(&packages_[made].what);
    const auto* of = alias == nullptr ? nullptr : std::get_if<TypeIdx>(&alias->of);
    const auto* from = of == nullptr ? nullptr : std::get_if<InterfaceIdx>(&packages_[*of].owner);
    const bool is_used = from != nullptr && *from != index;
    if (is_used &&
        std::find(interface.uses.begin(), interface.uses.end(), *from) == interface.uses.end()) {
      interface.uses.push_back(*from);
    }
  }
  for (const ItemNode& item : instance.exports) {
    if (std::holds_alternative<const TypeNode*>(item.what)) continue;
    const auto* func = std::get_if<FuncNode>(&item.what);
    if (func == nullptr) return NoWord(absl::StrCat("'", item.name.name, "' in an interface"));
    if (!scope.items.insert(std::string(item.name.name)).second) continue;
    TENON_ASSIGN_OR_RETURN(interface.functions.emplace_back(), FunctionOf(item, *func, scope));
  }
  return {};
}

Result<WorldItem> PackagesBuilder::WorldItemOf(const ItemNode& item, Scope& scope,
                                               PackageIdx package) {
  const std::string name(item.name.name);
  WorldItem made{.name = name, .about = AboutOf(item.name)};
  if (const auto* type = std::get_if<const TypeNode*>(&item.what)) {
    TENON_ASSIGN_OR_RETURN(made.what, AddNamed(item, **type, scope));
  } else if (const auto* func = std::get_if<FuncNode>(&item.what)) {
    TENON_ASSIGN_OR_RETURN(Function function, FunctionOf(item, *func, scope));
    if (function.kind != Function::Kind::kPlain) made.name.clear();
    made.what = std::move(function);
  } else if (const auto* instance = std::get_if<const InstanceNode*>(&item.what)) {
    TENON_RETURN_IF_ERROR(Charge(item.name));
    const bool is_path = abi::IsInterfaceName(item.name.name);
    if (!is_path) TENON_RETURN_IF_ERROR(LabelOf(item.name.name));
    const auto* attributes = item.name.attributes;
    if (is_path) {
      made.name.clear();
      TENON_ASSIGN_OR_RETURN(made.what, AddInterface(item.name.name, **instance));
    } else if (attributes != nullptr && attributes->implements) {
      TENON_ASSIGN_OR_RETURN(made.what, AddInterface(*attributes->implements, **instance));
    } else {
      TENON_ASSIGN_OR_RETURN(made.what, AddInstance("", **instance, package));
    }
  } else {
    return NoWord(absl::StrCat("'", name, "', which is a core module, component or value"));
  }
  return made;
}

Status PackagesBuilder::AddWorldItems(const WorldItems& items, Scope& scope, World& world) {
  for (const bool is_export : {false, true}) {
    for (const ItemNode& item : is_export ? items.exports : items.imports) {
      Result<WorldItem> made = WorldItemOf(item, scope, world.package);
      if (made) {
        const auto* function = std::get_if<Function>(&made->what);
        Status uses = function == nullptr ? Status() : UseTypes(*function, scope, world);
        if (!uses) made = std::unexpected(std::move(uses).error());
      }
      if (!made && others_ != nullptr && made.error().kind() == ErrorKind::kInvalid) {
        others_->push_back({is_export, std::string(item.name.name), made.error().message()});
        continue;
      }
      if (!made) return std::unexpected(std::move(made).error());
      // A type of a world is an import, whichever way it was found.
      const bool is_type = std::holds_alternative<TypeIdx>(made->what);
      const bool stands_as_export = is_export && !is_type;
      auto& names = stands_as_export ? scope.exports : scope.items;
      auto& side = stands_as_export ? world.exports : world.imports;
      if (names.insert(std::string(item.name.name)).second) side.push_back(*std::move(made));
    }
  }
  return {};
}

// Behind all names.
TypeIdx PackagesBuilder::EndOf(TypeIdx type) const {
  while (const auto* alias = std::get_if<Alias>(&packages_[type].what)) {
    const auto* of = std::get_if<TypeIdx>(&alias->of);
    if (of == nullptr) break;
    type = *of;
  }
  return type;
}

// What a world's function speaks of has a name in the world; a component may do without.
Status PackagesBuilder::UseTypes(const Function& function, Scope& scope, World& world) {
  std::vector<TypeRef> waiting;
  for (const Field& param : function.params) waiting.push_back(*param.type);
  if (function.result) waiting.push_back(*function.result);
  absl::flat_hash_set<TypeIdx> seen;
  while (!waiting.empty()) {
    const auto* found = std::get_if<TypeIdx>(&waiting.back());
    const std::optional<TypeIdx> index = found == nullptr ? std::nullopt : std::optional(*found);
    waiting.pop_back();
    if (!index || !seen.insert(*index).second) continue;
    const std::string name = packages_[*index].name;
    if (name.empty()) {
      ForEachPart(packages_[*index], [&](const TypeRef& part) { waiting.push_back(part); });
    } else if (packages_[*index].owner != scope.owner) {
      TENON_RETURN_IF_ERROR(UseType(*index, name, scope, world));
    }
  }
  return {};
}

Status PackagesBuilder::UseType(TypeIdx type, const std::string& name, Scope& scope, World& world) {
  if (const auto known = scope.types.find(name); known != scope.types.end()) {
    if (EndOf(known->second) == EndOf(type)) return {};
    return NoWord(absl::StrCat("'", name, "', which is two types"));
  }
  const auto* owner = std::get_if<InterfaceIdx>(&packages_[type].owner);
  const bool is_imported = owner != nullptr && !packages_[*owner].name.empty() &&
                           scope.items.contains(NameOf(packages_, *owner));
  if (!is_imported || !scope.items.insert(name).second) {
    return NoWord(absl::StrCat("'", name, "', a type that has no name where it is spoken of"));
  }
  TENON_RETURN_IF_ERROR(Charge(name.size() + kWordBytes));
  Type made{.name = name, .owner = scope.owner, .about = {}};
  made.what = Alias{type};
  TENON_ASSIGN_OR_RETURN(const TypeIdx index, Append(std::move(made)));
  scope.types.emplace(name, index);
  world.imports.push_back({name, index, About()});
  return {};
}

Result<WorldIdx> PackagesBuilder::AddWorld(absl::string_view package_name, absl::string_view name,
                                           absl::Span<const WorldItems> lists) {
  const WorldIdx index(static_cast<uint32_t>(packages_.worlds.size()));
  TENON_ASSIGN_OR_RETURN(const PackageIdx package, AddPackage(package_name));
  packages_.worlds.emplace_back();
  World world{.package = package, .name = std::string(name)};
  Scope scope{.owner = index};
  for (const WorldItems& items : lists) TENON_RETURN_IF_ERROR(AddWorldItems(items, scope, world));
  if (!SortItems(packages_, world)) return NoWord("interfaces that use types of each other");
  packages_.worlds.back() = std::move(world);
  packages_.packages[package.value()].worlds.push_back(index);
  return index;
}

}  // namespace tenon::wit
