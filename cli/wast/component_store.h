// What a running script has made of components: definitions and instances, in a store of their own,
// since components and modules of a script do not meet. The counterpart of script_store.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "abi/link/component.h"
#include "abi/link/host.h"
#include "abi/link/instance.h"
#include "abi/runtime/store.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "cli/wast/runner.h"
#include "cli/wast/script.h"
#include "vm/base/status.h"
#include "vm/runtime/engine.h"

namespace tenon::cli {

// What an action came to: a result, or the trap that ended it.
struct ComponentOutcome {
  abi::ValueFunc func;  // the one called, for its type
  abi::Value result;
  std::optional<vm::Trap> trap;
};

class ComponentStore {
 public:
  explicit ComponentStore(const ScriptOptions& options);
  ComponentStore(const ComponentStore&) = delete;
  ComponentStore& operator=(const ComponentStore&) = delete;

  // Parses or decodes (unless that is done) and validates.
  using Loaded = std::shared_ptr<const abi::CompiledComponent>;
  Result<Loaded> Load(ScriptModule& component);
  // kUnlinkable, or kTrap with the trap's text.
  Result<abi::Instance*> Instantiate(Loaded component);

  // Names as in script_store.h.
  void SetDefinition(absl::string_view name, Loaded component);
  void SetInstance(absl::string_view name, abi::Instance* instance);
  Result<Loaded> Definition(absl::string_view name) const;
  bool HasInstance(absl::string_view name) const { return instances_.contains(name); }

  // An error when there is no such export, or the arguments are not of its types.
  Result<ComponentOutcome> Run(const Action& action);

 private:
  const ScriptOptions& options_;
  vm::Engine engine_;
  abi::HostLinker linker_;
  abi::Store store_;
  std::vector<std::unique_ptr<abi::Instance>> all_instances_;
  absl::flat_hash_map<std::string, Loaded> definitions_;
  absl::flat_hash_map<std::string, abi::Instance*> instances_;
};

}  // namespace tenon::cli
