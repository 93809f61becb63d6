// What the processor at hand can do beyond what we are compiled for. Asked once; whoever has two
// ways of doing something picks by it.
#pragma once

#include "vm/sys/x86_64/cpu_attributes.h"

namespace tenon::vm::sys {

// Fused multiply-add, as functions marked TENON_WITH_FMA use it.
bool HasFma();

}  // namespace tenon::vm::sys
