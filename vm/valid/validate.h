// Validation of a module: Module in, ResolvedModule out. core: #valid-modules
//
// Malformed comes before invalid, as in an implementation that decodes everything first: before an
// invalid module is reported, all bodies have been scanned for malformed code (not in kLazy, where
// bodies are not looked at).
#pragma once

#include <memory>

#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"
#include "vm/valid/resolved_module.h"

namespace tenon::vm {

enum class BodyValidation : uint8_t {
  kEager,  // every function body now
  kLazy,   // none; whoever runs a function walks it first
};

// `types` must outlive the result.
Result<std::shared_ptr<ResolvedModule>> ValidateModule(std::unique_ptr<Module> module,
                                                       TypeStore* types, const Features& features,
                                                       BodyValidation mode);

// One recursive type outside of a module, not an empty one: interned in `types`. `known` are the
// types that its type indices count. Returns the id of the first type; the others follow it.
Result<TypeId> ValidateRecType(std::vector<SubType> group, absl::Span<const TypeId> known,
                               TypeStore* types, const Features& features);

}  // namespace tenon::vm
