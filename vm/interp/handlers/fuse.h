// Pairs of instructions that one handler runs. The code keeps its layout: only the first
// instruction's handler changes, and the second stays complete, for branches to it.
#pragma once

#include "vm/interp/dispatch.h"

namespace tenon::vm::interp {

// The handler that runs `first` and then `second`, which stands right behind it; null when the pair
// is not one of fuse.def.
Handler FusedHandler(Handler first, Handler second);

}  // namespace tenon::vm::interp
