// vm::Slot, which the public headers need too, with what goes into two of them: whoever reads or
// writes slots inside includes this.
#pragma once

#include <tenon/slot.h>  // IWYU pragma: export

#include "vm/sem/v128.h"  // IWYU pragma: export
