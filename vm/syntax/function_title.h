// What messages call a function of a module: by its index, and its name where the "name" section or
// an export tells it. core: #binary-funcnamesec
#pragma once

#include <cstdint>
#include <string>

#include "vm/syntax/module.h"

namespace tenon::vm {

// `function 3 (f)`, with the name of the "name" section, `function 3 (export "f")`, with that of an
// export, or `function 3`. Very long names are left out.
std::string FunctionTitle(const Module& module, uint32_t func);

}  // namespace tenon::vm
