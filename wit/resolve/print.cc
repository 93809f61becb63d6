#include "wit/resolve/print.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "wit/syntax/format.h"
#include "wit/syntax/parser.h"

namespace tenon::wit {
namespace {

// Writes items one behind another; FormatWit makes lines of them.
class Printer {
 public:
  explicit Printer(const Packages& packages) : packages_(packages) {}

  std::string Take() { return std::move(text_); }

  std::vector<PrintedItem> Items(const Interface& interface) {
    std::vector<PrintedItem> items;
    const Methods methods = MethodsOf(interface);
    for (const TypeIdx type : interface.types) items.push_back(TypeAlone(type, methods));
    for (const Function& function : interface.functions) {
      if (function.kind != Function::Kind::kPlain) continue;
      FunctionItem(function);
      items.push_back({"function", function.name, TakeLaidOut()});
    }
    return items;
  }

  // `some` of the world's items.
  std::vector<PrintedItem> Items(const World& world, const std::vector<WorldItem>& some) {
    std::vector<PrintedItem> items;
    const Methods methods = Enter(world);
    for (const WorldItem& item : some) {
      const auto* interface = std::get_if<InterfaceIdx>(&item.what);
      if (const auto* type = std::get_if<TypeIdx>(&item.what)) {
        items.push_back(TypeAlone(*type, methods));
      } else if (interface != nullptr && item.name.empty()) {
        items.push_back({"interface", NameOf(packages_, *interface), SpellPath(*interface) + ";"});
      } else if (!item.name.empty()) {
        ExternItem(item);
        items.push_back(
            {interface == nullptr ? "function" : "interface", item.name, TakeLaidOut()});
      }
    }
    return items;
  }

  void PrintPackage(const Package& package, bool is_nested) {
    About about;
    about.docs = package.docs;
    Begin(about);
    Append("package ", SpellPackage(package), is_nested ? " {\n" : ";\n");
    for (const InterfaceIdx interface : package.interfaces) {
      Begin(packages_[interface].about);
      Append("interface ", Spell(packages_[interface].name), " ");
      InterfaceBody(packages_[interface]);
      Append("\n");
    }
    for (const WorldIdx world : package.worlds) PrintWorld(packages_[world]);
    if (is_nested) Append("}\n");
  }

  void TypeItem(TypeIdx index, const std::vector<const Function*>& methods) {
    const Type& type = packages_[index];
    const std::string name = Spell(NameIn(index));
    if (const std::optional<InterfaceIdx> used = UsedFrom(index)) {
      Append("use ", SpellPath(*used), ".{", SpellUse(index), "};");
    } else if (const auto* alias = std::get_if<Alias>(&type.what)) {
      Append("type ", name, " = ");
      AliasTarget(*alias);
      Append(";");
    } else if (std::holds_alternative<Resource>(type.what)) {
      Append("resource ", name, methods.empty() ? ";" : " {\n");
      for (const Function* method : methods) {
        Begin(method->about);
        FunctionItem(*method);
        Append("\n");
      }
      if (!methods.empty()) Append("}");
    } else {
      Members(type, name);
    }
  }

  void FunctionItem(const Function& function) {
    if (function.kind == Function::Kind::kConstructor) {
      Append("constructor");
    } else {
      Append(Spell(function.name), ": ", function.kind == Function::Kind::kStatic ? "static " : "",
             function.is_async ? "async func" : "func");
    }
    Signature(function);
    Append(";");
  }

  void ExternItem(const WorldItem& item) {
    const auto* interface = std::get_if<InterfaceIdx>(&item.what);
    if (item.name.empty()) return Append(SpellPath(*interface), ";");
    Append(Spell(item.name), ": ");
    if (interface == nullptr) {
      const auto& function = std::get<Function>(item.what);
      Append(function.is_async ? "async func" : "func");
      Signature(function);
      Append(";");
    } else if (packages_[*interface].name.empty()) {
      Append("interface ");
      InterfaceBody(packages_[*interface]);
    } else {
      Append(SpellPath(*interface), ";");
    }
  }

  // Paths within this package have no package.
  void SetPackage(PackageIdx package) { package_ = package; }

 private:
  using Methods = absl::flat_hash_map<TypeIdx, std::vector<const Function*>>;

  static const std::vector<const Function*>& Of(const Methods& methods, TypeIdx type) {
    static const auto& kNone = *new std::vector<const Function*>();
    const auto found = methods.find(type);
    return found == methods.end() ? kNone : found->second;
  }

