// The type of a core module, as it is after validation, written again as a definition of a
// component. abi: "Type Definitions"
#pragma once

#include "abi/binary/component_writer.h"
#include "abi/types/types.h"
#include "vm/base/status.h"
#include "vm/syntax/type_store.h"

namespace tenon::abi {

// The index of the type in what `writer` writes. kLimit where functions or references are of types
// that a module type would have to define as groups, and for custom page sizes, which component
// binaries have no code for.
Result<CoreTypeIdx> WriteModuleType(const ModuleType& type, const vm::TypeStore& core_types,
                                    ComponentWriter& writer);

}  // namespace tenon::abi
