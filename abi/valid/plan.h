// The instantiation plan: a whole component, nested components written out, as flat tables and one
// list of operations in order. abi: "Instance Definitions", "Canonical Definitions".
// Every name but those of the root's imports is resolved here: a core import is (instance, index in
// that module's index space), a component function is a lifted or an imported one, a resource type
// is an index. Operations refer only to what earlier operations made. A component that is
// instantiated twice appears twice, with its own resource types.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "abi/syntax/canon.h"
#include "abi/syntax/component.h"
#include "abi/types/types.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "vm/base/index.h"
#include "vm/syntax/module.h"
#include "vm/syntax/types.h"

namespace tenon::abi {

using ModuleId = Index<struct PlanModuleTag>;              // into ResolvedComponent::modules
using CoreInstanceId = Index<struct PlanCoreInstanceTag>;  // into Plan::core_instances
using ComponentInstanceId =
    Index<struct PlanInstanceTag>;  // into Plan::component_instances; 0 is the root
using TrampolineId = Index<struct PlanTrampolineTag>;      // into Plan::trampolines
using LiftId = Index<struct PlanLiftTag>;                  // into Plan::lifts
using ImportedFuncId = Index<struct PlanImportedFuncTag>;  // into Plan::imported_funcs

// A core function, table, memory, global or tag.
struct CoreItem {
  enum class Source : uint8_t { kInstance, kTrampoline };
  Source source = Source::kInstance;
  vm::ExternKind kind = vm::ExternKind::kFunc;  // always kFunc for kTrampoline
  CoreInstanceId instance;                      // kInstance
  uint32_t index = 0;                           // kInstance: in the module's index space of `kind`
  TrampolineId trampoline;                      // kTrampoline
};

// A component-level function.
struct FuncRef {
  enum class Source : uint8_t { kLifted, kImported };
  Source source = Source::kLifted;
  LiftId lift;              // kLifted
  ImportedFuncId imported;  // kImported
};

enum class StringEncoding : uint8_t { kUtf8, kUtf16, kLatin1Utf16 };

// Checked canonical options: whatever the signature needs is there and has the right type.
struct LiftLowerOptions {
  StringEncoding encoding = StringEncoding::kUtf8;
  std::optional<CoreItem> memory;
  bool memory64 = false;
  bool is_async = false;
  std::optional<CoreItem> realloc;
  std::optional<CoreItem> post_return;  // lift only
};

// One instance of a component: the owner of a handle table and of the may_enter/may_leave flags.
struct PlanComponentInstance {
  std::optional<ComponentInstanceId> parent;  // nothing for the root
  // For messages: where the definition it is an instance of begins in the root's bytes, and its
  // place among the parent's instances.
  uint64_t definition = 0;
  InstanceIdx index;
  // It uses async built-ins or lifts async functions: its calls are tasks.
  bool is_async = false;
};

struct PlanCoreInstance {
  ModuleId module;
  ComponentInstanceId owner;
  CoreInstanceIdx index;          // among the owner's, for messages
  std::vector<CoreItem> imports;  // one for each import of the module, in its order
};

// A resource type; its index is its ResourceId in all types of the plan. Some are placeholders that
// no operation refers to: resources bound inside a type, or as a nested body was validated with.
struct PlanResource {
  absl::string_view name;  // best known name, for messages
  // Imported by the root: the host provides it.
  std::optional<uint32_t> import;  // into Plan::imports
  NamePath import_path;            // names below that import: {"descriptor"}; empty for a bare type
  // Defined: by this instance, with this destructor and representation.
  ComponentInstanceId owner;
  std::optional<CoreItem> destructor;
  vm::ValType rep = vm::ValType::kI32;
  bool is_imported() const { return import.has_value(); }
};

// A function of the host that the component uses. Unused functions of an imported instance are not
// here, and need not exist (spec: versions).
using ImportPath = absl::InlinedVector<absl::string_view, 1>;
struct PlanImportedFunc {
  uint32_t import = 0;  // into Plan::imports
  ImportPath path;  // names below that import: {"[method]descriptor.sync"}; empty for a bare func
  FuncTypeId type;
};

// An import of the root component. `type` is in the plan's TypeTable; its abstract resources are
// the ResourceIds of the plan.
struct PlanImport {
  absl::string_view name;
  absl::string_view version_suffix;
  ExternType type;
};

// canon lower: a core function that calls a component function.
struct LowerTrampoline {
  FuncRef target;
  FuncTypeId type;
  LiftLowerOptions options;
  std::optional<FuncIdx> func = std::nullopt;  // in its component's index space, for messages
};
// canon resource.new, resource.drop, resource.rep.
struct ResourceTrampoline {
  syntax::CanonResource::Op op = syntax::CanonResource::Op::kNew;
  ResourceId resource;
};
// Any other built-in. What its kind does not need is not set.
struct BuiltinTrampoline {
  syntax::CanonBuiltinKind kind = syntax::CanonBuiltinKind::kTaskCancel;
  bool is_async = false;
  bool cancellable = false;
  uint32_t slot = 0;  // context.get, context.set
  ValType type;       // the stream or future; of task.return: the result
  LiftLowerOptions options;
  CoreItem table;  // thread.new-indirect
};
struct PlanTrampoline {
  ComponentInstanceId instance;  // whose handle table and flags
  vm::TypeId core_type;          // of the core function, in the engine's vm::TypeStore
  std::variant<LowerTrampoline, ResourceTrampoline, std::unique_ptr<BuiltinTrampoline>> body;
};

// canon lift: a component function that calls a core function.
struct PlanLift {
  ComponentInstanceId instance;
  CoreItem func;
  FuncTypeId type;
  LiftLowerOptions options;
  std::optional<CoreItem> callback;
};

struct PlanOp {
  enum class Kind : uint8_t {
    kInstantiateModule,  // core_instances[index]: link, run its start function
    kDefineResource,     // resources[index], which is not imported
    kTrampoline,         // trampolines[index] becomes callable: bind its options
    kLift,               // lifts[index] becomes callable: bind its options
  };
  Kind kind = Kind::kInstantiateModule;
  uint32_t index = 0;
};

struct PlanExport;
struct PlanInstanceExport {
  std::vector<PlanExport> exports;
};
// Exported components are listed without value: the host can't instantiate them.
struct PlanComponentExport {};
struct PlanExport {
  absl::string_view name;
  ExternType type;
  std::variant<FuncRef, ModuleId, TypeItem, PlanInstanceExport, PlanComponentExport> item;
};

struct Plan {
  // Why no host can instantiate the component, or nothing; then there may be imports and exports
  // alone, of which the types count.
  std::string unlinkable;
  std::vector<PlanImport> imports;
  std::vector<PlanImportedFunc> imported_funcs;
  std::vector<PlanResource> resources;
  std::vector<PlanComponentInstance> component_instances;
  std::vector<PlanCoreInstance> core_instances;
  std::vector<PlanTrampoline> trampolines;
  std::vector<PlanLift> lifts;
  std::vector<PlanOp> ops;
  std::vector<PlanExport> exports;
};

}  // namespace tenon::abi
