// How guests' accesses to linear memory are kept within it: an engine's setting, good for all that
// it compiles and runs.
#pragma once

#include <cstdint>

namespace tenon {

enum class Bounds : uint8_t {
  kGuard,     // by reserved address space around each memory, where faults are handled, wherever
              // the memory's type allows that
  kExplicit,  // by a check before each access, for hosts that take no handlers for faults
};

}  // namespace tenon
