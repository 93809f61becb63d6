// The one function walker: decodes a body, type-checks it and drives a sink (sink.h), all in one
// pass. core: #valid-instr, #binary-instr
// A failure is kMalformed, kInvalid or kLimit, has the absolute offset of the instruction and the
// function as its context. A sink may not throw, and fails by its budget alone; what it built is to
// be discarded after a failure.
#pragma once

#include "absl/strings/str_cat.h"
#include "vm/valid/function_walker.h"

namespace tenon::vm {

// Walks the body of a defined function. `scratch` is reused from function to function.
template <class Sink>
Status WalkFunction(const ResolvedModule& module, FuncIdx func, Sink& sink,
                    WalkerScratch& scratch) {
  FunctionWalker<Sink, false> walker(
      module, module.module->bodies[func.value() - module.imported_funcs].code, sink, scratch);
  if (walker.WalkBody(*module.funcs[func.value()].type)) return {};
  return std::unexpected<Error>(walker.TakeError().WithContext(FunctionContext(module, func)));
}

// Walks a constant expression of type `expected`; globals defined after those the module has so far
// are unknown to it. core: #valid-constant
template <class Sink>
Status WalkConstant(const ResolvedModule& module, ByteRange expression, ValType expected,
                    Sink& sink, WalkerScratch& scratch) {
  FunctionWalker<Sink, true> walker(module, expression, sink, scratch);
  if (walker.WalkExpression(expected)) return {};
  return std::unexpected<Error>(walker.TakeError());
}

}  // namespace tenon::vm
