// Runs of instructions that one handler executes. The code keeps its layout: only the first
// instruction's handler changes, and the second stays complete, for branches to it.
#pragma once

#include "vm/interp/dispatch.h"

namespace tenon::vm::interp {

// The handler that does what `first` does (an instruction's handler, or one returned here before)
// and then `second`, whose instruction stands right behind; null when fuse.def has no such run.
Handler FusedHandler(Handler first, Handler second);

}  // namespace tenon::vm::interp
