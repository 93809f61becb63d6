// A core module's imports and exports in the words of the text format, for whoever reads or parses
// them. core: #text-module
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cli/inspect/inspection.h"
#include "vm/valid/resolved_module.h"

namespace tenon::cli {

std::vector<CoreExtern> CoreImports(const vm::ResolvedModule& module);
std::vector<CoreExtern> CoreExports(const vm::ResolvedModule& module);

// A name as a string of the text format: in quotes, and with no control character.
std::string Quoted(absl::string_view name);

}  // namespace tenon::cli
