#include "wit/binary/decode.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "abi/binary/decode.h"
#include "abi/syntax/names.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "wit/binary/items.h"
#include "wit/binary/package_docs.h"
#include "wit/resolve/print.h"
#include "wit/resolve/resolve.h"

namespace tenon::wit {
namespace {

namespace syntax = abi::syntax;

// The component type behind an export of a WIT package, if it is one.
const syntax::ComponentType* ComponentTypeOf(const ItemNode& item) {
  const auto* type = std::get_if<const TypeNode*>(&item.what);
  const TypeNode* node = type == nullptr ? nullptr : &DefinitionOf(**type);
  if (node == nullptr || node->definition == nullptr) return nullptr;
  const auto* found = std::get_if<const syntax::ComponentType*>(node->definition);
  return found == nullptr || (*found)->is_instance ? nullptr : *found;
}

bool IsPackage(const WorldItems& items) {
  return items.imports.empty() && !items.exports.empty() &&
         std::all_of(items.exports.begin(), items.exports.end(),
                     [](const ItemNode& item) { return ComponentTypeOf(item) != nullptr; });
}

// "a:b/c@1.0.0" without the name of the interface or world, and that name.
std::string PackageOf(absl::string_view name) {
  const size_t slash = std::min(name.find('/'), name.size());
  const size_t at = std::min(name.find('@'), name.size());
  return absl::StrCat(name.substr(0, slash), name.substr(at));
}
absl::string_view LabelOf(absl::string_view name) {
  const size_t slash = name.find('/'), at = std::min(name.find('@'), name.size());
  return slash >= at ? "" : name.substr(slash + 1, at - slash - 1);
}

// The names of an interface or world that an export of a package holds.
class PackageReader {
 public:
  PackageReader(ItemReader& reader, DecodedWit& out) : reader_(reader), out_(out) {}

  Status Read(const WorldItems& items) {
    for (const ItemNode& item : items.exports) TENON_RETURN_IF_ERROR(ReadExport(item));
    out_.packages = builder_.Take();
    for (Package& package : out_.packages.packages) {
      package.is_root = NameOf(package) == package_;
    }
    if (out_.packages.worlds.size() == 1) out_.world = WorldIdx(0);
    return {};
  }

 private:
  Status ReadExport(const ItemNode& item) {
    const auto& type = DefinitionOf(*std::get<const TypeNode*>(item.what));
    TENON_ASSIGN_OR_RETURN(
        const WorldItems inner,
        reader_.Read(ComponentNode{.type = ComponentTypeOf(item), .scope = type.scope}));
    const bool has_one = inner.exports.size() == 1;
    const absl::string_view name = has_one ? inner.exports[0].name.name : "";
    if (!has_one || !abi::IsInterfaceName(name)) {
      return Fail(ErrorKind::kInvalid,
                  absl::StrCat("'", item.name.name, "' holds no interface or world"));
    }
    const std::string package = PackageOf(name);
    if (package_.empty()) package_ = package;
    if (package != package_) {
      return Fail(ErrorKind::kInvalid,
                  absl::StrCat("it has items of two packages, ", package_, " and ", package));
    }
    return ReadItem(name, inner);
  }

  Status ReadItem(absl::string_view name, const WorldItems& inner) {
    if (const auto* world = std::get_if<ComponentNode>(&inner.exports[0].what)) {
      TENON_ASSIGN_OR_RETURN(const WorldItems items, reader_.Read(*world));
      TENON_RETURN_IF_ERROR(builder_.AddWorld(package_, LabelOf(name), {&items, 1}));
      return {};
    }
    for (const ItemNode& import : inner.imports) TENON_RETURN_IF_ERROR(ReadInterface(import));
    TENON_RETURN_IF_ERROR(ReadInterface(inner.exports[0]));
    return {};
  }

  Status ReadInterface(const ItemNode& item) {
    const auto* instance = std::get_if<const InstanceNode*>(&item.what);
    if (instance == nullptr) {
      return Fail(ErrorKind::kInvalid, absl::StrCat("'", item.name.name, "' is no interface"));
    }
    TENON_RETURN_IF_ERROR(builder_.AddInterface(item.name.name, **instance));
    return {};
  }

