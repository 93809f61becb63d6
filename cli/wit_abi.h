// `tenon wit --abi`: what a core module must import and export for a world, each under its name
// there and with its core type.
#pragma once

#include "wit/abi/core_names.h"
#include "wit/resolve/packages.h"

namespace tenon::cli {

// As the fields of a module's text, or as one JSON document.
void PrintCoreAbi(const wit::Packages& packages, wit::WorldIdx world, wit::Mangling mangling,
                  bool json);

}  // namespace tenon::cli
