// The component validator: syntax in, ResolvedComponent out. abi: Binary.md and Explainer.md,
// validation notes. What this version lacks (values) is refused by name, and so is what is off of
// the component model's features.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "abi/syntax/component.h"
#include "abi/valid/resolved_component.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/type_store.h"
#include "vm/valid/resolved_module.h"
#include "vm/valid/validate.h"

namespace tenon::abi {

// Decodes and validates one nested core module (whether bodies are checked now or lazily is the
// caller's choice). `offset` is where `bytes` begin in the component. Its types must be interned in
// the TypeStore that ValidateComponent is given.
using CoreModuleLoader = std::function<Result<std::shared_ptr<const vm::ResolvedModule>>(
    vm::SharedBytes bytes, uint64_t offset)>;

// A loader by vm/binary and vm/valid, with the given features.
CoreModuleLoader CoreLoader(vm::TypeStore* types, vm::Features features, vm::BodyValidation mode);

// `types` outlives the result.
Result<std::unique_ptr<const ResolvedComponent>> ValidateComponent(
    std::unique_ptr<const syntax::RootComponent> component, vm::TypeStore* types,
    const CoreModuleLoader& load_module, vm::Features features = vm::Features());

}  // namespace tenon::abi
