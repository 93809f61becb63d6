// Calls of exported functions with Values: for hosts that know the types only at run time. What is
// passed is checked against the type before anything is called.
#pragma once

#include <expected>

#include "abi/canon/lifted_func.h"
#include "abi/types/value.h"
#include "absl/types/span.h"
#include "vm/runtime/trap.h"

namespace tenon::abi {

// Good as long as its instance (Instance::UntypedFunc).
class ValueFunc {
 public:
  explicit ValueFunc(const LiftedFunc* func) : func_(func) {}

  const TypeTable& types() const { return *func_->types; }
  const FuncType& type() const { return types().Get(func_->type); }

  // The result; of a function without one, a Value that says nothing. A guest's exit is the trap
  // vm::TrapKind::kExit. After any trap the instance can't be called again, but arguments that do
  // not fit the parameters are kHost, and nothing is called.
  //
  // A handle in the result is its owner's no longer: unless it is passed on, the resource's
  // destructor never runs.
  std::expected<Value, vm::Trap> Call(absl::Span<const Value> arguments) const;

 private:
  bool Accepts(absl::Span<const Value> arguments) const;

  const LiftedFunc* func_;
};

}  // namespace tenon::abi
