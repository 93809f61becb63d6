// What component validation produces and linking, instantiation, the canonical ABI and fusing
// consume. Indices were counted once, here; nobody downstream looks at index spaces again.
// Immutable, shared by all instances.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "abi/syntax/component.h"
#include "abi/types/type_table.h"
#include "abi/valid/plan.h"
#include "vm/syntax/module.h"
#include "vm/valid/resolved_module.h"

namespace tenon::abi {

struct ResolvedComponent {
  std::unique_ptr<const syntax::RootComponent> syntax;  // null: of a compiled file
  vm::SharedBytes source;                               // then the component, in the binary format
  // The types of `plan`. ResourceId i is plan.resources[i].
  std::unique_ptr<const TypeTable> types;
  std::vector<std::shared_ptr<const vm::ResolvedModule>> modules;  // by ModuleId
  Plan plan;

  // For messages: of a compiled file it is decoded when first asked for, and null if it is damaged.
  const syntax::RootComponent* Syntax() const;
  // What an instance is one of; null as above.
  const syntax::Component* DefinitionOf(const PlanComponentInstance& instance) const;

 private:
  mutable std::once_flag once_;
  mutable std::unique_ptr<const syntax::RootComponent> decoded_;
};

}  // namespace tenon::abi
