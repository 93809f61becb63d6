// What is known of a module's bodies before any is lowered, and in all parts of it: in what form
// they are, and which calls an exception may come back from. jit/README.md, "A tail call",
// "Leaving".
#pragma once

#include <string>
#include <vector>

#include "jit/compile.h"
#include "vm/valid/resolved_module.h"

namespace tenon::jit {

bool IsTailCall(vm::Opcode op);

struct BodyFacts {
  std::string reason;          // why it is left to the interpreter; "" when it is not
  bool has_tail_call = false;  // not of one that is left
  bool may_throw = true;       // itself or by what it calls
  uint64_t merges = 0;         // the locals it mentions times its constructs: what may be phis
};

class Survey {
 public:
  Survey(const vm::ResolvedModule& module, const CompileOptions& options);

  // Whether any function has an instruction that throws.
  bool has_throw() const { return has_throw_; }
  // Of a function that the module defines.
  const BodyFacts& of(vm::FuncIdx func) const { return facts_[func.value() - imported_]; }

 private:
  const size_t imported_;
  bool has_throw_ = false;
  std::vector<BodyFacts> facts_;
};

}  // namespace tenon::jit
