// Function bodies decoded without being checked, to find malformed ones before anything else is
// reported: the reference interpreter decodes everything first. core: #binary-code
#pragma once

#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"

namespace tenon::vm {

// Fails when one of the bodies is malformed. `needs_data_count` is set when one names a data
// segment.
Status ScanBodies(const Module& module, const Features& features, bool* needs_data_count);

}  // namespace tenon::vm
