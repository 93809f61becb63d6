// The functions of the source that is made: a C function around each core import, a core export
// around each C function.
#pragma once

#include <string>

#include "wit/bindgen/c_flat.h"
#include "wit/bindgen/c_program.h"

namespace tenon::wit {

std::string PrintCFunctions(const CProgram& program, CFlat& flat);

}  // namespace tenon::wit