  static Methods MethodsOf(const Interface& interface) {
    Methods methods;
    for (const Function& function : interface.functions) {
      if (function.kind != Function::Kind::kPlain) methods[function.resource].push_back(&function);
    }
    return methods;
  }

  // The methods of a world's resources. From here on its types have the names they have in it.
  Methods Enter(const World& world) {
    Methods methods;
    renamed_.clear();
    for (const WorldItem& item : world.imports) {
      const auto* function = std::get_if<Function>(&item.what);
      const auto* type = std::get_if<TypeIdx>(&item.what);
      if (function != nullptr && item.name.empty()) methods[function->resource].push_back(function);
      if (type != nullptr) renamed_[*type] = item.name;
    }
    return methods;
  }

  PrintedItem TypeAlone(TypeIdx index, const Methods& methods) {
    const Type& type = packages_[index];
    TypeItem(index, Of(methods, index));
    const bool is_use = absl::StartsWith(text_, "use ");
    const char* kind = is_use                                        ? "use"
                       : std::holds_alternative<Resource>(type.what) ? "resource"
                                                                     : "type";
    return {kind, NameIn(index), TakeLaidOut()};
  }

  // The item that was printed, laid out as if nothing were around it.
  std::string TakeLaidOut() {
    const char* const import = IsExtern() ? "import " : "";  // before the text is taken
    const std::string text = absl::StrCat("world x {", import, Take(), "}");
    const auto document = ParseWit(text);
    if (!document) return text;
    const std::string laid_out = FormatWit(*document);
    std::vector<std::string> lines = absl::StrSplit(laid_out, '\n');
    lines.erase(lines.begin());
    lines.resize(lines.size() - 2);  // a brace, and what is behind the last newline
    for (std::string& line : lines) line.erase(0, line.empty() ? 0 : 2);
    const std::string joined = absl::StrJoin(lines, "\n");
    return std::string(absl::StripPrefix(joined, "import "));
  }
  bool IsExtern() const {
    const absl::string_view first = absl::string_view(text_).substr(0, text_.find_first_of(" :"));
    return !absl::StartsWith(text_.substr(first.size()), " ");
  }

  template <typename... Texts>
  void Append(const Texts&... texts) {
    absl::StrAppend(&text_, texts...);
  }

  void Begin(const About& about) {
    if (!about.docs.empty()) {
      for (const absl::string_view line : absl::StrSplit(about.docs, '\n')) {
        Append("\n///", line.empty() ? "" : " ", line);
      }
      Append("\n");
    }
    if (!about.since.empty()) Append("@since(version = ", about.since, ")\n");
    if (!about.feature.empty()) Append("@unstable(feature = ", Spell(about.feature), ")\n");
    if (!about.deprecated.empty()) Append("@deprecated(version = ", about.deprecated, ")\n");
    if (!about.external_id.empty()) Append("@external-id(", about.external_id, ")\n");
  }

  std::string SpellPackage(const Package& package) const {
    return absl::StrCat(Spell(package.space), ":", Spell(package.name),
                        package.version.empty() ? "" : "@", package.version);
  }

  std::string SpellPath(InterfaceIdx index) const {
    const Interface& interface = packages_[index];
    if (interface.package == package_) return Spell(interface.name);
    const Package& package = packages_[interface.package];
    return absl::StrCat(Spell(package.space), ":", Spell(package.name), "/", Spell(interface.name),
                        package.version.empty() ? "" : "@", package.version);
  }

  // What the type is called here: an include may have given it another name.
  std::string NameIn(TypeIdx type) const {
    const auto other = renamed_.find(type);
    return other == renamed_.end() ? packages_[type].name : other->second;
  }

  void InterfaceBody(const Interface& interface) {
    const Methods methods = MethodsOf(interface);
    Append("{\n");
    TypeItems(interface.types, methods);
    for (const Function& function : interface.functions) {
      if (function.kind != Function::Kind::kPlain) continue;
      Begin(function.about);
      FunctionItem(function);
      Append("\n");
    }
    Append("}");
  }

  void PrintWorld(const World& world) {
    const Methods methods = Enter(world);
    Begin(world.about);
    Append("world ", Spell(world.name), " {\n");
    // The order of imports in a world: interfaces, types, what has a name of its own.
    std::vector<TypeIdx> types;
    for (const WorldItem& item : world.imports) {
      if (const auto* type = std::get_if<TypeIdx>(&item.what)) types.push_back(*type);
      if (item.name.empty()) PrintExtern("import ", item);
    }
    TypeItems(types, methods);
    for (const WorldItem& item : world.imports) {
      if (!item.name.empty()) PrintExtern("import ", item);
    }
    for (const WorldItem& item : world.exports) PrintExtern("export ", item);
    Append("}\n");
    renamed_.clear();
  }

