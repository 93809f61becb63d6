// Bindings of a world for C: a header for whoever writes a component in C, and a source that is
// compiled with it. What a user may rely on stands in the header that is made and in wit/README.md.
#pragma once

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "vm/base/status.h"
#include "wit/bindgen/c_program.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

struct COptions {
  bool is_utf16 = false;  // how strings are encoded; else UTF-8
  // The component-type section that goes with the source; none where it is empty.
  absl::Span<const uint8_t> component_type;
};

struct CBindings {
  std::string name;  // of both files, without .h and .c
  std::string header;
  std::string source;
};

// Fails (kLimit) with the place of the first item that C can't have yet: async functions,
// streams, futures and error contexts.
Result<CBindings> BindC(const Packages& packages, WorldIdx world, const COptions& options);

// Its steps.
Result<CProgram> BuildC(const Packages& packages, WorldIdx world, bool is_utf16);
std::string PrintCHeader(const CProgram& program);
std::string PrintCSource(const CProgram& program, absl::Span<const uint8_t> component_type);

}  // namespace tenon::wit
