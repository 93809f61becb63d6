// What follows from an engine's setting of Bounds for a type of memory.
// core: #exec-load, #exec-store
#pragma once

#include <tenon/bounds.h>  // IWYU pragma: export

#include "vm/syntax/types.h"

namespace tenon::vm {

// Whether memories of the type need no checks. Modules are translated for the types that they
// declare, and a memory matches its import's address and page size exactly; so all who reach a
// memory agree on this. What 64 bits can reach is too much to reserve, and what lies between the
// end of a small page and the host's next page does not fault.
constexpr bool IsGuarded(const MemoryType& type, Bounds bounds) {
  return bounds == Bounds::kGuard && type.address == AddressType::kI32 &&
         type.page_size_log2 >= kWasmPageLog2;
}

}  // namespace tenon::vm
