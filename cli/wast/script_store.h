// What a running script has made so far: module definitions, instances, registered names and host
// references, all in one store. Answers in errors and traps; what they mean for a directive is the
// runner's affair.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "cli/wast/script.h"
#include "cli/wast/spectest.h"
#include "vm/base/status.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/store.h"

namespace tenon::cli {

// What an action came to: values, or the trap or exception that ended it.
struct ActionOutcome {
  std::vector<vm::ValType> types;
  std::vector<vm::Slot> slots;  // two for a v128
  std::optional<vm::Trap> trap;
  bool threw = false;
};

class ScriptStore {
 public:
  ScriptStore(const vm::EngineSettings& settings, bool collect_always);
  ScriptStore(const ScriptStore&) = delete;
  ScriptStore& operator=(const ScriptStore&) = delete;

  // Must be called first, once.
  Status AddSpectest();

  // Parses or decodes (unless that is done) and validates. Takes the module's contents.
  Result<std::shared_ptr<vm::LoadedModule>> Load(ScriptModule& module);
  // kUnlinkable, or kTrap with the trap's text.
  Result<vm::Instance*> Instantiate(std::shared_ptr<vm::LoadedModule> module);

  // Names: "$M", or empty for the last one only. A null instance takes a name away, so that what
  // follows a failed module does not run against an older one.
  void SetDefinition(absl::string_view name, std::shared_ptr<vm::LoadedModule> module);
  void SetInstance(absl::string_view name, vm::Instance* instance);
  Result<std::shared_ptr<vm::LoadedModule>> Definition(absl::string_view name) const;
  Result<vm::Instance*> Instance(absl::string_view name) const;
  // Offers an instance's exports to imports from `module_name`.
  void Register(absl::string_view module_name, vm::Instance* instance);

  // An error when there is no such export, or the arguments do not fit it.
  Result<ActionOutcome> Run(const Action& action);

  // The shared memories that an instance exports, for a store of another thread; and as an instance
  // of its own there, which exports nothing else.
  struct SharedExport {
    std::string name;
    vm::MemoryType type;
    std::shared_ptr<vm::MemoryRegion> region;
  };
  using SharedExports = std::vector<SharedExport>;
  Result<SharedExports> Share(absl::string_view instance) const;
  Result<vm::Instance*> Adopt(const SharedExports& exports);

  const vm::Store& store() const { return store_; }

 private:
  Result<vm::Extern> FindImport(const vm::Import& import) const;
  Result<ActionOutcome> Invoke(const vm::Func& func, const Action& action);
  Result<vm::Slot> ReferenceSlot(const ScriptValue& value);

  vm::Engine engine_;
  vm::Store store_;
  HostModule spectest_;
  absl::flat_hash_map<std::string, std::shared_ptr<vm::LoadedModule>> definitions_;
  absl::flat_hash_map<std::string, vm::Instance*> instances_;
  absl::flat_hash_map<std::string, vm::Instance*> registered_;
  absl::flat_hash_map<uint64_t, vm::Root> host_refs_;  // by host value
};

}  // namespace tenon::cli
