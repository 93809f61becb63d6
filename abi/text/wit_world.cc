#include "abi/text/wit_world.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "abi/syntax/names.h"
#include "abi/text/type_printer.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tenon::abi {
namespace {

using Kind = WitItem::Kind;
using Names = absl::flat_hash_set<absl::string_view>;

// Types that WIT tells apart by their names.
bool IsNominal(ValType type) {
  if (!type.has_value()) return false;
  return type.kind() == TypeKind::kRecord || type.kind() == TypeKind::kVariant ||
         type.kind() == TypeKind::kFlags || type.kind() == TypeKind::kEnum;
}

// "wasi:io/streams@0.2.12" taken apart.
struct InterfaceName {
  std::string package;  // "wasi:io@0.2.12"
  absl::string_view label;
};
InterfaceName SplitName(absl::string_view name) {
  const size_t at = std::min(name.find('@'), name.size());
  const size_t slash = name.rfind('/', at);
  return {absl::StrCat(name.substr(0, slash), name.substr(at)),
          name.substr(slash + 1, at - slash - 1)};
}

void AppendIndented(absl::string_view lines, int depth, std::string& text) {
  for (const absl::string_view line : absl::StrSplit(lines, '\n')) {
    if (!line.empty()) text.append(2 * static_cast<size_t>(depth), ' ');
    absl::StrAppend(&text, line, "\n");
  }
}

// Items of one interface or of the world, in order; a blank line before all that is no `use`.
void AppendItems(const std::vector<WitItem>& items, int depth, std::string& text) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i != 0 && items[i].kind != Kind::kUse) text += '\n';
    AppendIndented(items[i].text, depth, text);
  }
}

std::string InlineInterface(absl::string_view name, const std::vector<WitItem>& items) {
  std::string text = absl::StrCat(name, ": interface {\n");
  AppendItems(items, 1, text);
  return text + "}";
}

// The items of one scope: an interface, or the world.
struct Scope {
  absl::string_view name;  // empty for the world and interfaces without a package
  TypeNames names;
  std::vector<WitItem> items;
  absl::flat_hash_map<absl::string_view, std::vector<std::string>> methods;  // by resource
};

class Describer {
 public:
  explicit Describer(const TypeTable& types) : types_(types) {}

  Result<WitWorld> Describe(absl::Span<const NamedItem> imports,
                            absl::Span<const NamedItem> exports) {
    Scope world;
    AddRoot(imports, world, world_.imports);
    AddRoot(exports, world, world_.exports);
    if (length_ > kMaxWitLength) {
      return Fail(ErrorKind::kLimit, absl::StrCat("its interfaces written out take more than ",
                                                  kMaxWitLength, " bytes"));
    }
    return std::move(world_);
  }

 private:
  // Where a type was named first.
  struct Origin {
    absl::string_view interface;
    absl::string_view name;
  };

  void AddRoot(absl::Span<const NamedItem> items, Scope& world, std::vector<WitItem>& into) {
    std::vector<NamedItem> others;
    for (const NamedItem& item : items) {
      if (const auto* instance = std::get_if<InstanceTypeId>(&item.type)) {
        into.push_back(AddInstance(item.name, types_.Get(*instance)));
      } else {
        others.push_back(item);
      }
    }
    AddItems(others, world);
    for (WitItem& item : world.items) {
      const bool is_type = item.kind <= Kind::kResource;
      (is_type ? world_.types : into).push_back(std::move(item));
    }
    world.items.clear();
    if (&into == &world_.exports) SortLike(items, into);
  }

  // Exports stand as in the component; of imports the interfaces come first, as in WIT elsewhere.
  static void SortLike(absl::Span<const NamedItem> order, std::vector<WitItem>& items) {
    absl::flat_hash_map<absl::string_view, size_t> places;
    for (size_t i = 0; i < order.size(); ++i) places.emplace(order[i].name, i);
    std::sort(items.begin(), items.end(), [&](const WitItem& a, const WitItem& b) {
      return places.at(a.name) < places.at(b.name);
    });
  }

  WitItem AddInstance(absl::string_view name, const InstanceType& type) {
    const bool has_package = IsInterfaceName(name);
    Scope scope{.name = has_package ? name : absl::string_view()};
    AddItems(type.exports, scope);
    if (!has_package) return {Kind::kInterface, name, InlineInterface(name, scope.items)};
    Merge(name, std::move(scope.items));
    return {Kind::kInterface, name, absl::StrCat(name, ";")};
  }

  // An interface that is imported and exported is one, though each side may use a part of it.
  void Merge(absl::string_view name, std::vector<WitItem> items) {
    const auto [place, is_new] = interfaces_.try_emplace(name, world_.interfaces.size());
    if (is_new) {
      world_.interfaces.push_back({name, std::move(items)});
      return;
    }
    std::vector<WitItem>& known = world_.interfaces[place->second].items;
    Names names;
    for (const WitItem& item : known) names.insert(item.name);
    for (WitItem& item : items) {
      if (names.insert(item.name).second) known.push_back(std::move(item));
    }
  }

