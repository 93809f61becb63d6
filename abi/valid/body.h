// A component definition after validation: its definitions as steps whose operands are resolved and
// whose results have explicit places. The planner (planner.h) runs the steps once for each
// instantiation; it looks up exports by name but never counts an index space.
// Types and ResourceIds in steps are as validated: a resource of a body stands for one run-time
// resource type per instantiation, which in the root is the resource itself. Spans and names are
// the syntax's, which outlives the body.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "abi/syntax/canon.h"
#include "abi/syntax/component.h"
#include "abi/types/types.h"
#include "abi/valid/plan.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tenon::abi {

struct ModuleStep {
  ModuleId module;
};
// Gives each import of the module its core instance, in the module's order.
struct CoreInstantiateStep {
  CoreModuleIdx module;
  absl::Span<const syntax::CoreInstantiateArg> args;
};
struct CoreBagStep {
  absl::Span<const syntax::CoreInlineExport> exports;
};
struct ComponentStep {
  uint32_t body = 0;  // into the validation's bodies
};
// `fresh` are the resource types that this instantiation brings into scope, and where to find them
// in the new instance.
struct InstantiateStep {
  ComponentIdx component;
  absl::Span<const syntax::InstantiateArg> args;
  std::vector<ResourcePath> fresh;
};
struct BagStep {
  absl::Span<const syntax::InlineExport> exports;
};
struct AliasStep {
  syntax::Alias alias;
};
struct TypeStep {
  AnyType type;
};
struct ResourceStep {
  ResourceId resource;
  vm::ValType rep;
  std::optional<CoreFuncIdx> destructor;
};
struct BodyOptions {
  StringEncoding encoding = StringEncoding::kUtf8;
  std::optional<CoreMemoryIdx> memory;
  bool memory64 = false;
  bool is_async = false;
  std::optional<CoreFuncIdx> realloc;
  std::optional<CoreFuncIdx> post_return;  // these two: lift only
  std::optional<CoreFuncIdx> callback;
};
struct LiftStep {
  CoreFuncIdx func;
  FuncTypeId type;
  BodyOptions options;
};
struct LowerStep {
  FuncIdx func;
  FuncTypeId type;
  vm::TypeId core_type;
  BodyOptions options;
};
struct ResourceFuncStep {
  syntax::CanonResource::Op op = syntax::CanonResource::Op::kNew;
  ResourceId resource;
  vm::TypeId core_type;
};
// What is resolved of a built-in's immediates; the others stay with the syntax.
struct BuiltinStep {
  const syntax::CanonBuiltin* syntax = nullptr;
  ValType type;  // the stream or future; of task.return: the result
  vm::TypeId core_type;
  BodyOptions options;
};
// `resources` are bound by this import; their paths begin below it.
struct ImportStep {
  const syntax::Name* name = nullptr;
  ExternType type;
  std::vector<ResourcePath> resources;
};
struct ExportStep {
  absl::string_view name;
  SortIndex item;
  ExternType type;
};

struct Step {
  uint32_t result = 0;  // index in the index space of what the step defines
  std::variant<ModuleStep, CoreInstantiateStep, CoreBagStep, ComponentStep, InstantiateStep,
               BagStep, AliasStep, TypeStep, ResourceStep, LiftStep, LowerStep, ResourceFuncStep,
               BuiltinStep, ImportStep, ExportStep>
      step;
};

struct Body {
  const syntax::Component* syntax = nullptr;
  std::vector<Step> steps;
};

}  // namespace tenon::abi
