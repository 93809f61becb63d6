// What the header and the source that are made have in common: comments, and signatures, of which
// wit/README.md has the rules.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "wit/bindgen/c_program.h"

namespace tenon::wit {

// Lines of `///`, or nothing.
std::string CComment(absl::string_view docs, absl::string_view indent);
// "bool demo_find(demo_string_t *name, uint32_t *ret)", cut into lines where it is long.
std::string CSignature(const CProgram& program, const CFunction& function);

}  // namespace tenon::wit