  // Types, then functions; methods stand in their resource. Types are named first, for what stands
  // before them.
  void AddItems(const std::vector<NamedItem>& items, Scope& scope) {
    for (const NamedItem& item : items) NameType(item, scope);
    for (const NamedItem& item : items) {
      if (const auto* func = std::get_if<FuncTypeId>(&item.type))
        AddMethod(item.name, *func, scope);
    }
    for (const NamedItem& item : items) {
      if (const auto* type = std::get_if<TypeItem>(&item.type)) AddType(item.name, *type, scope);
    }
    for (const NamedItem& item : items) AddOther(item, scope);
  }

  static void NameType(const NamedItem& item, Scope& scope) {
    const auto* type = std::get_if<TypeItem>(&item.type);
    if (type == nullptr) return;
    if (const auto* resource = std::get_if<ResourceId>(&type->type)) {
      scope.names.resources.emplace(*resource, item.name);
    } else if (const auto* value = std::get_if<ValType>(&type->type)) {
      if (IsNominal(*value)) scope.names.values.emplace(*value, item.name);
    }
  }

  void AddType(absl::string_view name, const TypeItem& item, Scope& scope) {
    if (const auto* resource = std::get_if<ResourceId>(&item.type)) {
      AddResource(name, *resource, scope);
    } else if (const auto* value = std::get_if<ValType>(&item.type)) {
      AddValueType(name, *value, scope);
    } else {
      Add(Kind::kOther, name, absl::StrCat("// type ", name), scope);
    }
  }

  void AddResource(absl::string_view name, ResourceId resource, Scope& scope) {
    const absl::string_view known = scope.names.resources.at(resource);
    if (known != name) return AddAlias(name, known, scope);
    const Origin& origin = resources_.try_emplace(resource, Origin{scope.name, name}).first->second;
    if (origin.interface != scope.name && !origin.interface.empty()) {
      return AddUse(name, origin, scope);
    }
    std::string text = absl::StrCat("resource ", Identifier(name));
    const auto methods = scope.methods.find(name);
    if (methods == scope.methods.end()) return Add(Kind::kResource, name, text + ";", scope);
    text += " {\n";
    for (const std::string& method : methods->second) absl::StrAppend(&text, "  ", method, "\n");
    Add(Kind::kResource, name, text + "}", scope);
  }

  void AddValueType(absl::string_view name, ValType type, Scope& scope) {
    if (!IsNominal(type)) {
      TypePrinter printer = NewPrinter(scope);
      printer.Append("type ");
      printer.PrintIdentifier(name);
      printer.Append(" = ");
      printer.Print(type);
      printer.Append(";");
      return Add(Kind::kType, name, printer.Take(), scope);
    }
    const absl::string_view known = scope.names.values.at(type);
    if (known != name) return AddAlias(name, known, scope);
    const Origin& origin = values_.try_emplace(type, Origin{scope.name, name}).first->second;
    const bool is_elsewhere = origin.interface != scope.name && !origin.interface.empty();
    if (is_elsewhere && origin.name == name) return AddUse(name, origin, scope);
    Add(Kind::kType, name, Definition(name, type, scope), scope);
  }

  // A record, variant, enum or flags, a line a label.
  std::string Definition(absl::string_view name, ValType type, const Scope& scope) {
    const TypeDef& def = types_.Get(type);
    const bool is_record = def.kind == TypeKind::kRecord;
    TypePrinter printer = NewPrinter(scope);
    printer.Append(is_record                        ? "record "
                   : def.kind == TypeKind::kVariant ? "variant "
                   : def.kind == TypeKind::kFlags   ? "flags "
                                                    : "enum ");
    printer.PrintIdentifier(name);
    printer.Append(" {\n");
    for (size_t i = 0; i < def.labels.size() && !printer.full(); ++i) {
      printer.Append("  ");
      printer.PrintIdentifier(def.labels[i]);
      if (i < def.types.size() && def.types[i].has_value()) {
        printer.Append(is_record ? ": " : "(");
        printer.Print(def.types[i]);
        printer.Append(is_record ? "" : ")");
      }
      printer.Append(",\n");
    }
    printer.Append("}");
    return printer.Take();
  }

  void AddAlias(absl::string_view name, absl::string_view of, Scope& scope) {
    Add(Kind::kType, name, absl::StrCat("type ", Identifier(name), " = ", Identifier(of), ";"),
        scope);
  }

  void AddUse(absl::string_view name, const Origin& origin, Scope& scope) {
    const InterfaceName from = SplitName(origin.interface);
    const bool is_near = !scope.name.empty() && SplitName(scope.name).package == from.package;
    std::string text =
        absl::StrCat("use ", is_near ? Identifier(from.label) : std::string(origin.interface), ".{",
                     Identifier(origin.name));
    if (origin.name != name) absl::StrAppend(&text, " as ", Identifier(name));
    Add(Kind::kUse, name, text + "};", scope);
  }

