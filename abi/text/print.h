// A component as text that parses to the same component, for people and for other tools: a field
// for each definition, in their order, so that indices stay what they are; identifiers where the
// name section has them; core modules through vm/text. The component may be invalid. README.md says
// what is lost. abi: Explainer.md
#pragma once

#include "abi/syntax/component.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/text/printer.h"
#include "vm/text/text_output.h"

namespace tenon::abi {

// Hands the text to `sink` piece by piece. A core module that is malformed, or needs a feature to
// be read that is off, is an error before anything is printed. An error of the sink ends the
// printing. kLimit: values, which this version has not.
Status PrintComponent(const syntax::RootComponent& root, const vm::PrintOptions& options,
                      const vm::Features& features, vm::TextSink sink);

}  // namespace tenon::abi
