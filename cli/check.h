// Input files told by their content, decoded or parsed and validated as a whole, every function's
// body included, as `tenon validate` and `tenon inspect` do it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "abi/valid/resolved_component.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"
#include "vm/syntax/type_store.h"
#include "vm/valid/resolved_module.h"

namespace tenon::cli {

// A core module, in the binary format or as text. Takes a binary's bytes over and leaves a text,
// for the message that shows a line of it.
Result<vm::Module> ReadModule(std::vector<uint8_t>& bytes, const vm::Features& features);

// `types` outlives the result.
Result<std::unique_ptr<const abi::ResolvedComponent>> CheckComponent(std::vector<uint8_t> bytes,
                                                                     vm::TypeStore* types);
Result<std::shared_ptr<const vm::ResolvedModule>> CheckModule(std::vector<uint8_t>& bytes,
                                                              vm::TypeStore* types);

}  // namespace tenon::cli
