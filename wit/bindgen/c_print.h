// What the header and the source that are made have in common: signatures, and which types are
// passed how. wit/README.md has the names.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "wit/bindgen/c_program.h"

namespace tenon::wit {

// Lines of `///`, or nothing.
std::string CComment(absl::string_view docs, absl::string_view indent);
// "bool demo_find(demo_string_t *name, uint32_t *ret)", cut into lines where it is long.
std::string CSignature(const CProgram& program, const CFunction& function);
// "demo_list_u8_t *", or "uint32_t " for what is passed as it is
std::string CDeclarator(const CProgram& program, CTypeIdx type, bool by_pointer);
// The case of an option or result that function returns hand out behind a pointer.
const CMember& SomeOf(const CType& option);

}  // namespace tenon::wit
