// A component's binary without what grows with the code of its core modules (vm/binary/outline.h):
// what is left decodes and validates as the component does, and its instances have the same names.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/binary/outline.h"
#include "vm/syntax/features.h"

namespace tenon::abi {

struct ComponentOutline {
  std::vector<uint8_t> binary;
  std::vector<vm::OutlinedModule> modules;  // in the order they stand in the component
};

// Of a component that has been decoded before.
Result<ComponentOutline> OutlineComponent(absl::Span<const uint8_t> component,
                                          const vm::Features& features);

}  // namespace tenon::abi
