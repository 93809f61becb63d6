#include "wit/component/assembler.h"

#include <algorithm>
#include <map>
#include <optional>

#include "abi/syntax/limits.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "wit/component/shim_modules.h"
#include "wit/resolve/order.h"
#include "wit/resolve/print.h"
#include "wit/syntax/limits.h"

namespace tenon::wit {

namespace syntax = abi::syntax;
using abi::Sort;
using BuiltinKind = syntax::CanonBuiltinKind;

namespace {

// Of a stream or future.
std::optional<TypeRef> ElementOf(const Type& type) {
  const auto* stream = std::get_if<Stream>(&type.what);
  return stream != nullptr ? stream->element : std::get<Future>(type.what).element;
}

}  // namespace

Assembler::Assembler(const Packages& packages, const Shapes& shapes, WorldIdx world,
                     const Links& links, absl::Span<const std::vector<uint8_t>> binaries)
    : packages_(packages),
      shapes_(shapes),
      world_(packages[world]),
      links_(links),
      binaries_(binaries),
      types_(packages, world_, writer_),
      imported_payloads_(packages, writer_, [this](TypeIdx type) { return types_.Encode(type); }),
      exported_payloads_(packages, writer_,
                         [this](TypeIdx type) { return ExportedResource(type); }),
      live_(packages),
      names_(packages, world_) {
  for (uint32_t i = 0; i < world_.exports.size(); ++i) {
    const auto* interface = std::get_if<InterfaceIdx>(&world_.exports[i].what);
    if (interface != nullptr && IsHome(world_.exports[i])) exported_.emplace(*interface, i);
  }
  export_needs_.resize(world_.exports.size());
  for (uint32_t place = 0; place < world_.exports.size(); ++place) {
    const auto* interface = std::get_if<InterfaceIdx>(&world_.exports[place].what);
    if (interface == nullptr) continue;
    std::vector<uint32_t>& needs = export_needs_[place];
    for (const InterfaceIdx use : packages_[*interface].uses) {
      if (const auto found = exported_.find(use); found != exported_.end()) {
        needs.push_back(found->second);
      }
    }
    std::sort(needs.begin(), needs.end());
  }
}

Result<std::vector<uint8_t>> Assembler::Run() {
  TENON_RETURN_IF_ERROR(CheckInstances());
  TENON_RETURN_IF_ERROR(FindLive());
  AddImports();
  AddModules();
  AddShims();
  AddResources();
  for (size_t i = 0; i < links_.modules().size(); ++i) TENON_RETURN_IF_ERROR(Instantiate(i));
  TENON_RETURN_IF_ERROR(AddFixup());
  TENON_RETURN_IF_ERROR(AddExports());
  return writer_.Finish();
}

Status Assembler::CheckInstances() const {
  const auto fail = [](size_t count, absl::string_view what) {
    return Fail(ErrorKind::kLimit, absl::StrCat("too many ", what, ": it needs ", count,
                                                ", and the limit is ", abi::kMaxInstances));
  };
  // An interface has the nested component's, which is exported as another one.
  const size_t interfaces = std::count_if(
      world_.exports.begin(), world_.exports.end(),
      [](const WorldItem& item) { return std::holds_alternative<InterfaceIdx>(item.what); });
  if (2 * interfaces > abi::kMaxInstances) return fail(2 * interfaces, "instances");
  absl::flat_hash_set<std::pair<size_t, absl::string_view>> given;
  for (size_t i = 0; i < links_.modules().size(); ++i) {
    for (const Link& link : links_.ImportsOf(i)) given.emplace(i, link.import->module);
  }
  if (given.size() > abi::kMaxInstances) return fail(given.size(), "core instances");
  return {};
}

// --- Imports -------------------------------------------------------------------------------------

// Exported interfaces that it uses, directly or not: their types are not imported for it.
absl::flat_hash_set<InterfaceIdx> Assembler::ExportsUsedBy(uint32_t place) const {
  absl::flat_hash_set<InterfaceIdx> used;
  std::vector<uint32_t> stack = {place};
  while (!stack.empty()) {
    const uint32_t next = stack.back();
    stack.pop_back();
    for (const uint32_t use : export_needs_[next]) {
      const auto interface = std::get<InterfaceIdx>(world_.exports[use].what);
      if (used.insert(interface).second) stack.push_back(use);
    }
  }
  return used;
}

// Of imports only what some module calls is there, and the types that are needed.
Status Assembler::FindLive() {
  for (const WorldItem& item : world_.imports) {
    if (const auto* type = std::get_if<TypeIdx>(&item.what)) live_.Add(*type);
  }
  for (size_t i = 0; i < links_.modules().size(); ++i) {
    for (const Link& link : links_.ImportsOf(i)) {
      if (link.item == nullptr || link.item->is_of_export) continue;
      if (link.item->role == CoreRole::kBuiltin) {
        if (link.item->builtin.type) live_.Add(*link.item->builtin.type);
      } else if (link.item->role != CoreRole::kFunction) {
        live_.Add(link.item->resource);
      } else if (called_.insert(link.item->function).second) {
        live_.Add(*link.item->function);
      }
    }
  }
  uint64_t work = 0;
  for (uint32_t place = 0; place < world_.exports.size(); ++place) {
    const WorldItem& item = world_.exports[place];
    const auto* interface = std::get_if<InterfaceIdx>(&item.what);
    if (interface == nullptr) {
      live_.Add(std::get<Function>(item.what));
      continue;
    }
    const auto used = ExportsUsedBy(place);
    LiveTypes needed(packages_);
    needed.Add(packages_[*interface]);
    if ((work += needed.order().size()) > kMaxWork) {
      return Fail(ErrorKind::kLimit, absl::StrCat("its exported interfaces need more than ",
                                                  kMaxWork, " types, counted for each"));
    }
    for (const TypeIdx type : needed.order()) {
      const auto* owner = std::get_if<InterfaceIdx>(&packages_[type].owner);
      if (owner != nullptr && *owner != *interface && !used.contains(*owner)) live_.Add(type);
    }
  }
  return {};
}

void Assembler::AddImports() {
  for (size_t i = 0; i < world_.imports.size(); ++i) {
    const auto* interface = std::get_if<InterfaceIdx>(&world_.imports[i].what);
    if (interface != nullptr) AddInterfaceImport(i, *interface);
  }
  for (const WorldItem& item : world_.imports) {
    if (const auto* type = std::get_if<TypeIdx>(&item.what)) types_.Encode(*type);
  }
  for (size_t i = 0; i < world_.imports.size(); ++i) {
    const WorldItem& item = world_.imports[i];
    const auto* function = std::get_if<Function>(&item.what);
    if (function == nullptr || !called_.contains(function)) continue;
    const abi::TypeIdx type = types_.Encode(*function);
    const ExternName name(names_.NameOf(item, *function), item.about);
    functions_[i] = abi::FuncIdx(
        writer_.Add(syntax::Import{name, {.sort = Sort::kFunc, .index = type.value()}}));
  }
}

void Assembler::AddInterfaceImport(size_t place, InterfaceIdx interface) {
  InterfacePart part{live_.In(interface), {}};
  for (const Function& function : packages_[interface].functions) {
    if (called_.contains(&function)) part.functions.push_back(&function);
  }
  if (part.types.empty() && part.functions.empty()) return;
  const abi::TypeIdx type = EncodeInstanceType(
      packages_, interface, part, [&](TypeIdx foreign) { return types_.Encode(foreign); }, writer_);
  const ExternName name(packages_, world_.imports[place]);
  const uint32_t instance =
      writer_.Add(syntax::Import{name, {.sort = Sort::kInstance, .index = type.value()}});
  instances_[place] = instance;
  if (IsHome(world_.imports[place])) types_.SetInstance(interface, instance);
}

bool Assembler::IsHome(const WorldItem& item) const {
  return item.name.empty() || packages_[std::get<InterfaceIdx>(item.what)].name.empty();
}

// Of an interface that is exported, or else an import's.
abi::TypeIdx Assembler::ExportedResource(TypeIdx resource) {
  const auto* owner = std::get_if<InterfaceIdx>(&packages_[resource].owner);
  const auto place = owner == nullptr ? exported_.end() : exported_.find(*owner);
  return place == exported_.end() ? types_.Encode(resource)
                                  : resources_.at(place->second).at(resource);
}

abi::TypeIdx Assembler::ResourceIn(bool is_export, size_t place, TypeIdx resource) {
  const auto* interface = std::get_if<InterfaceIdx>(is_export ? &world_.exports[place].what
                                                              : &world_.imports[place].what);
  const auto* owner = std::get_if<InterfaceIdx>(&packages_[resource].owner);
  const bool is_own = interface != nullptr && owner != nullptr && *interface == *owner;
  if (is_own && is_export) return resources_.at(place).at(resource);
  if (is_own && !IsHome(world_.imports[place])) {
    return abi::TypeIdx(writer_.Add(syntax::Alias{.sort = Sort::kType,
                                                  .target = syntax::Alias::Target::kExport,
                                                  .instance = instances_.at(place),
                                                  .name = packages_[resource].name}));
  }
  return is_export ? ExportedResource(resource) : types_.Encode(resource);
}

PayloadTypes& Assembler::PayloadTypesIn(bool is_export, size_t place) {
  const WorldItem& item = (is_export ? world_.exports : world_.imports)[place];
  if (!std::holds_alternative<InterfaceIdx>(item.what) || IsHome(item)) {
    return is_export ? exported_payloads_ : imported_payloads_;
  }
  const auto find = [this, is_export, place](TypeIdx resource) {
    return ResourceIn(is_export, place, resource);
  };
  return own_payloads_
      .try_emplace({is_export, place}, packages_, writer_, PayloadTypes::FindResource(find))
      .first->second;
}

abi::FuncIdx Assembler::ImportedFunction(const CoreItem& item) {
  const auto own = functions_.find(item.world_item);
  if (own != functions_.end()) return own->second;
  const auto known = aliases_.find(&item);
  if (known != aliases_.end()) return known->second;
  const std::string name = ComponentName(packages_, *item.function);
  const abi::FuncIdx index(writer_.Add(syntax::Alias{.sort = Sort::kFunc,
                                                     .target = syntax::Alias::Target::kExport,
                                                     .instance = instances_.at(item.world_item),
                                                     .name = name}));
  return aliases_[&item] = index;
}

// --- Core modules and instances ------------------------------------------------------------------

void Assembler::AddModules() {
  for (size_t i = 0; i < binaries_.size(); ++i) {
    core_modules_.push_back(writer_.AddCoreModule(binaries_[i]));
    const std::string name =
        i == kMainModuleIndex ? "main" : absl::StrCat("adapter:", links_.modules()[i].name);
    writer_.SetName({Sort::kCoreModule, core_modules_.back().value()}, name);
  }
}

bool Assembler::NeedsShim(size_t module, const Link& link) const {
  if (link.kind == Link::Kind::kAdapter) return true;
  if (link.kind != Link::Kind::kWorld) return false;
  if (link.item->role == CoreRole::kBuiltin) {
    return NeedsOf(module, *link.item).memory ||
           link.item->builtin.is(BuiltinKind::kThreadNewIndirect);
  }
  if (link.item->role != CoreRole::kFunction) return false;
  const CoreSignature signature = SignatureOf(shapes_, *link.item->function, link.item->side);
  return signature.needs_memory || signature.needs_realloc;
}

void Assembler::AddShims() {
  std::vector<vm::FuncType> types;
  for (size_t i = 0; i < links_.modules().size(); ++i) {
    for (const Link& link : links_.ImportsOf(i)) {
      if (!NeedsShim(i, link)) continue;
      shim_of_[&link] = shims_.size();
      shims_.push_back({.link = &link, .module = i, .type = *link.type});
    }
  }
  for (const ExportedItem& each : links_.exported()) {
    if (each.item->role != CoreRole::kDestructor) continue;
    shim_of_[&each] = shims_.size();
    shims_.push_back({.destructor = &each, .module = each.module, .type = each.item->type});
  }
  if (shims_.empty()) return;
  for (const Shim& shim : shims_) types.push_back(shim.type);
  const abi::CoreModuleIdx module = writer_.AddCoreModule(MakeShim(types));
  writer_.SetName({Sort::kCoreModule, module.value()}, "shim");
  shim_instance_ = writer_.Add(syntax::CoreInstantiate{module, {}});
  writer_.SetName({Sort::kCoreInstance, shim_instance_.value()}, "shim");
}

uint32_t Assembler::AliasCore(Sort sort, abi::CoreInstanceIdx instance, absl::string_view name) {
  return writer_.Add(syntax::Alias{.sort = sort,
                                   .target = syntax::Alias::Target::kCoreExport,
                                   .instance = instance.value(),
                                   .name = name});
}

abi::CoreFuncIdx Assembler::ShimFunction(size_t place) {
  return abi::CoreFuncIdx(AliasCore(Sort::kCoreFunc, shim_instance_, absl::StrCat(place)));
}

abi::CoreFuncIdx Assembler::CoreFunction(size_t module, absl::string_view name) {
  return abi::CoreFuncIdx(AliasCore(Sort::kCoreFunc, core_instances_[module], name));
}

// Resource types of exported interfaces, which modules may import built-ins of.
void Assembler::AddResources() {
  for (size_t place = 0; place < world_.exports.size(); ++place) {
    const auto* interface = std::get_if<InterfaceIdx>(&world_.exports[place].what);
    if (interface == nullptr) continue;
    for (const TypeIdx type : packages_[*interface].types) {
      if (!std::holds_alternative<Resource>(packages_[type].what)) continue;
      syntax::ResourceType resource{.rep = vm::ValType::kI32};
      if (const ExportedItem* destructor = links_.FindDestructor(place, type)) {
        resource.destructor = ShimFunction(shim_of_.at(destructor));
      }
      resources_[place][type] = writer_.Add(resource);
    }
  }
}

// An instance of the module, for each of the modules it imports from an instance of what it takes.
Status Assembler::Instantiate(size_t module) {
  std::map<absl::string_view, std::vector<syntax::CoreInlineExport>> given;
  std::vector<absl::string_view> order;
  absl::flat_hash_set<std::pair<absl::string_view, absl::string_view>> seen;
  for (const Link& link : links_.ImportsOf(module)) {
    auto& exports = given[link.import->module];
    if (exports.empty()) order.push_back(link.import->module);
    if (!seen.emplace(link.import->module, link.import->name).second) continue;
    TENON_ASSIGN_OR_RETURN(const abi::SortIndex item, Satisfy(module, link));
    exports.push_back({link.import->name, item});
  }
  std::vector<syntax::CoreInstantiateArg> args;
  for (const absl::string_view name : order) {
    args.push_back({name, writer_.Add(absl::MakeConstSpan(given[name]))});
  }
  core_instances_.push_back(writer_.Add(syntax::CoreInstantiate{core_modules_[module], args}));
  const std::string name =
      module == kMainModuleIndex ? "main" : absl::StrCat("adapter:", links_.modules()[module].name);
  writer_.SetName({Sort::kCoreInstance, core_instances_[module].value()}, name);
  const std::string& memory = links_.RolesOf(module).memory;
  if (module == kMainModuleIndex && !memory.empty()) {
    memory_ = AliasCore(Sort::kCoreMemory, core_instances_[module], memory);
  }
  return {};
}

Result<abi::SortIndex> Assembler::Satisfy(size_t module, const Link& link) {
  if (link.kind == Link::Kind::kMainMemory) {
    if (links_.RolesOf(kMainModuleIndex).memory.empty()) {
      return Fail(ErrorKind::kInvalid,
                  "an adapter needs the core module's memory, which that "
                  "does not export as 'memory'");
    }
    return abi::SortIndex{Sort::kCoreMemory, memory_};
  }
  abi::CoreFuncIdx func;
  if (link.kind == Link::Kind::kMainExport) {
    func = CoreFunction(kMainModuleIndex, link.import->name);
  } else if (const auto shim = shim_of_.find(&link); shim != shim_of_.end()) {
    func = ShimFunction(shim->second);
  } else if (link.item->role == CoreRole::kFunction) {
    TENON_ASSIGN_OR_RETURN(func, Lower(module, *link.item));
  } else if (link.item->role == CoreRole::kBuiltin) {
    TENON_ASSIGN_OR_RETURN(func, Builtin(module, *link.item));
  } else {
    func = ResourceBuiltin(*link.item);
  }
  return abi::SortIndex{Sort::kCoreFunc, func.value()};
}

abi::CoreFuncIdx Assembler::ResourceBuiltin(const CoreItem& item) {
  using Op = syntax::CanonResource::Op;
  const abi::TypeIdx type = ResourceIn(item.is_of_export, item.world_item, item.resource);
  const Op op = item.role == CoreRole::kResourceNew   ? Op::kNew
                : item.role == CoreRole::kResourceRep ? Op::kRep
                                                      : Op::kDrop;
  return abi::CoreFuncIdx(writer_.Add(syntax::CanonResource{op, type}));
}

Result<abi::CoreFuncIdx> Assembler::Lower(size_t module, const CoreItem& item) {
  TENON_ASSIGN_OR_RETURN(const Options options, OptionsOf(module, *item.function, item.side));
  const abi::FuncIdx func = ImportedFunction(item);
  return abi::CoreFuncIdx(writer_.Add(syntax::CanonLower{func, options}));
}

Result<abi::CoreFuncIdx> Assembler::Builtin(size_t module, const CoreItem& item) {
  const CoreBuiltin& from = item.builtin;
  TENON_ASSIGN_OR_RETURN(const Options options,
                         OptionsOf(module, NeedsOf(module, item), item.name));
  syntax::CanonBuiltin builtin = {.row = from.row,
                                  .options = options,
                                  .is_async = from.is_async,
                                  .cancellable = from.cancellable,
                                  .slot = from.slot,
                                  .memory = abi::CoreMemoryIdx(memory_),
                                  .value_type = vm::ValType::kI32};
  if (from.is(BuiltinKind::kThreadNewIndirect)) {
    const std::string& table = links_.RolesOf(kMainModuleIndex).table;
    if (table.empty()) {
      return Fail(ErrorKind::kInvalid,
                  absl::StrCat("'", item.name,
                               "' needs a table of 'funcref', which the core module "
                               "does not export as '",
                               kThreadTable, "'"));
    }
    const vm::ValType param = vm::ValType::kI32;
    builtin.core_type = writer_.Add(syntax::CoreFuncType{{&param, 1}, {}});
    builtin.table =
        abi::CoreTableIdx(AliasCore(Sort::kCoreTable, core_instances_[kMainModuleIndex], table));
  }
  if (item.function != nullptr) {
    PayloadTypes& types = PayloadTypesIn(item.is_of_export, item.world_item);
    if (from.type) builtin.type = types.Encode(*from.type);
    if (from.is(BuiltinKind::kTaskReturn)) builtin.result = types.Encode(item.function->result);
  }
  return abi::CoreFuncIdx(writer_.Add(syntax::Canon(&builtin)));
}

Assembler::Needs Assembler::NeedsOf(size_t module, const CoreSignature& signature,
                                    CallSide side) const {
  Needs needs{.memory = signature.needs_memory, .is_async = IsAsync(side)};
  if (signature.needs_encoding) needs.encoding = EncodingOf(module);
  (IsLower(side) ? needs.import_realloc : needs.export_realloc) = signature.needs_realloc;
  return needs;
}

// abi: "canon stream.{read,write}", "canon error-context.new" and their like
Assembler::Needs Assembler::NeedsOf(size_t module, const CoreItem& item) const {
  const CoreBuiltin& builtin = item.builtin;
  if (builtin.is(BuiltinKind::kTaskReturn)) {
    return NeedsOf(module, TaskReturnSignature(shapes_, *item.function), CallSide::kLift);
  }
  Needs needs;
  if (absl::StrContains(builtin.row->immediates, 'm')) needs.memory = true;
  if (!absl::StrContains(builtin.row->immediates, 'o')) return needs;
  if (!builtin.type) {
    needs.memory = true;
    needs.encoding = builtin.encoding;
    needs.import_realloc = builtin.is(BuiltinKind::kErrorContextDebugMessage);
    return needs;
  }
  needs.is_async = builtin.is_async;
  const std::optional<TypeRef> element = ElementOf(packages_[*builtin.type]);
  if (!element) return needs;
  needs.memory = true;
  if (shapes_[*element].has_string) needs.encoding = EncodingOf(module);
  const bool is_read = builtin.is(BuiltinKind::kStreamRead) || builtin.is(BuiltinKind::kFutureRead);
  needs.import_realloc = is_read && shapes_[*element].has_pointer;
  return needs;
}

syntax::CanonOption::Kind Assembler::EncodingOf(size_t module) const {
  return static_cast<syntax::CanonOption::Kind>(
      links_.modules()[module].encoding);  // the same order
}

Result<Assembler::Options> Assembler::OptionsOf(size_t module, const Needs& needs,
                                                absl::string_view name) {
  using Kind = syntax::CanonOption::Kind;
  Options options;
  const auto fail = [&](absl::string_view what, size_t exporter) {
    const std::string& adapter = links_.modules()[exporter].name;
    return Fail(ErrorKind::kInvalid,
                absl::StrCat("'", name, "' needs ", what, ", which ",
                             adapter.empty() ? "the core module" : "the adapter '" + adapter + "'",
                             " does not export"));
  };
  if (needs.encoding) options.push_back({*needs.encoding});
  if (needs.memory) {
    if (links_.RolesOf(kMainModuleIndex).memory.empty()) {
      return fail("a memory", kMainModuleIndex);
    }
    options.push_back({Kind::kMemory, memory_});
  }
  if (needs.import_realloc || needs.export_realloc) {
    const ModuleRoles& roles = links_.RolesOf(module);
    const std::string& realloc = needs.import_realloc ? roles.import_realloc : roles.export_realloc;
    if (realloc.empty()) return fail("'cabi_realloc'", module);
    options.push_back({Kind::kRealloc, CoreFunction(module, realloc).value()});
  }
  if (needs.is_async) options.push_back({Kind::kAsync});
  return options;
}

Result<Assembler::Options> Assembler::OptionsOf(size_t module, const Function& function,
                                                CallSide side) {
  return OptionsOf(module, NeedsOf(module, SignatureOf(shapes_, function, side), side),
                   ComponentName(packages_, function));
}

Result<abi::CoreFuncIdx> Assembler::Fill(const Shim& shim) {
  if (shim.destructor != nullptr) return CoreFunction(shim.module, shim.destructor->name);
  if (shim.link->kind == Link::Kind::kAdapter) {
    return CoreFunction(shim.link->module, shim.link->import->name);
  }
  const CoreItem& item = *shim.link->item;
  return item.role == CoreRole::kFunction ? Lower(shim.module, item) : Builtin(shim.module, item);
}

Status Assembler::AddFixup() {
  const std::string& initialize = links_.RolesOf(kMainModuleIndex).initialize;
  if (shims_.empty() && initialize.empty()) return {};
  std::vector<vm::FuncType> types;
  std::vector<std::string> names;
  std::vector<syntax::CoreInlineExport> exports;
  for (size_t i = 0; i < shims_.size(); ++i) names.push_back(absl::StrCat(i));
  for (size_t i = 0; i < shims_.size(); ++i) {
    TENON_ASSIGN_OR_RETURN(const abi::CoreFuncIdx func, Fill(shims_[i]));
    types.push_back(shims_[i].type);
    exports.push_back({names[i], {Sort::kCoreFunc, func.value()}});
  }
  if (!initialize.empty()) {
    const abi::CoreFuncIdx func = CoreFunction(kMainModuleIndex, initialize);
    exports.push_back({kInitialize, {Sort::kCoreFunc, func.value()}});
  }
  if (!shims_.empty()) {
    exports.push_back(
        {kShimTable, {Sort::kCoreTable, AliasCore(Sort::kCoreTable, shim_instance_, kShimTable)}});
  }
  const abi::CoreModuleIdx module = writer_.AddCoreModule(MakeFixup(types, !initialize.empty()));
  writer_.SetName({Sort::kCoreModule, module.value()}, "fixup");
  const syntax::CoreInstantiateArg arg = {"", writer_.Add(absl::MakeConstSpan(exports))};
  const abi::CoreInstanceIdx instance = writer_.Add(syntax::CoreInstantiate{module, {&arg, 1}});
  writer_.SetName({Sort::kCoreInstance, instance.value()}, "fixup");
  return {};
}

// --- Exports -------------------------------------------------------------------------------------

Result<abi::FuncIdx> Assembler::Lift(size_t place, const Function& function) {
  using Kind = syntax::CanonOption::Kind;
  const ExportedItem& item = *links_.Find(CoreRole::kFunction, place, &function);
  const abi::TypeIdx type = types_.Encode(function);
  const CallSide side = item.item->side;
  TENON_ASSIGN_OR_RETURN(Options options, OptionsOf(item.module, function, side));
  const bool is_async = side == CallSide::kAsyncLift;
  const ExportedItem* second =
      links_.Find(is_async ? CoreRole::kCallback : CoreRole::kPostReturn, place, &function);
  if (side != CallSide::kStackfulLift && second != nullptr && second->module == item.module) {
    const abi::CoreFuncIdx func = CoreFunction(item.module, second->name);
    options.push_back({is_async ? Kind::kCallback : Kind::kPostReturn, func.value()});
  }
  const abi::CoreFuncIdx core = CoreFunction(item.module, item.name);
  return abi::FuncIdx(writer_.Add(syntax::CanonLift{core, options, type}));
}

Status Assembler::AddExports() {
  const Order places = OrderByNeeds(export_needs_);
  if (!places.cycle.empty()) {
    return Fail(ErrorKind::kInvalid, "exported interfaces use types of each other");
  }
  for (const uint32_t place : places.order) {
    const WorldItem& item = world_.exports[place];
    if (const auto* interface = std::get_if<InterfaceIdx>(&item.what)) {
      TENON_RETURN_IF_ERROR(AddInterfaceExport(place, *interface));
      continue;
    }
    TENON_ASSIGN_OR_RETURN(const abi::FuncIdx func, Lift(place, std::get<Function>(item.what)));
    writer_.Add(syntax::Export{ExternName(item.name, item.about), {Sort::kFunc, func.value()}});
  }
  return {};
}

Status Assembler::AddInterfaceExport(size_t place, InterfaceIdx interface) {
  const WorldItem& item = world_.exports[place];
  types_.BeginExport(interface, resources_[place]);
  std::vector<abi::FuncIdx> functions;
  for (const Function& function : packages_[interface].functions) {
    TENON_ASSIGN_OR_RETURN(functions.emplace_back(), Lift(place, function));
  }
  const abi::InstanceIdx instance =
      InstantiateInterface(packages_, interface, functions, types_, writer_);
  const uint32_t exported =
      writer_.Add(syntax::Export{ExternName(packages_, item), {Sort::kInstance, instance.value()}});
  types_.EndExport(IsHome(item) ? std::optional(exported) : std::nullopt);
  return {};
}

}  // namespace tenon::wit