  void PrintExtern(absl::string_view word, const WorldItem& item) {
    const bool is_method = std::holds_alternative<Function>(item.what) && item.name.empty();
    if (is_method || std::holds_alternative<TypeIdx>(item.what)) return;
    Begin(item.about);
    Append(word);
    ExternItem(item);
    Append("\n");
  }

  // What one `use` brought stands in one again.
  void TypeItems(const std::vector<TypeIdx>& types, const Methods& methods) {
    for (size_t i = 0; i < types.size();) {
      Begin(packages_[types[i]].about);
      const std::optional<InterfaceIdx> used = UsedFrom(types[i]);
      if (!used) {
        TypeItem(types[i], Of(methods, types[i]));
        ++i;
      } else {
        Append("use ", SpellPath(*used), ".{");
        const size_t first = i;
        do {
          Append(i > first ? ", " : "", SpellUse(types[i]));
          ++i;
        } while (i < types.size() && UsedFrom(types[i]) == used &&
                 packages_[types[i]].about == packages_[types[first]].about);
        Append("};");
      }
      Append("\n");
    }
  }

  // An alias of what another interface has is a `use`.
  std::optional<InterfaceIdx> UsedFrom(TypeIdx index) const {
    const auto* alias = std::get_if<Alias>(&packages_[index].what);
    const auto* target = alias == nullptr ? nullptr : std::get_if<TypeIdx>(&alias->of);
    if (target == nullptr || packages_[*target].owner == packages_[index].owner) {
      return std::nullopt;
    }
    const auto* owner = std::get_if<InterfaceIdx>(&packages_[*target].owner);
    return owner == nullptr ? std::nullopt : std::optional(*owner);
  }

  // "original as name"
  std::string SpellUse(TypeIdx index) const {
    const TypeIdx target = std::get<TypeIdx>(std::get<Alias>(packages_[index].what).of);
    const std::string name = Spell(NameIn(index)), original = Spell(packages_[target].name);
    return original == name ? name : absl::StrCat(original, " as ", name);
  }

  // The bare name of a resource, which elsewhere would be an own handle.
  void AliasTarget(const Alias& alias) {
    const auto* index = std::get_if<TypeIdx>(&alias.of);
    const bool is_named = index != nullptr && !packages_[*index].name.empty();
    if (is_named) return Append(Spell(NameIn(*index)));
    if (const auto* handle =
            index == nullptr ? nullptr : std::get_if<Handle>(&packages_[*index].what);
        handle != nullptr && !handle->is_borrow) {
      return Append("own<", Spell(NameIn(handle->resource)), ">");
    }
    Ref(alias.of);
  }

  void Members(const Type& type, absl::string_view name) {
    if (const auto* record = std::get_if<Record>(&type.what))
      Fields("record", name, record->fields);
    if (const auto* variant = std::get_if<Variant>(&type.what)) {
      Fields("variant", name, variant->cases);
    }
    if (const auto* flags = std::get_if<Flags>(&type.what)) Fields("flags", name, flags->flags);
    if (const auto* cases = std::get_if<Enum>(&type.what)) Fields("enum", name, cases->cases);
  }

  void Fields(absl::string_view word, absl::string_view name, const std::vector<Field>& fields) {
    Append(word, " ", name, " {\n");
    for (const Field& field : fields) {
      PrintField(field, word == "record" ? ": " : "(", word == "record" ? "" : ")");
      Append(",\n");
    }
    Append("}");
  }

  void PrintField(const Field& field, absl::string_view open, absl::string_view close) {
    About about;
    about.docs = field.docs;
    Begin(about);
    Append(Spell(field.name));
    if (!field.type) return;
    Append(open);
    Ref(*field.type);
    Append(close);
  }

  void Signature(const Function& function) {
    Append("(");
    const size_t first = function.kind == Function::Kind::kMethod ? 1 : 0;
    for (size_t i = first; i < function.params.size(); ++i) {
      if (i > first) Append(", ");
      PrintField(function.params[i], ": ", "");
    }
    Append(")");
    if (!function.result || IsImplied(function)) return;
    Append(" -> ");
    Ref(*function.result);
  }

