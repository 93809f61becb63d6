#include "wit/component/component_types.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "wit/abi/core_names.h"

namespace tenon::wit {

namespace syntax = abi::syntax;
using abi::Sort;

namespace {

bool IsResource(const syntax::ExternType& type) {
  return type.bound == syntax::ExternType::Bound::kSubResource;
}

// Within a nested component, what comes in: every type under a name that says nothing.
class ImportedTypes : public TypeEncoder {
 public:
  using TypeEncoder::TypeEncoder;

  struct Imported {
    std::string name;
    TypeIdx type;
  };
  const std::vector<Imported>& imported() const { return imported_; }

 protected:
  abi::TypeIdx Name(TypeIdx type, const syntax::ExternType& what) override {
    std::string name = absl::StrCat("import-type-", packages_[type].name, "-t", imported_.size());
    const abi::TypeIdx index(writer_.Add(syntax::Import{{name}, what}));
    imported_.push_back({std::move(name), type});
    return index;
  }
  std::optional<abi::TypeIdx> Foreign(TypeIdx) override { return std::nullopt; }

 private:
  std::vector<Imported> imported_;
};

// And what goes out: the interface's own types are exports. All others are known.
class ExportedTypes : public TypeEncoder {
 public:
  using TypeEncoder::TypeEncoder;

  // A resource is exported when its turn comes.
  void SetImported(TypeIdx resource, abi::TypeIdx index) { imported_[resource] = index; }

 protected:
  abi::TypeIdx Name(TypeIdx type, const syntax::ExternType& what) override {
    const ExternName name(packages_[type].name, packages_[type].about);
    const uint32_t index = IsResource(what) ? imported_.at(type).value() : what.index;
    return abi::TypeIdx(writer_.Add(syntax::Export{name, {Sort::kType, index}}));
  }
  std::optional<abi::TypeIdx> Foreign(TypeIdx) override { return std::nullopt; }

 private:
  absl::flat_hash_map<TypeIdx, abi::TypeIdx> imported_;
};

std::string FunctionImport(size_t place) { return absl::StrCat("import-func-f", place); }

}  // namespace

RootTypes::RootTypes(const Packages& packages, const World& world, abi::ComponentWriter& writer)
    : TypeEncoder(packages, writer) {
  for (const WorldItem& item : world.imports) {
    if (const auto* type = std::get_if<TypeIdx>(&item.what)) names_[*type] = &item;
  }
}

void RootTypes::SetInstance(InterfaceIdx interface, uint32_t instance) {
  instances_[interface] = instance;
  for (const TypeIdx type : packages_[interface].types) Forget(type);
}

void RootTypes::BeginExport(InterfaceIdx interface,
                            const absl::flat_hash_map<TypeIdx, abi::TypeIdx>& resources) {
  exporting_ = interface;
  ForgetOwn(interface);
  for (const auto& [type, index] : resources) SetIndex(type, index);
}

void RootTypes::EndExport(std::optional<uint32_t> instance) {
  ForgetOwn(*exporting_);
  if (instance) SetInstance(*exporting_, *instance);
  exporting_.reset();
}

// Its types, and those without a name that may be made of them.
void RootTypes::ForgetOwn(InterfaceIdx interface) {
  LiveTypes live(packages_);
  live.Add(packages_[interface]);
  for (const TypeIdx type : live.order()) {
    const auto* owner = std::get_if<InterfaceIdx>(&packages_[type].owner);
    if (packages_[type].name.empty() || (owner != nullptr && *owner == interface)) Forget(type);
  }
}

abi::TypeIdx RootTypes::Name(TypeIdx type, const syntax::ExternType& what) {
  if (!IsResource(what) && !names_.contains(type)) return abi::TypeIdx(what.index);
  const ExternName name(packages_, *names_.at(type));
  return abi::TypeIdx(writer_.Add(syntax::Import{name, what}));
}

std::optional<abi::TypeIdx> RootTypes::Foreign(TypeIdx type) {
  const auto* owner = std::get_if<InterfaceIdx>(&packages_[type].owner);
  if (owner == nullptr || exporting_ == *owner) return std::nullopt;
  return abi::TypeIdx(writer_.Add(syntax::Alias{.sort = Sort::kType,
                                                .target = syntax::Alias::Target::kExport,
                                                .instance = instances_.at(*owner),
                                                .name = packages_[type].name}));
}

abi::InstanceIdx InstantiateInterface(const Packages& packages, InterfaceIdx index,
                                      const std::vector<abi::FuncIdx>& functions, RootTypes& root,
                                      abi::ComponentWriter& writer) {
  const Interface& interface = packages[index];
  abi::ComponentWriter nested;
  ImportedTypes imports(packages, nested);
  ExportedTypes exports(packages, nested);
  LiveTypes live(packages);
  live.Add(interface);
  // Types of others keep the indices of their imports; the interface's own get new ones.
  for (const TypeIdx type : live.order()) {
    const auto* owner = std::get_if<InterfaceIdx>(&packages[type].owner);
    if (owner != nullptr && *owner != index) exports.SetIndex(type, imports.Encode(type));
  }
  for (const TypeIdx type : interface.types) {
    if (!std::holds_alternative<Resource>(packages[type].what)) continue;
    exports.SetImported(type, imports.Encode(type));
  }
  std::vector<std::string> names;  // that arguments are views of
  for (size_t i = 0; i < functions.size(); ++i) {
    const abi::TypeIdx type = imports.Encode(interface.functions[i]);
    names.push_back(FunctionImport(i));
    nested.Add(syntax::Import{{names.back()}, {.sort = Sort::kFunc, .index = type.value()}});
  }
  for (const TypeIdx type : interface.types) exports.Encode(type);
  for (size_t i = 0; i < functions.size(); ++i) {
    const abi::TypeIdx type = exports.Encode(interface.functions[i]);
    const syntax::ExternType ascribed = {.sort = Sort::kFunc, .index = type.value()};
    const ExternName name(ComponentName(packages, interface.functions[i]),
                          interface.functions[i].about);
    nested.Add(syntax::Export{name, {Sort::kFunc, static_cast<uint32_t>(i)}, &ascribed});
  }
  std::vector<syntax::InstantiateArg> args;
  for (size_t i = 0; i < functions.size(); ++i) {
    args.push_back({names[i], {Sort::kFunc, functions[i].value()}});
  }
  for (const ImportedTypes::Imported& each : imports.imported()) {
    args.push_back({each.name, {Sort::kType, root.Encode(each.type).value()}});
  }
  const abi::ComponentIdx component = writer.AddComponent(nested.Finish());
  return writer.Add(syntax::Instantiate{component, args});
}

}  // namespace tenon::wit
