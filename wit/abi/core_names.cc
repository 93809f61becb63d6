#include "wit/abi/core_names.h"

#include <utility>

#include "abi/syntax/semver.h"
#include "absl/strings/str_cat.h"
#include "wit/resolve/print.h"

namespace tenon::wit {
namespace {

using vm::FuncType;
using vm::ValType;

// How one mangling builds its names. A scope is an interface's name, or empty for the world's own
// items.
struct Spelling {
  std::string (*import_module)(const std::string& scope, bool is_of_export);
  std::string (*builtin)(const char* word, const std::string& resource);
  std::string (*exported)(const std::string& scope, const std::string& item);
  std::string (*post_return)(const std::string& exported);
  std::string (*destructor)(const std::string& resource);
  bool has_tracks;  // a name stands for all compatible versions
  bool has_async;   // there are names for what is async
  const char* memory;
  const char* realloc;
  const char* initialize;
};

constexpr Spelling kLegacySpelling = {
    [](const std::string& scope, bool is_of_export) {
      return absl::StrCat(is_of_export ? "[export]" : "", scope.empty() ? "$root" : scope);
    },
    [](const char* word, const std::string& resource) {
      return absl::StrCat("[resource-", word, "]", resource);
    },
    [](const std::string& scope, const std::string& item) {
      return scope.empty() ? item : absl::StrCat(scope, "#", item);
    },
    [](const std::string& exported) { return absl::StrCat("cabi_post_", exported); },
    [](const std::string& resource) { return absl::StrCat("[dtor]", resource); },
    false,
    true,
    "memory",
    "cabi_realloc",
    "_initialize"};

constexpr Spelling kStandardSpelling = {
    [](const std::string& scope, bool is_of_export) {
      if (scope.empty() && !is_of_export) return std::string("cm32p2");
      return absl::StrCat("cm32p2|", is_of_export ? "_ex_" : "", scope);
    },
    [](const char* word, const std::string& resource) { return absl::StrCat(resource, "_", word); },
    [](const std::string& scope, const std::string& item) {
      return absl::StrCat("cm32p2|", scope, "|", item);
    },
    [](const std::string& exported) { return absl::StrCat(exported, "_post"); },
    [](const std::string& resource) { return absl::StrCat(resource, "_dtor"); },
    true,
    false,
    "cm32p2_memory",
    "cm32p2_realloc",
    "cm32p2_initialize"};

FuncType TakesI32() { return {{ValType::kI32}, {}}; }
FuncType I32ToI32() { return {{ValType::kI32}, {ValType::kI32}}; }

const Spelling& SpellingOf(Mangling mangling) {
  return mangling == Mangling::kLegacy ? kLegacySpelling : kStandardSpelling;
}

// Lists what a core module has for one side of a world.
class Lister {
 public:
  Lister(const Packages& packages, const Shapes& shapes, WorldIdx world, Mangling mangling)
      : packages_(packages),
        shapes_(shapes),
        world_(packages[world]),
        spelling_(SpellingOf(mangling)),
        names_(packages, world_) {}

  std::vector<CoreItem> Imports() {
    for (size_t i = 0; i < world_.imports.size(); ++i) AddImport(i);
    for (size_t i = 0; i < world_.exports.size(); ++i) AddBuiltinsOfExport(i);
    return std::move(items_);
  }

  std::vector<CoreItem> Exports() {
    Add({.role = CoreRole::kMemory, .name = spelling_.memory});
    Add({.role = CoreRole::kRealloc,
         .name = spelling_.realloc,
         .type = {std::vector(4, ValType::kI32), {ValType::kI32}}});
    Add({.role = CoreRole::kInitialize, .name = spelling_.initialize});
    for (size_t i = 0; i < world_.exports.size(); ++i) AddExport(i);
    return std::move(items_);
  }

 private:
  // The world's own items have no scope.
  std::string ScopeOf(const WorldItem& item) const {
    if (!std::holds_alternative<InterfaceIdx>(item.what)) return "";
    std::string name = ComponentName(packages_, item);
    if (!spelling_.has_tracks) return name;
    return abi::AlternateKey(name).value_or(name);
  }

