// A resolved component in an archive: its core modules, each as vm/valid/archived_module.h has it,
// then its types and its plan.
#pragma once

#include <cstdint>
#include <vector>

#include "abi/valid/resolved_component.h"
#include "vm/syntax/type_store.h"
#include "vm/valid/archive.h"

namespace tenon::abi {

// `types` is the store that it was validated with, to which nothing is added meanwhile.
std::vector<uint8_t> ArchiveOf(const ResolvedComponent& component, const vm::TypeStore& types);

// Sets `types` and `plan`, of which names are views of the archive. The modules were read.
void ReadTypesAndPlan(vm::ArchiveReader& archive, ResolvedComponent* component);

}  // namespace tenon::abi
