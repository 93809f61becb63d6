// A Module as text that parses to the same module: fields in the order of sections, every index as
// identifier where the "name" section has one, types always by index. What bytes can say and text
// cannot is lost: LEB128s longer than needed, other groupings of locals, a memory index of 0 that
// is written out, a data count nobody needs, and of the "name" section its place and what is ill-
// formed or names things that are not there. core: #text-module
#pragma once

#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"
#include "vm/text/text_output.h"

namespace tenon::vm {

struct PrintOptions {
  bool fold = false;  // instructions around their operands, not one a line
};

// Hands the text to `sink` piece by piece. The module may be invalid; one with a malformed body is
// an error before anything is printed. An error of the sink ends the printing.
Status PrintModule(const Module& module, const PrintOptions& options, TextSink sink);
// For a module in a component, whose bodies are well formed: what stands behind `(core module $id`,
// the parenthesis too. The module's name is written where it is not `id`.
Status PrintModuleRest(const Module& module, absl::string_view id, const PrintOptions& options,
                       TextOutput* out);

}  // namespace tenon::vm