  ItemReader& reader_;
  DecodedWit& out_;
  PackagesBuilder builder_;
  std::string package_;
};

// abi: the section that says how a core module's strings are encoded.
Status ReadEncoding(const syntax::RootComponent& component, StringEncoding* encoding) {
  constexpr uint8_t kVersion = 4;
  for (const syntax::Definition& definition : component.definitions) {
    const auto* custom = std::get_if<syntax::Custom>(&definition.def);
    if (custom == nullptr || custom->name != "wit-component-encoding") continue;
    const auto bytes =
        absl::MakeConstSpan(*component.bytes).subspan(custom->bytes.offset, custom->bytes.size);
    if (bytes.size() != 2 || bytes[0] != kVersion || bytes[1] > 2) {
      return Fail(ErrorKind::kMalformed, "its wit-component-encoding is not of version 4");
    }
    *encoding = static_cast<StringEncoding>(bytes[1]);
  }
  return {};
}

// The world of a component, in a package of its own.
Result<WorldIdx> AddRootWorld(const WorldItems& items, PackagesBuilder& builder,
                              Packages* packages) {
  TENON_ASSIGN_OR_RETURN(const WorldIdx world,
                         builder.AddWorld("root:component", "root", {&items, 1}));
  *packages = builder.Take();
  packages->packages[(*packages)[world].package.value()].is_root = true;
  return world;
}

// Of a package what stands beside its types.
Status ReadDocs(const syntax::RootComponent& component, Packages& packages) {
  for (uint32_t i = 0; i < packages.packages.size(); ++i) {
    if (!packages.packages[i].is_root) continue;
    for (const syntax::Definition& definition : component.definitions) {
      const auto* custom = std::get_if<syntax::Custom>(&definition.def);
      if (custom == nullptr || custom->name != kPackageDocsSection) continue;
      const auto bytes =
          absl::MakeConstSpan(*component.bytes).subspan(custom->bytes.offset, custom->bytes.size);
      TENON_RETURN_IF_ERROR(ApplyPackageDocs(bytes, PackageIdx(i), packages));
    }
  }
  return {};
}

// WIT may have no words for how things go together, though it has for each: packages that need each
// other, two things of one name, a type that is spoken of where nothing says whose it is.
Status CheckResolves(const Packages& packages) {
  const std::string text = PrintPackages(packages, true);
  const std::vector<SourceGroup> groups = {{{{"component.wit", text}}, true}};
  const auto resolved = Resolve(groups, {.all = true});
  if (resolved || resolved.error().error.kind() == ErrorKind::kLimit) return {};
  return Fail(ErrorKind::kInvalid,
              absl::StrCat("WIT has no words for it; what comes closest is wrong: ",
                           resolved.error().error.message()));
}

// What one section of a core module says.
struct Section {
  std::unique_ptr<const syntax::RootComponent> component;
  std::string name;  // the world's, with its package
  WorldItems items;
};

Result<Section> ReadSection(absl::Span<const uint8_t> content, ItemReader& reader) {
  Section section;
  TENON_ASSIGN_OR_RETURN(section.component, abi::DecodeComponent({content.begin(), content.end()}));
  TENON_ASSIGN_OR_RETURN(const WorldItems outer,
                         reader.Read(static_cast<const syntax::Component&>(*section.component)));
  if (IsPackage(outer) && outer.exports.size() == 1) {
    const auto& type = DefinitionOf(*std::get<const TypeNode*>(outer.exports[0].what));
    TENON_ASSIGN_OR_RETURN(
        const WorldItems inner,
        reader.Read(ComponentNode{.type = ComponentTypeOf(outer.exports[0]), .scope = type.scope}));
    const auto* world =
        inner.exports.size() == 1 ? std::get_if<ComponentNode>(&inner.exports[0].what) : nullptr;
    if (world != nullptr && abi::IsInterfaceName(inner.exports[0].name.name)) {
      section.name = std::string(inner.exports[0].name.name);
      TENON_ASSIGN_OR_RETURN(section.items, reader.Read(*world));
      return section;
    }
  }
  return Fail(ErrorKind::kInvalid, "it holds no world");
}

}  // namespace

Result<ModulesWorld> DecodeModulesWorld(absl::Span<const vm::Module* const> modules) {
  ModulesWorld decoded;
  ItemReader reader;
  std::vector<Section> sections;
  std::vector<WorldItems> lists;
  for (const vm::Module* module : modules) {
    decoded.encodings.push_back(StringEncoding::kUtf8);
    for (const vm::CustomSection& custom : module->customs) {
      if (!absl::StartsWith(custom.name, kComponentTypeSection)) continue;
      auto section = ReadSection(module->Bytes(custom.content), reader);
      if (!section) {
        return std::unexpected(std::move(section).error().WithContext(
            absl::StrCat("its section '", custom.name, "'")));
      }
      TENON_RETURN_IF_ERROR(ReadEncoding(*section->component, &decoded.encodings.back()));
      lists.push_back(std::move(section->items));
      sections.push_back(std::move(*section));
    }
  }
  const std::string name = sections.empty() ? "root:component/root" : sections.front().name;
  PackagesBuilder builder;
  TENON_ASSIGN_OR_RETURN(decoded.world, builder.AddWorld(PackageOf(name), LabelOf(name), lists));
  decoded.packages = builder.Take();
  decoded.packages.packages[decoded.packages[decoded.world].package.value()].is_root = true;
  return decoded;
}

Result<DecodedWit> DecodeWit(const syntax::RootComponent& component) {
  DecodedWit decoded;
  ItemReader reader;
  TENON_RETURN_IF_ERROR(ReadEncoding(component, &decoded.encoding));
  TENON_ASSIGN_OR_RETURN(const WorldItems items,
                         reader.Read(static_cast<const syntax::Component&>(component)));
  if (IsPackage(items)) {
    TENON_RETURN_IF_ERROR(PackageReader(reader, decoded).Read(items));
    TENON_RETURN_IF_ERROR(ReadDocs(component, decoded.packages));
    TENON_RETURN_IF_ERROR(CheckResolves(decoded.packages));
    return decoded;
  }
  PackagesBuilder builder;
  TENON_ASSIGN_OR_RETURN(decoded.world, AddRootWorld(items, builder, &decoded.packages));
  TENON_RETURN_IF_ERROR(CheckResolves(decoded.packages));
  return decoded;
}

Result<DecodedWorld> DecodeWorld(const syntax::RootComponent& component) {
  DecodedWorld decoded;
  ItemReader reader;
  TENON_ASSIGN_OR_RETURN(const WorldItems items,
                         reader.Read(static_cast<const syntax::Component&>(component)));
  PackagesBuilder builder(&decoded.others);
  TENON_ASSIGN_OR_RETURN(decoded.world, AddRootWorld(items, builder, &decoded.packages));
  return decoded;
}

}  // namespace tenon::wit
