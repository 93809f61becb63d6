// What component validation produces and linking, instantiation, the canonical ABI and fusing
// consume. Indices were counted once, here; nobody downstream looks at index spaces again.
// Immutable, shared by all instances.
#pragma once

#include <memory>
#include <vector>

#include "abi/syntax/component.h"
#include "abi/types/type_table.h"
#include "abi/valid/plan.h"
#include "vm/valid/resolved_module.h"

namespace tenon::abi {

struct ResolvedComponent {
  std::unique_ptr<const syntax::RootComponent> syntax;
  // The types of `plan`. ResourceId i is plan.resources[i].
  std::unique_ptr<const TypeTable> types;
  std::vector<std::shared_ptr<const vm::ResolvedModule>> modules;  // by ModuleId
  Plan plan;
};

}  // namespace tenon::abi