  std::string NameOf(const Function& function, const WorldItem& item) const {
    if (!item.name.empty() && std::holds_alternative<Function>(item.what)) return item.name;
    const bool is_plain = function.kind == Function::Kind::kPlain;
    return ComponentName(function, is_plain ? "" : names_.NameOf(function.resource));
  }

  bool IsResource(TypeIdx type) const {
    return std::holds_alternative<Resource>(packages_[type].what);
  }

  void Add(CoreItem item) { items_.push_back(std::move(item)); }

  void AddImportedFunction(size_t place, const Function& function) {
    const WorldItem& item = world_.imports[place];
    const CoreItem lowered = {.module = spelling_.import_module(ScopeOf(item), false),
                              .name = NameOf(function, item),
                              .world_item = place,
                              .function = &function};
    AddFunction(lowered, CallSide::kLower, "");
    if (HasAsync(function)) AddFunction(lowered, CallSide::kAsyncLower, "[async-lower]");
  }

  bool HasAsync(const Function& function) const { return function.is_async && spelling_.has_async; }

  void AddFunction(CoreItem item, CallSide side, const char* prefix) {
    item.name = absl::StrCat(prefix, item.name);
    item.side = side;
    item.type = SignatureOf(shapes_, *item.function, side).type;
    Add(std::move(item));
  }

  void AddBuiltin(CoreRole role, const char* word, const FuncType& type, TypeIdx resource,
                  size_t place, bool is_of_export) {
    const WorldItem& item = (is_of_export ? world_.exports : world_.imports)[place];
    Add({.role = role,
         .module = spelling_.import_module(ScopeOf(item), is_of_export),
         .name = spelling_.builtin(word, std::string(names_.NameOf(resource))),
         .type = type,
         .is_of_export = is_of_export,
         .world_item = place,
         .resource = resource});
  }

  void AddDrop(TypeIdx resource, size_t place, bool is_of_export) {
    AddBuiltin(CoreRole::kResourceDrop, "drop", TakesI32(), resource, place, is_of_export);
  }

  void AddImport(size_t place) {
    const WorldItem& item = world_.imports[place];
    if (const auto* function = std::get_if<Function>(&item.what)) {
      AddImportedFunction(place, *function);
    } else if (const auto* type = std::get_if<TypeIdx>(&item.what)) {
      if (IsResource(*type)) AddDrop(*type, place, false);
    } else {
      const Interface& interface = packages_[std::get<InterfaceIdx>(item.what)];
      for (const Function& function : interface.functions) AddImportedFunction(place, function);
      for (const TypeIdx type : interface.types) {
        if (IsResource(type)) AddDrop(type, place, false);
      }
    }
  }

  void AddBuiltinsOfExport(size_t place) {
    const auto* index = std::get_if<InterfaceIdx>(&world_.exports[place].what);
    if (index == nullptr)
      return AddTaskReturn(place, std::get<Function>(world_.exports[place].what));
    for (const Function& function : packages_[*index].functions) AddTaskReturn(place, function);
    for (const TypeIdx type : packages_[*index].types) {
      if (!IsResource(type)) continue;
      AddDrop(type, place, true);
      AddBuiltin(CoreRole::kResourceNew, "new", I32ToI32(), type, place, true);
      AddBuiltin(CoreRole::kResourceRep, "rep", I32ToI32(), type, place, true);
    }
  }

  void AddTaskReturn(size_t place, const Function& function) {
    if (!HasAsync(function)) return;
    const WorldItem& item = world_.exports[place];
    Add({.role = CoreRole::kBuiltin,
         .module = spelling_.import_module(ScopeOf(item), true),
         .name = absl::StrCat("[task-return]", NameOf(function, item)),
         .type = TaskReturnSignature(shapes_, function).type,
         .builtin = {.row = &RowOfBuiltin(abi::syntax::CanonBuiltinKind::kTaskReturn)},
         .is_of_export = true,
         .world_item = place,
         .function = &function});
  }

