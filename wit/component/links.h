// What the core modules of a component import from and export to each other and the world: each
// import resolved to what it means, each function of the world's exports to the module that has it.
// Names are those of core_names.h and core_builtins.h; both manglings may stand side by side.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "vm/base/status.h"
#include "vm/syntax/module.h"
#include "wit/abi/core_names.h"
#include "wit/binary/encode.h"
#include "wit/component/core_module.h"

namespace tenon::wit {

// A module in the making; the first one is the main module, others are adapters by their names.
struct LinkedModule {
  std::string name;
  const vm::Module* module = nullptr;
  StringEncoding encoding = StringEncoding::kUtf8;
};
inline constexpr size_t kMainModuleIndex = 0;

struct Link {
  enum class Kind : uint8_t {
    kWorld,       // a function or built-in of the world: `item`
    kAdapter,     // a function of an adapter: `module`
    kMainMemory,  // of the main module, as are the other two
    kMainExport,  // by its name
  };
  Kind kind = Kind::kWorld;
  const CoreItem* item = nullptr;
  size_t module = 0;
  const vm::Import* import = nullptr;
  const vm::FuncType* type = nullptr;  // of a function
};

// A function of a world's export, a destructor or post-return, by the module that has it.
struct ExportedItem {
  const CoreItem* item = nullptr;
  size_t module = 0;
  std::string name;
};

// Names that are no part of a world.
struct ModuleRoles {
  std::string memory;          // empty where there is none, as all of them
  std::string import_realloc;  // for results of what it imports
  std::string export_realloc;  // for parameters of what it exports
  std::string initialize;
  std::string table;  // of functions, from which threads are started
};

// The exports of an adapter that are of use: functions that the main module imports from it, those
// of the world, and its reallocs. Nothing if it is of no use at all.
absl::flat_hash_set<std::string> WantedOf(const LinkedModule& adapter, const ModuleIndex& main,
                                          const std::vector<CoreItem>& exports);

class Links {
 public:
  // Fails (kInvalid) with the name of the first import that nothing satisfies, of an export that is
  // missing, or of one of another type. The modules outlive it.
  static Result<Links> Make(const Packages& packages, const Shapes& shapes, WorldIdx world,
                            std::vector<LinkedModule> modules);

  const std::vector<LinkedModule>& modules() const { return modules_; }
  // In the order of the module's imports.
  const std::vector<Link>& ImportsOf(size_t module) const { return imports_[module]; }
  const ModuleRoles& RolesOf(size_t module) const { return roles_[module]; }
  // Of the world's export at `place`: a world may export an interface under several names. Null if
  // no module has it.
  const ExportedItem* Find(CoreRole role, size_t place, const Function* function) const;
  const ExportedItem* FindDestructor(size_t place, TypeIdx resource) const;
  const std::vector<ExportedItem>& exported() const { return exported_; }

 private:
  explicit Links(const Packages& packages) : payloads_(packages) {}
  Status AddImports(size_t module);
  // Null where there is none.
  const CoreItem* FindPermitted(absl::string_view module, absl::string_view name) const;
  const CoreItem* FindBuiltin(const vm::Import& import);
  // The function whose name stands in a built-in's.
  const CoreItem* FunctionOf(absl::string_view module, absl::string_view name) const;
  Result<Link> Resolve(size_t module, const vm::Import& import);
  Status AddExports(size_t module);
  void AddExported(ExportedItem exported);
  Status CheckComplete() const;
  std::unexpected<Error> FailImport(size_t module, const vm::Import& import,
                                    absl::string_view why) const;
  std::string Describe(size_t module) const;

  std::vector<LinkedModule> modules_;
  std::vector<ModuleIndex> indices_;          // by module
  std::vector<CoreItem> permitted_, wanted_;  // imports and exports, in both manglings
  std::map<std::pair<std::string, std::string>, const CoreItem*> permitted_by_name_;
  std::deque<CoreItem> builtins_;  // those that are imported; among the permitted ones then
  Payloads payloads_;
  std::map<std::string, const CoreItem*, std::less<>> wanted_by_name_;
  std::vector<std::vector<Link>> imports_;
  std::vector<ModuleRoles> roles_;
  std::vector<ExportedItem> exported_;
  // Places there, the first of each.
  absl::flat_hash_map<std::tuple<CoreRole, size_t, const Function*>, size_t> by_function_;
  absl::flat_hash_map<std::pair<size_t, TypeIdx>, size_t> destructors_;
};

}  // namespace tenon::wit