  void AddMethod(absl::string_view name, FuncTypeId id, Scope& scope) {
    const std::optional<ExternName> parsed = ParseExternName(name);
    if (!parsed || !parsed->names_resource_func()) return;
    const FuncType& type = types_.Get(id);
    TypePrinter printer = NewPrinter(scope);
    if (parsed->kind == ExternName::Kind::kConstructor) {
      printer.Append("constructor");
      printer.PrintParams(type.params);
      // The resource itself goes without saying; what is left is a result of it.
      if (type.result.has_value() && type.result.kind() != TypeKind::kOwn) {
        printer.PrintResult(type.result);
      }
    } else {
      const bool is_method = parsed->kind == ExternName::Kind::kMethod;
      printer.PrintIdentifier(parsed->label);
      printer.Append(is_method ? ": " : ": static ");
      printer.Append(type.is_async ? "async func" : "func");
      printer.PrintParams(absl::MakeConstSpan(type.params).subspan(is_method ? 1 : 0));
      printer.PrintResult(type.result);
    }
    printer.Append(";");
    std::string text = printer.Take();
    length_ += text.size();
    scope.methods[parsed->resource].push_back(std::move(text));
  }

  void AddOther(const NamedItem& item, Scope& scope) {
    const absl::string_view name = item.name;
    if (const auto* func = std::get_if<FuncTypeId>(&item.type)) {
      const std::optional<ExternName> parsed = ParseExternName(name);
      if (parsed && parsed->names_resource_func()) return;
      TypePrinter printer = NewPrinter(scope);
      printer.PrintIdentifier(name);
      printer.Append(": ");
      printer.Print(*func);
      printer.Append(";");
      return Add(Kind::kFunction, name, printer.Take(), scope);
    }
    if (std::holds_alternative<TypeItem>(item.type)) return;
    Add(Kind::kOther, name, absl::StrCat("// ", SortName(SortOf(item.type)), " ", name), scope);
  }

  void Add(Kind kind, absl::string_view name, std::string text, Scope& scope) {
    length_ += text.size();
    scope.items.push_back({kind, name, std::move(text)});
  }

  TypePrinter NewPrinter(const Scope& scope) const {
    const size_t left = length_ > kMaxWitLength ? 0 : kMaxWitLength - length_;
    return TypePrinter(types_, left, &scope.names);
  }

  std::string Identifier(absl::string_view name) const {
    const TypeNames none;
    TypePrinter printer(types_, kMaxWitLength, &none);
    printer.PrintIdentifier(name);
    return printer.Take();
  }

  const TypeTable& types_;
  WitWorld world_;
  absl::flat_hash_map<absl::string_view, size_t> interfaces_;  // into world_.interfaces
  absl::flat_hash_map<ValType, Origin> values_;
  absl::flat_hash_map<ResourceId, Origin> resources_;
  size_t length_ = 0;
};

void AppendExterns(absl::string_view keyword, const std::vector<WitItem>& items,
                   std::string& text) {
  for (const WitItem& item : items) {
    const bool is_comment = item.kind == Kind::kOther;
    AppendIndented(absl::StrCat(is_comment ? "// " : "", keyword, " ",
                                absl::string_view(item.text).substr(is_comment ? 3 : 0)),
                   1, text);
  }
}

}  // namespace

Result<WitWorld> DescribeWorld(const TypeTable& types, absl::Span<const NamedItem> imports,
                               absl::Span<const NamedItem> exports) {
  return Describer(types).Describe(imports, exports);
}

std::string ToString(const WitWorld& world) {
  std::string text = "package root:component;\n\nworld root {\n";
  for (const WitItem& item : world.types) AppendIndented(item.text, 1, text);
  if (!world.types.empty() && !world.imports.empty()) text += '\n';
  AppendExterns("import", world.imports, text);
  if (!world.exports.empty() && !(world.types.empty() && world.imports.empty())) text += '\n';
  AppendExterns("export", world.exports, text);
  text += "}\n";

  // A package's interfaces stand together, where its first one was met.
  std::vector<std::string> packages;
  absl::flat_hash_map<std::string, std::string> interfaces;  // by package
  for (const WitInterface& interface : world.interfaces) {
    const InterfaceName name = SplitName(interface.name);
    const auto [place, is_new] = interfaces.try_emplace(name.package);
    if (is_new) packages.push_back(name.package);
    absl::StrAppend(&place->second, is_new ? "" : "\n", "  interface ", name.label, " {\n");
    AppendItems(interface.items, 2, place->second);
    place->second += "  }\n";
  }
  // What the component brings along comes before what every host has.
  for (const bool wasi : {false, true}) {
    for (const std::string& package : packages) {
      if (absl::StartsWith(package, "wasi:") != wasi) continue;
      absl::StrAppend(&text, "\npackage ", package, " {\n", interfaces[package], "}\n");
    }
  }
  return text;
}

}  // namespace tenon::abi
