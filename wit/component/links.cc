#include "wit/component/links.h"

#include <algorithm>
#include <iterator>

#include "abi/syntax/semver.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "wit/component/core_module.h"
#include "wit/component/trim_adapter.h"
#include "wit/resolve/print.h"
#include "wit/resolve/sources.h"

namespace tenon::wit {
namespace {

// What C libraries import. No adapter of that name: else the import would be its affair.
constexpr absl::string_view kPreview1 = "wasi_snapshot_preview1";
constexpr absl::string_view kPreview1Advice =
    "; '--adapt' takes an adapter of that name: wasi_snapshot_preview1.command.wasm for a program "
    "with main, wasi_snapshot_preview1.reactor.wasm for any other";

template <typename Lister>
std::vector<CoreItem> InBothManglings(const Lister& list) {
  std::vector<CoreItem> items = list(Mangling::kLegacy);
  std::vector<CoreItem> more = list(Mangling::kStandard32);
  std::move(more.begin(), more.end(), std::back_inserter(items));
  return items;
}

// Older names of a module's realloc, and those of an adapter that has one for each direction.
void TakeRealloc(absl::string_view name, ModuleRoles& roles) {
  const bool is_import = name == "cabi_import_realloc", is_export = name == "cabi_export_realloc";
  if (is_import || (!is_export && roles.import_realloc.empty())) {
    roles.import_realloc = std::string(name);
  }
  if (is_export || (!is_import && roles.export_realloc.empty())) {
    roles.export_realloc = std::string(name);
  }
}

// The types that functions which modules hand each other may have.
bool IsPlain(const vm::FuncType& type) {
  const auto is_plain = [](vm::ValType each) { return each.is_num_or_vec(); };
  return std::all_of(type.params.begin(), type.params.end(), is_plain) &&
         std::all_of(type.results.begin(), type.results.end(), is_plain);
}

constexpr absl::string_view kOfExport = "[export]";
constexpr absl::string_view kRoot = "$root";

// A table that threads can be started from; it is defined, for no module gets one from another.
bool IsThreadTable(const vm::Module& module, const vm::Export& item) {
  if (item.kind != vm::ExternKind::kTable || item.index >= module.tables.size()) return false;
  const vm::TableType& type = module.tables[item.index].type;
  return type.element == vm::ValType::kFuncRef && type.address == vm::AddressType::kI32;
}

bool IsRealloc(absl::string_view name) {
  return name == "canonical_abi_realloc" || name == "cabi_import_realloc" ||
         name == "cabi_export_realloc";
}

}  // namespace

absl::flat_hash_set<std::string> WantedOf(const LinkedModule& adapter, const ModuleIndex& main,
                                          const std::vector<CoreItem>& exports) {
  const ModuleIndex own(*adapter.module);
  absl::flat_hash_set<std::string> wanted;
  for (const vm::Import& import : main.module().imports) {
    if (import.module == adapter.name) wanted.insert(std::string(import.name));
  }
  for (const CoreItem& item : exports) {
    const bool is_of_world = item.is_of_export && main.FindExport(item.name) == nullptr;
    if (is_of_world && own.FindExport(item.name) != nullptr) wanted.insert(item.name);
  }
  if (wanted.empty()) return wanted;
  for (const vm::Export& each : adapter.module->exports) {
    if (IsRealloc(each.name) || each.name == "cabi_realloc") wanted.insert(std::string(each.name));
  }
  return wanted;
}

Result<Links> Links::Make(const Packages& packages, const Shapes& shapes, WorldIdx world,
                          std::vector<LinkedModule> modules) {
  Links links(packages);
  links.modules_ = std::move(modules);
  for (const LinkedModule& each : links.modules_) links.indices_.emplace_back(*each.module);
  links.permitted_ = InBothManglings(
      [&](Mangling mangling) { return CoreImports(packages, shapes, world, mangling); });
  links.wanted_ = InBothManglings(
      [&](Mangling mangling) { return CoreExports(packages, shapes, world, mangling); });
  for (const CoreItem& item : links.permitted_) {
    links.permitted_by_name_.emplace(std::pair(item.module, item.name), &item);
    // An interface of another version on the same track will do.
    if (const auto track = abi::AlternateKey(item.module)) {
      links.permitted_by_name_.emplace(std::pair(*track, item.name), &item);
    }
  }
  for (const CoreItem& item : links.wanted_) links.wanted_by_name_.emplace(item.name, &item);
  for (size_t i = 0; i < links.modules_.size(); ++i) {
    TENON_RETURN_IF_ERROR(links.AddImports(i));
    TENON_RETURN_IF_ERROR(links.AddExports(i));
  }
  TENON_RETURN_IF_ERROR(links.CheckComplete());
  return links;
}

std::string Links::Describe(size_t module) const {
  return module == kMainModuleIndex ? "the core module"
                                    : absl::StrCat("the adapter '", modules_[module].name, "'");
}

std::unexpected<Error> Links::FailImport(size_t module, const vm::Import& import,
                                         absl::string_view why) const {
  return Fail(ErrorKind::kInvalid, absl::StrCat(Describe(module), " imports '", import.module,
                                                "' '", import.name, "', ", why));
}

Status Links::AddImports(size_t module) {
  std::vector<Link>& links = imports_.emplace_back();
  for (const vm::Import& import : modules_[module].module->imports) {
    TENON_ASSIGN_OR_RETURN(links.emplace_back(), Resolve(module, import));
  }
  return {};
}

const CoreItem* Links::FindPermitted(absl::string_view module, absl::string_view name) const {
  auto found = permitted_by_name_.find({std::string(module), std::string(name)});
  const std::optional<std::string> track = abi::AlternateKey(module);
  if (found == permitted_by_name_.end() && track) {
    found = permitted_by_name_.find({*track, std::string(name)});
  }
  return found == permitted_by_name_.end() ? nullptr : found->second;
}

const CoreItem* Links::FunctionOf(absl::string_view module, absl::string_view name) const {
  if (!absl::ConsumePrefix(&module, kOfExport)) {
    const CoreItem* item = FindPermitted(module, name);
    return item != nullptr && item->role == CoreRole::kFunction ? item : nullptr;
  }
  const std::string exported =
      module == kRoot ? std::string(name) : absl::StrCat(module, "#", name);
  const auto found = wanted_by_name_.find(exported);
  const bool is_function =
      found != wanted_by_name_.end() && found->second->role == CoreRole::kFunction;
  return is_function ? found->second : nullptr;
}

// One at the root, or about a stream or future in a function's signature; task.cancel goes with
// what is exported.
const CoreItem* Links::FindBuiltin(const vm::Import& import) {
  const std::optional<BuiltinName> name = ParseBuiltinName(import.name);
  if (!name) return nullptr;
  CoreItem item = {.role = CoreRole::kBuiltin,
                   .module = std::string(import.module),
                   .name = std::string(import.name),
                   .type = BuiltinType(name->builtin),
                   .builtin = name->builtin,
                   .is_of_export = absl::StartsWith(import.module, kOfExport)};
  if (name->payload) {
    const CoreItem* of = FunctionOf(import.module, name->function);
    if (of == nullptr) return nullptr;
    item.world_item = of->world_item;
    item.function = of->function;
    item.builtin.type = payloads_.Find(*of->function, *name->payload);
    if (!item.builtin.type) return nullptr;
  } else if (name->builtin.is(abi::syntax::CanonBuiltinKind::kTaskCancel)
                 ? !item.is_of_export
                 : import.module != kRoot) {
    return nullptr;
  }
  builtins_.push_back(std::move(item));
  return permitted_by_name_[{builtins_.back().module, builtins_.back().name}] = &builtins_.back();
}

Result<Link> Links::Resolve(size_t module, const vm::Import& import) {
  Link link{.import = &import};
  const vm::Module& from = *modules_[module].module;
  const auto* index = std::get_if<vm::TypeIdx>(&import.type);
  if (index != nullptr) link.type = FuncTypeAt(from, *index);
  const bool is_adapter = module != kMainModuleIndex;
  if (is_adapter && import.kind() == vm::ExternKind::kMemory) {
    link.kind = Link::Kind::kMainMemory;
    return link;
  }
  const vm::FuncType* expected = nullptr;
  if (is_adapter && import.module == kMainModule) {
    link.kind = Link::Kind::kMainExport;
    const ModuleIndex& main = indices_[kMainModuleIndex];
    const vm::Export* found = main.FindExport(import.name);
    if (found == nullptr || found->kind != vm::ExternKind::kFunc) {
      return FailImport(module, import, "which the core module does not export");
    }
    expected = main.FuncTypeOf(found->index);
  }
  for (size_t i = 1; !is_adapter && i < modules_.size(); ++i) {
    if (import.module != modules_[i].name) continue;
    link.kind = Link::Kind::kAdapter;
    link.module = i;
    const vm::Export* found = indices_[i].FindExport(import.name);
    if (found == nullptr || found->kind != vm::ExternKind::kFunc) {
      return FailImport(module, import, "which the adapter does not export");
    }
    expected = indices_[i].FuncTypeOf(found->index);
  }
  if (link.kind == Link::Kind::kWorld) {
    link.item = FindPermitted(import.module, import.name);
    if (link.item == nullptr) link.item = FindBuiltin(import);
    if (link.item == nullptr) {
      std::vector<absl::string_view> names;
      for (const CoreItem& item : permitted_) {
        if (item.module == import.module) names.push_back(item.name);
      }
      if (const auto* gated = FindGatedBuiltin(import.name)) {
        return FailImport(module, import,
                          absl::StrCat("which is canon ", gated->name, " of ", gated->gate,
                                       ": this version does not have that"));
      }
      std::string advice = DidYouMean(import.name, names);
      if (import.module == kPreview1) absl::StrAppend(&advice, kPreview1Advice);
      return FailImport(module, import,
                        absl::StrCat("which neither its world nor an adapter has", advice));
    }
    expected = &link.item->type;
  }
  if (expected != nullptr && !IsPlain(*expected)) {
    return FailImport(module, import, "and references can't be handed from module to module");
  }
  if (link.type == nullptr || expected == nullptr || *link.type != *expected) {
    return FailImport(module, import,
                      absl::StrCat("as ", link.type == nullptr ? "no function" : Show(*link.type),
                                   "; expected ", expected == nullptr ? "none" : Show(*expected)));
  }
  return link;
}

Status Links::AddExports(size_t module) {
  ModuleRoles& roles = roles_.emplace_back();
  const vm::Module& from = *modules_[module].module;
  for (const vm::Export& each : from.exports) {
    const auto found = wanted_by_name_.find(each.name);
    const CoreItem* item = found == wanted_by_name_.end() ? nullptr : found->second;
    if (IsRealloc(each.name)) TakeRealloc(each.name, roles);
    if (each.name == kThreadTable && IsThreadTable(from, each)) roles.table = kThreadTable;
    if (item == nullptr) continue;
    const bool is_memory = item->role == CoreRole::kMemory;
    if (is_memory != (each.kind == vm::ExternKind::kMemory)) continue;
    if (is_memory) {
      roles.memory = std::string(each.name);
      continue;
    }
    const vm::FuncType* type =
        each.kind == vm::ExternKind::kFunc ? indices_[module].FuncTypeOf(each.index) : nullptr;
    if (type == nullptr || *type != item->type) {
      return Fail(ErrorKind::kInvalid,
                  absl::StrCat(Describe(module), " exports '", each.name, "' as ",
                               type == nullptr ? "no function" : Show(*type), "; expected ",
                               Show(item->type)));
    }
    if (item->role == CoreRole::kRealloc) {
      TakeRealloc(each.name, roles);
    } else if (item->role == CoreRole::kInitialize) {
      roles.initialize = std::string(each.name);
    } else {
      AddExported({item, module, std::string(each.name)});
    }
  }
  return {};
}

void Links::AddExported(ExportedItem exported) {
  const CoreItem& item = *exported.item;
  if (item.role == CoreRole::kDestructor) {
    destructors_.emplace(std::pair(item.world_item, item.resource), exported_.size());
  } else {
    by_function_.emplace(std::tuple(item.role, item.world_item, item.function), exported_.size());
  }
  exported_.push_back(std::move(exported));
}

const ExportedItem* Links::Find(CoreRole role, size_t place, const Function* function) const {
  const auto found = by_function_.find(std::tuple(role, place, function));
  return found == by_function_.end() ? nullptr : &exported_[found->second];
}

const ExportedItem* Links::FindDestructor(size_t place, TypeIdx resource) const {
  const auto found = destructors_.find(std::pair(place, resource));
  return found == destructors_.end() ? nullptr : &exported_[found->second];
}

Status Links::CheckComplete() const {
  for (const CoreItem& item : wanted_) {
    if (item.role != CoreRole::kFunction) continue;
    if (Find(CoreRole::kFunction, item.world_item, item.function) != nullptr) continue;
    return Fail(ErrorKind::kInvalid, absl::StrCat("the core module does not export '", item.name,
                                                  "', which its world has"));
  }
  for (const ExportedItem& each : exported_) {
    if (each.item->role != CoreRole::kFunction || each.item->side != CallSide::kAsyncLift) continue;
    const ExportedItem* callback =
        Find(CoreRole::kCallback, each.item->world_item, each.item->function);
    if (callback != nullptr && callback->module == each.module) continue;
    return Fail(ErrorKind::kInvalid,
                absl::StrCat(Describe(each.module), " does not export '[callback]", each.name,
                             "', which '", each.name, "' needs"));
  }
  return {};
}

}  // namespace tenon::wit
