#include "cli/wast/script_store.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/module.h"
#include "vm/valid/validate.h"

namespace tenon::cli {
namespace {

using vm::Slot;
using vm::ValType;

size_t CountSlots(const std::vector<ValType>& types) {
  size_t count = 0;
  for (const ValType type : types) count += vm::SlotCount(type);
  return count;
}

}  // namespace

// All modules of a script live in one store, so it has room for many that take what one may.
ScriptStore::ScriptStore(const vm::EngineSettings& settings, bool collect_always)
    : engine_(vm::InterpreterTier(), settings),
      store_(&engine_, {.total_memory_bytes = uint64_t{64} << 30,
                        .total_table_entries = 10 * vm::kMaxTableEntries,
                        .collect_always = collect_always}) {}

Status ScriptStore::AddSpectest() {
  TENON_ASSIGN_OR_RETURN(spectest_, MakeSpectest(store_));
  return {};
}

Result<std::shared_ptr<vm::LoadedModule>> ScriptStore::Load(ScriptModule& module) {
  TENON_ASSIGN_OR_RETURN(vm::Module syntax, ReadScriptModule(module, engine_.features()));
  TENON_ASSIGN_OR_RETURN(
      auto resolved,
      vm::ValidateModule(std::make_unique<vm::Module>(std::move(syntax)), &engine_.types(),
                         engine_.features(), vm::BodyValidation::kEager));
  return vm::LoadedModule::Create(&engine_, std::move(resolved), "");
}

Result<vm::Extern> ScriptStore::FindImport(const vm::Import& import) const {
  if (const auto module = registered_.find(import.module); module != registered_.end()) {
    if (std::optional<vm::Extern> found = module->second->Export(import.name)) return *found;
  } else if (import.module == "spectest") {
    if (const auto found = spectest_.find(import.name); found != spectest_.end()) {
      return found->second;
    }
  }
  return Fail(ErrorKind::kUnlinkable,
              absl::StrCat("unknown import \"", import.module, "\" \"", import.name, "\""));
}

Result<vm::Instance*> ScriptStore::Instantiate(std::shared_ptr<vm::LoadedModule> module) {
  std::vector<vm::Extern> imports;
  for (const vm::ResolvedImport& import : module->resolved->imports) {
    TENON_ASSIGN_OR_RETURN(vm::Extern found, FindImport(*import.syntax));
    imports.push_back(found);
  }
  Result<vm::Instance*> instance = vm::Instantiate(store_, std::move(module), imports);
  if (store_.threw()) store_.TrapException();
  if (instance || instance.error().kind() != ErrorKind::kTrap) return instance;
  return Fail(ErrorKind::kTrap, store_.TakeTrap().Message());
}

void ScriptStore::SetDefinition(absl::string_view name, std::shared_ptr<vm::LoadedModule> module) {
  definitions_[""] = module;
  if (!name.empty()) definitions_[name] = std::move(module);
}

void ScriptStore::SetInstance(absl::string_view name, vm::Instance* instance) {
  instances_[""] = instance;
  if (!name.empty()) instances_[name] = instance;
}

Result<std::shared_ptr<vm::LoadedModule>> ScriptStore::Definition(absl::string_view name) const {
  const auto found = definitions_.find(name);
  if (found != definitions_.end() && found->second != nullptr) return found->second;
  return Fail(ErrorKind::kUsage, absl::StrCat("no module definition ", name));
}

Result<vm::Instance*> ScriptStore::Instance(absl::string_view name) const {
  const auto found = instances_.find(name);
  if (found != instances_.end() && found->second != nullptr) return found->second;
  return Fail(ErrorKind::kUsage,
              name.empty() ? "no module instance" : absl::StrCat("no module instance ", name));
}

void ScriptStore::Register(absl::string_view module_name, vm::Instance* instance) {
  registered_[module_name] = instance;
}

Result<ScriptStore::SharedExports> ScriptStore::Share(absl::string_view name) const {
  TENON_ASSIGN_OR_RETURN(vm::Instance * instance, Instance(name));
  SharedExports exports;
  for (const vm::Export& item : instance->resolved().module->exports) {
    const std::optional<vm::Extern> found = instance->Export(item.name);
    auto* const* memory = found ? std::get_if<vm::Memory*>(&*found) : nullptr;
    if (memory == nullptr || !(*memory)->type().shared) continue;
    exports.push_back({std::string(item.name), (*memory)->type(), (*memory)->region()});
  }
  return exports;
}

// A module that imports the memories and exports them again.
Result<vm::Instance*> ScriptStore::Adopt(const SharedExports& exports) {
  auto module = std::make_unique<vm::Module>();
  std::vector<vm::Extern> memories;
  for (const SharedExport& item : exports) {
    const absl::string_view name = module->texts.emplace_front(item.name);
    module->imports.push_back({.name = name, .type = item.type});
    module->exports.push_back({.name = name,
                               .kind = vm::ExternKind::kMemory,
                               .index = static_cast<uint32_t>(memories.size())});
    TENON_ASSIGN_OR_RETURN(vm::Memory * memory, store_.ShareMemory(item.region));
    memories.push_back(memory);
  }
  TENON_ASSIGN_OR_RETURN(
      auto resolved, vm::ValidateModule(std::move(module), &engine_.types(), vm::Features::All(),
                                        vm::BodyValidation::kEager));
  return vm::Instantiate(store_, vm::LoadedModule::Create(&engine_, std::move(resolved), ""),
                         memories);
}

Result<ActionOutcome> ScriptStore::Run(const Action& action) {
  TENON_ASSIGN_OR_RETURN(vm::Instance * instance, Instance(action.instance));
  const std::optional<vm::Extern> found = instance->Export(action.name);
  if (action.kind == Action::Kind::kInvoke) {
    const auto* func = found ? std::get_if<const vm::Func*>(&*found) : nullptr;
    if (func != nullptr) return Invoke(**func, action);
  } else if (found) {
    if (const auto* global = std::get_if<vm::GlobalRef>(&*found)) {
      const ValType type = global->type.type;
      ActionOutcome outcome;
      outcome.types = {type};
      outcome.slots.assign(global->cell, global->cell + vm::SlotCount(type));
      return outcome;
    }
  }
  return Fail(ErrorKind::kUsage, absl::StrCat("unknown export \"", action.name, "\""));
}

Result<Slot> ScriptStore::ReferenceSlot(const ScriptValue& value) {
  if (value.is_null) return Slot{0};
  vm::Root& root = host_refs_[value.host_value];
  if (root.get() == vm::kNullRef) root = store_.Keep(store_.NewExternRef(value.host_value));
  if (root.get() == vm::kNullRef) return Fail(ErrorKind::kLimit, "no room for a host reference");
  return Slot{root.get()};
}

Result<ActionOutcome> ScriptStore::Invoke(const vm::Func& func, const Action& action) {
  const vm::FuncType& type = engine_.types().Get(func.type_id).func;
  if (action.arguments.size() != type.params.size()) {
    return Fail(ErrorKind::kUsage, "wrong number of arguments");
  }
  const size_t result_slots = CountSlots(type.results);
  std::vector<Slot> slots;
  for (size_t i = 0; i < type.params.size(); ++i) {
    const ScriptValue& value = action.arguments[i];
    if (!engine_.types().Matches(value.type, type.params[i])) {
      return Fail(ErrorKind::kUsage, absl::StrCat("wrong type of argument ", i));
    }
    if (value.type.is_ref()) {
      TENON_ASSIGN_OR_RETURN(const Slot reference, ReferenceSlot(value));
      slots.push_back(reference);
    } else {
      Slot bits[2];
      std::memcpy(bits, value.bits.bytes, sizeof bits);
      slots.insert(slots.end(), bits, bits + vm::SlotCount(value.type));
    }
  }
  slots.resize(std::max({slots.size(), result_slots, size_t{1}}));

  ActionOutcome outcome;
  switch (store_.Invoke(func, slots.data())) {
    case vm::CallOutcome::kReturned: break;
    case vm::CallOutcome::kTrapped: outcome.trap = store_.TakeTrap(); return outcome;
    case vm::CallOutcome::kThrew:
      outcome.threw = true;
      store_.TakeException();
      return outcome;
  }
  slots.resize(result_slots);
  outcome.types = type.results;
  outcome.slots = std::move(slots);
  return outcome;
}

}  // namespace tenon::cli
