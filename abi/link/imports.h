// Finding what a component imports among what the host offers, and saying what is missing in WIT's
// words. The structural check comes after the lookup: what an import lists must be there with its
// type, but a component made for a later version of an interface runs as long as it does not use
// what is new.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "abi/link/component.h"
#include "abi/link/host.h"

namespace tenon::abi {

struct ResolvedImports {
  std::vector<HostFunc> funcs;  // by ImportedFuncId
  std::vector<const ResourceType*>
      resources;  // by ResourceId; absent: missing, or the component's own
  std::shared_ptr<std::deque<std::string>> messages;  // of functions that trap; they point to these
};

// What instances of guests export is for the store they are in alone.
Result<ResolvedImports> ResolveImports(const CompiledComponent& component, const HostLinker& linker,
                                       const Store& store);

}  // namespace tenon::abi