  // A constructor that cannot fail leaves its result out.
  bool IsImplied(const Function& function) const {
    return function.kind == Function::Kind::kConstructor &&
           std::holds_alternative<Handle>(packages_[std::get<TypeIdx>(*function.result)].what);
  }

  void Ref(const TypeRef& ref) {
    if (const auto* primitive = std::get_if<Primitive>(&ref)) return Append(NameOf(*primitive));
    const TypeIdx index = std::get<TypeIdx>(ref);
    const Type& type = packages_[index];
    if (!type.name.empty()) return Append(Spell(NameIn(index)));
    std::visit([&](const auto& what) { Structural(what); }, type.what);
  }

  void Structural(const Handle& handle) {
    const std::string name = Spell(NameIn(handle.resource));
    Append(handle.is_borrow ? "borrow<" : "", name, handle.is_borrow ? ">" : "");
  }
  void Structural(const List& list) {
    Generic("list", {list.element}, list.length > 0 ? absl::StrCat(", ", list.length) : "");
  }
  void Structural(const Option& option) { Generic("option", {option.some}); }
  void Structural(const Tuple& tuple) { Generic("tuple", tuple.members); }
  void Structural(const Map& map) { Generic("map", {map.key, map.value}); }
  void Structural(const Future& future) { Generic("future", All(future.element)); }
  void Structural(const Stream& stream) { Generic("stream", All(stream.element)); }
  void Structural(const ResultType& result) {
    if (result.ok || !result.error) {
      std::vector<TypeRef> parts = All(result.ok);
      if (result.error) parts.push_back(*result.error);
      return Generic("result", parts);
    }
    Append("result<_, ");
    Ref(*result.error);
    Append(">");
  }
  template <typename Nominal>
  void Structural(const Nominal&) {}  // these have names

  static std::vector<TypeRef> All(const std::optional<TypeRef>& part) {
    return part ? std::vector<TypeRef>{*part} : std::vector<TypeRef>();
  }

  void Generic(absl::string_view word, const std::vector<TypeRef>& parts,
               absl::string_view end = "") {
    Append(word);
    if (parts.empty()) return;
    Append("<");
    for (size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) Append(", ");
      Ref(parts[i]);
    }
    Append(end, ">");
  }

  const Packages& packages_;
  std::optional<PackageIdx> package_;
  absl::flat_hash_map<TypeIdx, std::string> renamed_;
  std::string text_;
};

}  // namespace

std::string PrintPackages(const Packages& packages, bool with_dependencies) {
  Printer printer(packages);
  size_t roots = 0;
  for (const Package& package : packages.packages) roots += package.is_root ? 1 : 0;
  const auto rank_of = [](const Package& package) {
    return package.is_root ? 0 : package.space != "wasi" ? 1 : 2;
  };
  for (int rank = 0; rank < (with_dependencies ? 3 : 1); ++rank) {
    for (uint32_t i = 0; i < packages.packages.size(); ++i) {
      const Package& package = packages.packages[i];
      if (rank_of(package) != rank) continue;
      printer.SetPackage(PackageIdx(i));
      printer.PrintPackage(package, !package.is_root || roots > 1);
    }
  }
  const std::string text = printer.Take();
  const auto document = ParseWit(text);  // it may be longer than a text may be
  return document ? FormatWit(*document) : text;
}

std::string NameOf(const Package& package) {
  return absl::StrCat(package.space, ":", package.name, package.version.empty() ? "" : "@",
                      package.version);
}

std::string NameOf(const Packages& packages, InterfaceIdx interface) {
  const Package& package = packages[packages[interface].package];
  return absl::StrCat(package.space, ":", package.name, "/", packages[interface].name,
                      package.version.empty() ? "" : "@", package.version);
}

std::string NameOf(const Packages& packages, WorldIdx world) {
  const Package& package = packages[packages[world].package];
  return absl::StrCat(package.space, ":", package.name, "/", packages[world].name,
                      package.version.empty() ? "" : "@", package.version);
}

std::vector<PrintedItem> PrintItems(const Packages& packages, InterfaceIdx interface) {
  return Printer(packages).Items(packages[interface]);
}

std::vector<PrintedItem> PrintImports(const Packages& packages, WorldIdx world) {
  return Printer(packages).Items(packages[world], packages[world].imports);
}

std::vector<PrintedItem> PrintExports(const Packages& packages, WorldIdx world) {
  return Printer(packages).Items(packages[world], packages[world].exports);
}

}  // namespace tenon::wit
