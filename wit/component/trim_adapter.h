// An adapter made small: what its exports that are wanted do not reach is left out, imports too.
// And it gets a stack: an adapter shares the memory of the main module, which knows nothing of it,
// so that its stack is a block that it asks the main module's realloc for, or pages of its own.
//
// Of an adapter this is expected: it imports its memory and what "__main_module__" exports, and has
// neither elements nor data. Its names tell its globals `__stack_pointer` and `allocation_state`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "vm/base/status.h"
#include "vm/syntax/module.h"

namespace tenon::wit {

inline constexpr char kMainModule[] = "__main_module__";

// `wanted` are names of exports. `realloc` is how the main module calls its own, empty if it has
// none; an import of it is renamed, or replaced by a function that takes pages.
Result<std::vector<uint8_t>> TrimAdapter(const vm::Module& adapter,
                                         const absl::flat_hash_set<std::string>& wanted,
                                         absl::string_view realloc);

}  // namespace tenon::wit
