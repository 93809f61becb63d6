// What is known of a module's bodies before any is lowered, and in all parts of it: which are, and
// in what form. jit/README.md, "A tail call".
#pragma once

#include <string>
#include <vector>

#include "jit/compile.h"
#include "vm/valid/resolved_module.h"

namespace tenon::jit {

struct BodyFacts {
  std::string reason;          // why it is left to the interpreter; "" when it is not
  bool has_tail_call = false;  // not of one that is left
};

class Survey {
 public:
  // `has_relaxed_fma`: see Lowerable.
  Survey(const vm::ResolvedModule& module, const CompileOptions& options, bool has_relaxed_fma);

  // Of a function that the module defines.
  const BodyFacts& of(vm::FuncIdx func) const { return facts_[func.value() - imported_]; }

 private:
  const size_t imported_;
  std::vector<BodyFacts> facts_;
};

}  // namespace tenon::jit
