#include "wit/binary/encode.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "wit/abi/core_names.h"
#include "wit/binary/package_docs.h"
#include "wit/binary/type_encoder.h"
#include "wit/resolve/print.h"
#include "wit/syntax/limits.h"

namespace tenon::wit {
namespace {

namespace syntax = abi::syntax;

// The declarators of a component type: instances of interfaces, and what is not in any of them.
class WorldTypeEncoder : public TypeEncoder {
 public:
  WorldTypeEncoder(const Packages& packages, NameInType name, abi::ComponentWriter& writer)
      : TypeEncoder(packages, writer), name_in_type_(name) {}

  void AddWorld(const World& world) {
    own_names_.emplace(packages_, world);
    for (const WorldItem& item : world.imports) {
      if (const auto* type = std::get_if<TypeIdx>(&item.what)) names_[*type] = &item;
    }
    for (const WorldItem& item : world.imports) AddItem(item, false);
    for (const WorldItem& item : world.exports) AddItem(item, true);
  }

  void AddInterface(InterfaceIdx interface, bool is_export, const InterfacePart& part) {
    AddItem({"", interface, About()}, is_export, part);
  }

 protected:
  // Types of the world itself are imports, and so are those of what a binary does not mention.
  abi::TypeIdx Name(TypeIdx type, const syntax::ExternType& what) override {
    const auto item = names_.find(type);
    const ExternName name = item != names_.end()
                                ? ExternName(packages_, *item->second)
                                : ExternName(packages_[type].name, packages_[type].about);
    return abi::TypeIdx(writer_.Add(syntax::Import{name, what}));
  }
  std::optional<abi::TypeIdx> Foreign(TypeIdx type) override {
    const auto* owner = std::get_if<InterfaceIdx>(&packages_[type].owner);
    const auto instance = owner == nullptr ? instances_.end() : instances_.find(*owner);
    if (instance == instances_.end()) return std::nullopt;
    return abi::TypeIdx(writer_.Add(syntax::Alias{.sort = abi::Sort::kType,
                                                  .target = syntax::Alias::Target::kExport,
                                                  .instance = instance->second,
                                                  .name = packages_[type].name}));
  }

 private:
  void AddItem(const WorldItem& item, bool is_export) {
    if (const auto* type = std::get_if<TypeIdx>(&item.what)) {
      Encode(*type);
    } else if (const auto* function = std::get_if<Function>(&item.what)) {
      const abi::TypeIdx type = Encode(*function);
      Declare(ExternName(own_names_->NameOf(item, *function), item.about),
              {.sort = abi::Sort::kFunc, .index = type.value()}, is_export);
    } else {
      AddItem(item, is_export, AllOf(packages_[std::get<InterfaceIdx>(item.what)]));
    }
  }

  void AddItem(const WorldItem& item, bool is_export, const InterfacePart& part) {
    const InterfaceIdx interface = std::get<InterfaceIdx>(item.what);
    const abi::TypeIdx type = EncodeInstanceType(
        packages_, interface, part, [&](TypeIdx foreign) { return Encode(foreign); }, writer_);
    const ExternName name =
        item.name.empty()
            ? ExternName(name_in_type_(ComponentName(packages_, item), is_export), item.about)
            : ExternName(packages_, item);
    const uint32_t instance =
        Declare(name, {.sort = abi::Sort::kInstance, .index = type.value()}, is_export);
    if (!item.name.empty() && !packages_[interface].name.empty()) return;
    // From here on its types are those of this instance.
    instances_[interface] = instance;
    for (const TypeIdx each : packages_[interface].types) Forget(each);
  }

  uint32_t Declare(const ExternName& name, const syntax::ExternType& what, bool is_export) {
    return is_export ? writer_.Add(syntax::ExportDecl{name, what})
                     : writer_.Add(syntax::Import{name, what});
  }