  void AddExportedFunction(size_t place, const Function& function) {
    const WorldItem& item = world_.exports[place];
    const CoreItem lifted = {.name = spelling_.exported(ScopeOf(item), NameOf(function, item)),
                             .is_of_export = true,
                             .world_item = place,
                             .function = &function};
    AddFunction(lifted, CallSide::kLift, "");
    CoreItem post = lifted;
    post.role = CoreRole::kPostReturn;
    post.name = spelling_.post_return(post.name);
    post.type = {items_.back().type.results, {}};
    Add(std::move(post));
    if (!HasAsync(function)) return;
    AddFunction(lifted, CallSide::kAsyncLift, "[async-lift]");
    CoreItem callback = lifted;
    callback.role = CoreRole::kCallback;
    callback.name = absl::StrCat("[callback][async-lift]", lifted.name);
    callback.type = {std::vector(3, ValType::kI32), {ValType::kI32}};
    Add(std::move(callback));
    AddFunction(lifted, CallSide::kStackfulLift, "[async-lift-stackful]");
  }

  void AddExport(size_t place) {
    const WorldItem& item = world_.exports[place];
    if (const auto* function = std::get_if<Function>(&item.what)) {
      return AddExportedFunction(place, *function);
    }
    const Interface& interface = packages_[std::get<InterfaceIdx>(item.what)];
    for (const Function& function : interface.functions) AddExportedFunction(place, function);
    for (const TypeIdx type : interface.types) {
      if (!IsResource(type)) continue;
      Add({.role = CoreRole::kDestructor,
           .name = spelling_.exported(ScopeOf(item),
                                      spelling_.destructor(std::string(names_.NameOf(type)))),
           .type = TakesI32(),
           .is_of_export = true,
           .world_item = place,
           .resource = type});
    }
  }

  const Packages& packages_;
  const Shapes& shapes_;
  const World& world_;
  const Spelling& spelling_;
  const WorldNames names_;
  std::vector<CoreItem> items_;
};

}  // namespace

std::vector<CoreItem> CoreImports(const Packages& packages, const Shapes& shapes, WorldIdx world,
                                  Mangling mangling) {
  return Lister(packages, shapes, world, mangling).Imports();
}

std::vector<CoreItem> CoreExports(const Packages& packages, const Shapes& shapes, WorldIdx world,
                                  Mangling mangling) {
  return Lister(packages, shapes, world, mangling).Exports();
}

std::string ComponentName(const Function& function, absl::string_view resource) {
  switch (function.kind) {
    case Function::Kind::kPlain: return function.name;
    case Function::Kind::kMethod: return absl::StrCat("[method]", resource, ".", function.name);
    case Function::Kind::kStatic: return absl::StrCat("[static]", resource, ".", function.name);
    case Function::Kind::kConstructor: return absl::StrCat("[constructor]", resource);
  }
  return "";
}

std::string ComponentName(const Packages& packages, const Function& function) {
  const bool is_plain = function.kind == Function::Kind::kPlain;
  return ComponentName(function, is_plain ? "" : packages[function.resource].name);
}

std::string ComponentName(const Packages& packages, const WorldItem& item) {
  const auto* interface = std::get_if<InterfaceIdx>(&item.what);
  return item.name.empty() && interface != nullptr ? NameOf(packages, *interface) : item.name;
}

WorldNames::WorldNames(const Packages& packages, const World& world) : packages_(packages) {
  for (const WorldItem& item : world.imports) {
    if (const auto* type = std::get_if<TypeIdx>(&item.what)) names_.emplace(*type, item.name);
  }
}

std::string WorldNames::NameOf(const WorldItem& item, const Function& function) const {
  if (function.kind == Function::Kind::kPlain) return item.name;
  return ComponentName(function, NameOf(function.resource));
}

absl::string_view WorldNames::NameOf(TypeIdx resource) const {
  const auto own = names_.find(resource);
  return own == names_.end() ? absl::string_view(packages_[resource].name) : own->second;
}

}  // namespace tenon::wit
