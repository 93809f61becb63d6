// The pass that writes a component around linked core modules, in the order in which things need
// each other: imports, modules, the shim, resource types, instances, the fixup, exports.
// abi: "Component Definitions", "Canonical Definitions"
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "abi/binary/component_writer.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "vm/base/status.h"
#include "wit/component/component_types.h"
#include "wit/component/links.h"
#include "wit/component/live_types.h"

namespace tenon::wit {

class Assembler {
 public:
  // `binaries` are the modules', in the order of the links.
  Assembler(const Packages& packages, const Shapes& shapes, WorldIdx world, const Links& links,
            absl::Span<const std::vector<uint8_t>> binaries);
  Result<std::vector<uint8_t>> Run();

 private:
  // What the fixup puts into the table.
  struct Shim {
    const Link* link = nullptr;  // an import of `module`; or a destructor that it exports
    const ExportedItem* destructor = nullptr;
    size_t module = 0;
    vm::FuncType type;
  };
  using CoreItemIndex = abi::SortIndex;

  // What the validator would refuse anyway, known before it is written.
  Status CheckInstances() const;

  // What is imported.
  Status FindLive();
  absl::flat_hash_set<InterfaceIdx> ExportsUsedBy(uint32_t place) const;
  void AddImports();
  void AddInterfaceImport(size_t place, InterfaceIdx interface);
  abi::FuncIdx ImportedFunction(const CoreItem& item);

  // Core instances.
  void AddModules();
  bool NeedsShim(size_t module, const Link& link) const;
  void AddShims();
  void AddResources();
  Status Instantiate(size_t module);
  Result<CoreItemIndex> Satisfy(size_t module, const Link& link);
  Result<abi::CoreFuncIdx> Lower(size_t module, const CoreItem& item);
  abi::CoreFuncIdx ResourceBuiltin(const CoreItem& item);
  Result<abi::CoreFuncIdx> Builtin(size_t module, const CoreItem& item);
  Status AddFixup();
  Result<abi::CoreFuncIdx> Fill(const Shim& shim);
  abi::CoreFuncIdx ShimFunction(size_t place);
  abi::CoreFuncIdx CoreFunction(size_t module, absl::string_view name);
  uint32_t AliasCore(abi::Sort sort, abi::CoreInstanceIdx instance, absl::string_view name);

  // Of the options of a lift, a lower or a built-in.
  struct Needs {
    std::optional<abi::syntax::CanonOption::Kind> encoding;
    bool memory = false;
    bool import_realloc = false;
    bool export_realloc = false;
    bool is_async = false;
  };
  using Options = std::vector<abi::syntax::CanonOption>;
  abi::syntax::CanonOption::Kind EncodingOf(size_t module) const;
  Needs NeedsOf(size_t module, const CoreSignature& signature, CallSide side) const;
  Needs NeedsOf(size_t module, const CoreItem& builtin) const;
  // The name is for an error.
  Result<Options> OptionsOf(size_t module, const Needs& needs, absl::string_view name);
  Result<Options> OptionsOf(size_t module, const Function& function, CallSide side);

  // What is exported; `place` is one in the world's exports.
  Status AddExports();
  Status AddInterfaceExport(size_t place, InterfaceIdx interface);
  Result<abi::FuncIdx> Lift(size_t place, const Function& function);

  // Whether the types of an item that is an interface are those that others of its side use: it has
  // its own name, or none. A world may have the same interface under plain names too.
  bool IsHome(const WorldItem& item) const;
  // What a module means by a resource, or by types that speak of some, in an item of the world.
  abi::TypeIdx ExportedResource(TypeIdx resource);
  abi::TypeIdx ResourceIn(bool is_export, size_t place, TypeIdx resource);
  PayloadTypes& PayloadTypesIn(bool is_export, size_t place);

  const Packages& packages_;
  const Shapes& shapes_;
  const World& world_;
  const Links& links_;
  const absl::Span<const std::vector<uint8_t>> binaries_;
  abi::ComponentWriter writer_;
  RootTypes types_;
  PayloadTypes imported_payloads_, exported_payloads_;
  std::map<std::pair<bool, size_t>, PayloadTypes> own_payloads_;  // of those that are no home
  LiveTypes live_;
  absl::flat_hash_set<const Function*> called_;          // of imports
  absl::flat_hash_map<size_t, uint32_t> instances_;      // by place in the world's imports
  absl::flat_hash_map<size_t, abi::FuncIdx> functions_;  // of the world's own
  absl::flat_hash_map<const CoreItem*, abi::FuncIdx> aliases_;
  // Of exports, by their place.
  absl::flat_hash_map<size_t, absl::flat_hash_map<TypeIdx, abi::TypeIdx>> resources_;
  std::vector<abi::CoreModuleIdx> core_modules_;
  std::vector<abi::CoreInstanceIdx> core_instances_;
  std::vector<Shim> shims_;
  absl::flat_hash_map<const void*, size_t> shim_of_;  // by link or destructor
  abi::CoreInstanceIdx shim_instance_;
  uint32_t memory_ = 0;
  WorldNames names_;
  absl::flat_hash_map<InterfaceIdx, uint32_t> exported_;  // places of homes in the world's exports
  std::vector<std::vector<uint32_t>> export_needs_;       // by place: those whose types it uses
};

}  // namespace tenon::wit