  const NameInType name_in_type_;
  std::optional<WorldNames> own_names_;
  absl::flat_hash_map<InterfaceIdx, uint32_t> instances_;
  absl::flat_hash_map<TypeIdx, const WorldItem*> names_;  // of the world's own types
};

std::string SameName(std::string name, bool) { return name; }

// A component type that exports the one of the world under its name.
abi::TypeIdx AddNamedWorld(const Packages& packages, WorldIdx index, abi::ComponentWriter& out) {
  abi::ComponentWriter wrapper(abi::ScopeKind::kType);
  const abi::TypeIdx type = AddWorldType(packages, index, wrapper);
  const std::string name = NameOf(packages, index);
  wrapper.Add(syntax::ExportDecl{{name}, {.sort = abi::Sort::kComponent, .index = type.value()}});
  return out.AddComponentType(wrapper);
}

// A component type that imports the interfaces whose types this one uses, and exports it.
abi::TypeIdx AddInterfaceType(const Packages& packages, InterfaceIdx interface,
                              abi::ComponentWriter& out) {
  absl::flat_hash_set<InterfaceIdx> needed;
  std::vector<InterfaceIdx> stack = packages[interface].uses;
  while (!stack.empty()) {
    const InterfaceIdx next = stack.back();
    stack.pop_back();
    if (!needed.insert(next).second) continue;
    stack.insert(stack.end(), packages[next].uses.begin(), packages[next].uses.end());
  }
  std::vector<InterfaceIdx> order(needed.begin(), needed.end());
  std::sort(order.begin(), order.end());  // what an interface uses has a smaller index
  abi::ComponentWriter inner(abi::ScopeKind::kType);
  WorldTypeEncoder encoder(packages, SameName, inner);
  for (const InterfaceIdx each : order) {
    encoder.AddInterface(each, false, {packages[each].types, {}});
  }
  encoder.AddInterface(interface, true, AllOf(packages[interface]));
  return out.AddComponentType(inner);
}

void AddExport(const std::string& name, abi::TypeIdx type, abi::ComponentWriter& out) {
  out.Add(syntax::Export{{name}, {abi::Sort::kType, type.value()}});
}

}  // namespace

abi::TypeIdx AddWorldType(const Packages& packages, WorldIdx world, NameInType name,
                          abi::ComponentWriter& out) {
  abi::ComponentWriter type(abi::ScopeKind::kType);
  WorldTypeEncoder(packages, name, type).AddWorld(packages[world]);
  return out.AddComponentType(type);
}

abi::TypeIdx AddWorldType(const Packages& packages, WorldIdx world, abi::ComponentWriter& out) {
  return AddWorldType(packages, world, SameName, out);
}

std::vector<uint8_t> EncodeWorld(const Packages& packages, WorldIdx world,
                                 StringEncoding encoding) {
  constexpr uint8_t kVersion = 4;
  abi::ComponentWriter component;
  component.AddCustom("wit-component-encoding",
                      std::vector<uint8_t>{kVersion, static_cast<uint8_t>(encoding)});
  const abi::TypeIdx type = AddNamedWorld(packages, world, component);
  AddExport(packages[world].name, type, component);
  return component.Finish();
}

Result<std::vector<uint8_t>> EncodePackage(const Packages& packages) {
  const auto is_root = [](const Package& package) { return package.is_root; };
  const auto root = std::find_if(packages.packages.begin(), packages.packages.end(), is_root);
  if (std::count_if(packages.packages.begin(), packages.packages.end(), is_root) != 1) {
    return Fail(ErrorKind::kInvalid, "only one package can be written, and here are several");
  }
  abi::ComponentWriter component;
  const auto add = [&](const std::string& name, abi::TypeIdx type) -> Status {
    AddExport(name, type, component);
    if (component.bytes() <= kMaxWitBytes) return {};
    return Fail(ErrorKind::kLimit,
                absl::StrCat("interfaces and worlds, each with all that it uses, take more than ",
                             kMaxWitBytes, " bytes"));
  };
  // Who reads it wants an interface behind those it uses, which have smaller indices.
  std::vector<InterfaceIdx> interfaces = root->interfaces;
  std::sort(interfaces.begin(), interfaces.end());
  for (const InterfaceIdx interface : interfaces) {
    TENON_RETURN_IF_ERROR(
        add(packages[interface].name, AddInterfaceType(packages, interface, component)));
  }
  for (const WorldIdx world : root->worlds) {
    TENON_RETURN_IF_ERROR(add(packages[world].name, AddNamedWorld(packages, world, component)));
  }
  const PackageIdx index(static_cast<uint32_t>(root - packages.packages.begin()));
  const std::vector<uint8_t> docs = EncodePackageDocs(packages, index);
  if (!docs.empty()) component.AddCustom(kPackageDocsSection, docs);
  return component.Finish();
}

}  // namespace tenon::wit
