// Which value of which call a trap of lifting or lowering is about, in WIT's words: "in parameter
// \"s\" of \"a:b/c@1.0.0#f\"". Nothing is kept for it but where to look: all is found out when
// there is a trap to write, so that calls that go well pay nothing.
#pragma once

#include <cstdint>
#include <string>

#include "abi/canon/context.h"
#include "abi/canon/lifted_func.h"
#include "abi/valid/resolved_component.h"
#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"

namespace tenon::abi {

// A `canon lower`: one of a component's trampolines. The component is the instance's.
struct LowerSite {
  const ResolvedComponent* component = nullptr;
  uint32_t trampoline = 0;
};

// What the component calls the function there: "a:b/c@1.0.0#f" of an interface that it imports,
// else the function's name alone; empty where it has none.
std::string NameOf(const LowerSite& site);
// What a component exports a function of its own as; empty where it does not.
std::string NameOfExport(const LiftedFunc& func);

// "parameter \"s\"": the one of the function that begins at or before `at`, counted in flat values,
// or bytes in a memory of that pointer width (kUnknownPlace: "a parameter").
std::string ParameterAt(const LiftedFunc& func, uint32_t at, bool in_memory,
                        uint32_t pointer_bytes);

// Says so of the store's pending trap, if that is one of lifting or lowering of which nothing was
// said yet. False.
ABSL_ATTRIBUTE_COLD bool Blame(CanonContext& cx, absl::string_view part, absl::string_view name);

// The same of a call from the host, with what the callee is exported as.
ABSL_ATTRIBUTE_COLD bool BlameParameter(const LiftedFunc& callee, CanonContext& cx);
ABSL_ATTRIBUTE_COLD bool BlameResult(const LiftedFunc& callee, CanonContext& cx);

}  // namespace tenon::abi
