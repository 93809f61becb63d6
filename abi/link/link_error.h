// What to say when a component can't be linked: which import, what it asks for and what there is,
// down to where two types differ, as errors with a diagnosis. Nothing here runs when all is well.
#pragma once

#include "abi/link/component.h"
#include "abi/link/host.h"
#include "abi/types/compare.h"
#include "absl/strings/string_view.h"

namespace tenon::abi {

class LinkErrors {
 public:
  // Both outlive it.
  LinkErrors(const CompiledComponent& component, const HostLinker& linker)
      : component_(component), linker_(linker) {}

  // The import asks for a core module, say, or for a function where the host has an interface.
  Error OtherKind(const PlanImport& import, absl::string_view message) const;
  // `func` is what the component asks of it.
  Error MissingInterface(const PlanImport& import, absl::string_view func) const;
  Error MissingFunc(const PlanImport& import, const HostInterface& interface,
                    absl::string_view func) const;
  // `resources` are those bound to the component's ids.
  Error OtherType(const PlanImport& import, absl::string_view func, FuncTypeId expected,
                  const canon::FuncShape& found,
                  absl::Span<const ResourceType* const> resources) const;
  // `difference` is what a comparison of `expected` with the guest's type has found.
  Error OtherType(const PlanImport& import, absl::string_view func, FuncTypeId expected,
                  const GuestFunc& found, const TypeDifference& difference) const;

 private:
  // What is there instead.
  struct Offered {
    const char* whose;  // "the host"
    std::string type;   // the whole of it
    const TypeTable& types;
    absl::Span<const ResourceType* const> resources;  // by ResourceId
  };
  Error OtherType(const PlanImport& import, absl::string_view func, FuncTypeId expected,
                  const Offered& offered, const TypeDifference& difference) const;
  absl::string_view OwnerOf(ResourceId id) const;

  const CompiledComponent& component_;
  const HostLinker& linker_;
};

// The component uses a resource type that the host lacks.
Error MissingResource(const Plan& plan, const PlanResource& resource);

}  // namespace tenon::abi
