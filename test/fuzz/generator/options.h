// What a generated module may have: its features, and how much of what engines decide for
// themselves. Modules of the same bytes and options are the same.
#pragma once

#include "vm/syntax/features.h"
#include "vm/syntax/opcode.h"

namespace tenon::vm {

struct GeneratorOptions {
  Features features = Features::All();  // of Core 3.0 only exception-handling may be off
  bool exception_references = true;     // try_table, throw_ref and references to exceptions
  bool portable = false;                // nothing whose outcome is an engine's own affair
};

inline bool HasExceptionReferences(const GeneratorOptions& options) {
  return options.exception_references && options.features.Has(Feature::kExceptionHandling);
}

inline bool HasRow(const GeneratorOptions& options, Opcode op) {
  if (op == Opcode::TryTable || op == Opcode::ThrowRef) return HasExceptionReferences(options);
  return options.features.Has(Info(op).feature);
}

}  // namespace tenon::vm
