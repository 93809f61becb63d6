// Backtraces of compiled code: its frames are walked, and their code's places in the guest looked
// up, after a call has failed and before its stack is used again.
#pragma once

#include "vm/runtime/trap.h"

namespace tenon::vm {

class Store;

// Appends the frames of the entry that was just left (RunBlock::native), innermost first. Nothing
// for a guest that ended itself or was stopped, which may stand anywhere.
void AppendNativeTrace(Store& store, Trap* trap);

}  // namespace tenon::vm
