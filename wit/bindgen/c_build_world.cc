#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "wit/bindgen/c.h"
#include "wit/bindgen/c_builder.h"
#include "wit/resolve/print.h"

namespace tenon::wit {

CBuilder::CBuilder(const Packages& packages, WorldIdx world, bool is_utf16)
    : packages_(packages),
      world_(packages[world]),
      shapes_(packages),
      world_names_(packages, world_) {
  program_.name = SnakeCase(world_.name);
  const Package& package = packages_[world_.package];
  program_.world = absl::StrCat(package.space, ":", package.name, "/", world_.name,
                                package.version.empty() ? "" : "@", package.version);
  program_.is_utf16 = is_utf16;
  IndexCoreItems(CoreImports(packages, shapes_, world, Mangling::kLegacy));
  IndexCoreItems(CoreExports(packages, shapes_, world, Mangling::kLegacy));
}

// "wasi_io_streams"; with the version where another one of the package is there too.
std::string CBuilder::PrefixOf(InterfaceIdx index) const {
  const Interface& interface = packages_[index];
  const Package& package = packages_[interface.package];
  const bool has_others =
      std::any_of(packages_.packages.begin(), packages_.packages.end(), [&](const Package& other) {
        return other.space == package.space && other.name == package.name &&
               other.version != package.version;
      });
  return SnakeCase(absl::StrCat(package.space, "_", package.name, "_",
                                has_others && !package.version.empty() ? package.version + "_" : "",
                                interface.name));
}

void CBuilder::AddScope(size_t place, bool is_export) {
  const WorldItem& item = (is_export ? world_.exports : world_.imports)[place];
  const auto* interface = std::get_if<InterfaceIdx>(&item.what);
  if (interface == nullptr) return;
  Scope scope{.is_export = is_export, .interface = *interface, .world_item = place};
  scope.docs = item.about.docs.empty() ? packages_[*interface].about.docs : item.about.docs;
  const bool is_plain = !item.name.empty();
  scope.name = ComponentName(packages_, item);
  scope.prefix = absl::StrCat(is_export ? "exports_" : "",
                              is_plain ? SnakeCase(item.name) : PrefixOf(*interface));
  const ScopeIdx index(static_cast<uint32_t>(scopes_.size()));
  if (!is_plain) (is_export ? exports_ : imports_).emplace(*interface, index);
  scopes_.push_back(std::move(scope));
}

// The world itself is scope 0. Exports stand in an order in which those that are used come first.
void CBuilder::AddScopes() {
  scopes_.push_back({.prefix = program_.name});
  for (size_t i = 0; i < world_.imports.size(); ++i) AddScope(i, false);
  std::vector<std::pair<InterfaceIdx, size_t>> exported;
  for (size_t i = 0; i < world_.exports.size(); ++i) {
    const auto* interface = std::get_if<InterfaceIdx>(&world_.exports[i].what);
    if (interface != nullptr) exported.push_back({*interface, i});
  }
  std::sort(exported.begin(), exported.end());
  for (const auto& [interface, place] : exported) AddScope(place, true);
}

void CBuilder::EndSection(std::string title, std::string docs) {
  program_.sections.push_back({std::move(title), std::move(docs), program_.types.size(),
                               program_.resources.size(), program_.functions.size()});
}

Status CBuilder::AddInterface(ScopeIdx index) {
  scope_ = index;
  const Scope& scope = scopes_[index.value()];
  const Interface& interface = packages_[*scope.interface];
  item_place_ = scope.world_item;
  // As written they may refer to later ones, by their indices never.
  std::vector<TypeIdx> types = interface.types;
  std::sort(types.begin(), types.end());
  for (const TypeIdx type : types) {
    TENON_RETURN_IF_ERROR(AddNamed(type, packages_[type].name));
  }
  for (const Function& function : interface.functions) {
    TENON_RETURN_IF_ERROR(AddFunction(function, function.name, scope.is_export));
  }
  EndSection(absl::StrCat(scope.is_export ? "Exported" : "Imported", " interface ", scope.name),
             scope.docs);
  return {};
}

// What has a name in the world and is no interface.
Status CBuilder::AddWorld() {
  scope_ = ScopeIdx(0);
  std::vector<std::pair<TypeIdx, size_t>> types;
  for (size_t i = 0; i < world_.imports.size(); ++i) {
    const auto* type = std::get_if<TypeIdx>(&world_.imports[i].what);
    if (type == nullptr) continue;
    types.push_back({*type, i});
  }
  std::sort(types.begin(), types.end());
  for (const auto& [type, place] : types) {
    item_place_ = place;
    TENON_RETURN_IF_ERROR(AddNamed(type, world_.imports[place].name));
  }
  for (const bool is_export : {false, true}) {
    const std::vector<WorldItem>& items = is_export ? world_.exports : world_.imports;
    for (item_place_ = 0; item_place_ < items.size(); ++item_place_) {
      const WorldItem& item = items[item_place_];
      const auto* function = std::get_if<Function>(&item.what);
      if (function == nullptr) continue;
      TENON_RETURN_IF_ERROR(AddFunction(*function, item.name, is_export));
    }
    EndSection(is_export ? "Exported functions" : "Imported functions and types of the world", "");
  }
  return {};
}

// --- Functions ----------------------------------------------------------------------------------

void CBuilder::IndexCoreItems(std::vector<CoreItem> items) {
  for (CoreItem& item : items) {
    const CoreKey key(item.role, item.is_of_export, item.world_item, item.function, item.resource);
    core_items_.emplace(key, std::move(item));
  }
}

const CoreItem& CBuilder::CoreOf(CoreRole role, bool is_export, const Function* function,
                                 TypeIdx resource) const {
  return core_items_.at(CoreKey(role, is_export, item_place_, function, resource));
}

CoreName CBuilder::CoreNameOf(CoreRole role, TypeIdx resource) const {
  const CoreItem& item = CoreOf(role, scopes_[scope_.value()].is_export, nullptr, resource);
  return {item.module, item.name};
}

// "value"; of a resource's functions "[method]counter.add". The world may have renamed its own.
std::string CBuilder::ComponentNameOf(const Function& function, absl::string_view name) const {
  if (function.kind == Function::Kind::kPlain) return std::string(name);
  return ComponentName(function, world_names_.NameOf(function.resource));
}

CReturn CBuilder::ReturnOf(CTypeIdx result) const {
  const CType& type = program_.Real(result);
  if (type.form == CForm::kScalar || type.form == CForm::kHandle || type.form == CForm::kRep) {
    return CReturn::kValue;
  }
  if (type.tag == "is_some") return CReturn::kOption;
  if (type.tag == "is_err") return CReturn::kResult;
  return CReturn::kPointer;
}

Result<std::vector<CParam>> CBuilder::ParamsOf(const Function& function) {
  std::vector<CParam> params;
  CNames names;
  for (const Field& field : function.params) {
    TENON_ASSIGN_OR_RETURN(const CTypeIdx type, Ref(*field.type));
    CParam param{.type = type, .by_pointer = ReturnOf(type) != CReturn::kValue};
    param.is_maybe = program_[type].tag == "is_some";
    std::string name = CIdentifier(field.name);
    if (param.is_maybe) name = "maybe_" + SnakeCase(field.name);
    while (names_.Has(name)) name += '_';
    param.name = names.Claim(std::move(name));
    params.push_back(std::move(param));
  }
  return params;
}

Status CBuilder::AddFunction(const Function& function, absl::string_view name, bool is_export) {
  const Scope& scope = scopes_[scope_.value()];
  item_ = ComponentNameOf(function, name);
  if (function.is_async) return Refuse("it is async, which C bindings cannot have yet");
  TENON_RETURN_IF_ERROR(Charge(1 + function.params.size()));
  CFunction made{.is_export = is_export, .docs = function.about.docs};
  TENON_ASSIGN_OR_RETURN(made.params, ParamsOf(function));
  TENON_ASSIGN_OR_RETURN(made.result, RefIfAny(function.result));
  if (made.result) made.returns = ReturnOf(*made.result);
  const bool of_world = scope_ == ScopeIdx(0);
  made.name =
      names_.Claim(absl::StrCat(of_world && is_export ? "exports_" : "", scope.prefix, "_",
                                SnakeCase(absl::StrReplaceAll(item_, {{"[", ""}, {"]", "_"}}))));
  const CoreItem& item = CoreOf(CoreRole::kFunction, is_export, &function, TypeIdx());
  made.core_name = {item.module, item.name};
  made.core = SignatureOf(shapes_, function, is_export ? CallSide::kLift : CallSide::kLower);
  if (is_export) {
    made.post_return = CoreOf(CoreRole::kPostReturn, true, &function, TypeIdx()).name;
  }
  program_.functions.push_back(std::move(made));
  return {};
}

Result<CProgram> CBuilder::Run() {
  AddBuiltins();
  AddScopes();
  EndSection("", "");
  // The world's types may come from its imports.
  for (const bool is_export : {false, true}) {
    for (uint32_t i = 1; i < scopes_.size(); ++i) {
      if (scopes_[i].is_export == is_export) TENON_RETURN_IF_ERROR(AddInterface(ScopeIdx(i)));
    }
    if (!is_export) TENON_RETURN_IF_ERROR(AddWorld());
  }
  return std::move(program_);
}

Result<CProgram> BuildC(const Packages& packages, WorldIdx world, bool is_utf16) {
  size_t count = 0;
  for (const auto* items : {&packages[world].imports, &packages[world].exports}) {
    for (const WorldItem& item : *items) {
      const auto* interface = std::get_if<InterfaceIdx>(&item.what);
      if (interface == nullptr) continue;
      count += packages[*interface].functions.size() + packages[*interface].types.size();
    }
  }
  if (count > kMaxCost) return Fail(ErrorKind::kLimit, kTooMuch);
  return CBuilder(packages, world, is_utf16).Run();
}

Result<CBindings> BindC(const Packages& packages, WorldIdx world, const COptions& options) {
  TENON_ASSIGN_OR_RETURN(const CProgram program, BuildC(packages, world, options.is_utf16));
  return CBindings{program.name, PrintCHeader(program),
                   PrintCSource(program, options.component_type)};
}

}  // namespace tenon::wit
