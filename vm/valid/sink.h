// The contract between the function walker and its sinks (validation only, translation to
// interpreter code, lowering to LLVM, constant evaluation). core: #valid-instr
// The walker decodes and type-checks; a sink hears only about instructions that can be reached, in
// program order, after they were checked.
#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "vm/syntax/instruction.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

// A construct as it is entered. Spans are borrowed from types that outlive the walk.
struct BlockInfo {
  absl::Span<const ValType> params;
  absl::Span<const ValType> results;
};

// What the walker knows about an instruction beyond its immediates.
struct Resolved {
  const FuncType* func_type = nullptr;  // call*, return_call*: the callee's type; throw: the tag's
  TypeId type_id;  // call_indirect, return_call_indirect: the callee's type; struct.*, array.*:
                   // the first type named
  // drop, select, ref.is_null, ref.as_non_null, br_on_*, *.convert_*: the operand's; local.*,
  // global.*: the variable's; table.*, ref.null: the element's; struct.get*, struct.set, array.*:
  // the field's, i32 when packed
  ValType type;
  const SubType* def = nullptr;  // struct.*, array.*: what type_id means
};

// A sink that does nothing: the set of members that one has (there is no virtual call). What a sink
// may rely on:
//  * Between calls, the sink's operand stack (if it keeps one) equals the walker's: an instruction
//    with a signature pops its operands and pushes its results; the others as documented below.
//  * After an instruction that does not return (br, br_table, return, unreachable, return_call*,
//    throw, throw_ref), nothing is reported until the enclosing construct's OnElse or OnEnd.
//    Constructs that lie entirely in dead code are not reported at all.
//  * OnElse and OnEnd say whether control can fall through to them from above. After OnEnd the
//    operand stack is the construct's height plus its results, and code is reported again, even
//    when no path leads there.
//  * Labels are counted from the innermost construct (0); the outermost is the function body.
//  * All types are canonical (TypeIds), those in `heap`, `from` and `to` of an instruction too.
class NullSink {
 public:
  // Asked now and then. False: the walk ends here as kLimit, since what is being made of the body
  // has become too much.
  static constexpr bool within_budget() { return true; }

  // Before the first instruction. `locals` holds parameters, then declared locals.
  void OnFunction(const FuncType& type, absl::Span<const ValType> locals) {}
  // The final `end` has been checked; called after the body construct's OnEnd.
  void OnFunctionEnd() {}

  void OnBlock(const Instruction&, const BlockInfo&) {}
  void OnLoop(const Instruction&, const BlockInfo&) {}
  void OnIf(const Instruction&, const BlockInfo&) {}  // pops the condition, then as a block
  // As a block. A clause's label, counted outside, finds the exception's values at its height.
  void OnTryTable(const Instruction&, const BlockInfo&) {}
  void OnElse(const Instruction&, bool falls_through) {}
  void OnEnd(const Instruction&, bool falls_through) {}  // also the function body's, as `return`

  void OnUnreachable(const Instruction&) {}
  void OnBr(const Instruction&) {}       // instruction.index is the label
  void OnBrIf(const Instruction&) {}     // pops the condition
  void OnBrTable(const Instruction&) {}  // pops the index; instruction.labels, the default last
  void OnReturn(const Instruction&) {}
  void OnThrow(const Instruction&, const Resolved&) {}  // pops the tag's values
  void OnThrowRef(const Instruction&) {}                // pops the reference

  // Legacy exceptions. A `try` is a block whose clauses find their tag's values at its height;
  // `delegate` ends it, and counts its label outside.
  void OnTry(const Instruction&, const BlockInfo&) {}
  void OnCatch(const Instruction&, const Resolved&, bool falls_through) {}  // catch_all: no type
  void OnDelegate(const Instruction&, bool falls_through) {}
  void OnRethrow(const Instruction&) {}

  // call, call_indirect (pops the table index first), call_ref (pops the function reference first)
  // and their return_call* forms.
  void OnCall(const Instruction&, const Resolved&) {}

  // br_on_null, br_on_non_null, br_on_cast, br_on_cast_fail: the reference is on top of the stack
  // of before. br_on_null drops it when it branches, br_on_non_null when it does not; the others
  // always keep it.
  void OnBrOn(const Instruction&, const Resolved&) {}

  // drop, select, select t: type is the operand's (never bottom in reachable code).
  void OnDrop(const Instruction&, const Resolved&) {}
  void OnSelect(const Instruction&, const Resolved&) {}

  void OnLocalGet(const Instruction&, const Resolved&) {}
  void OnLocalSet(const Instruction&, const Resolved&) {}
  void OnLocalTee(const Instruction&, const Resolved&) {}

  // By the row's signature and immediates; scalar or vector.
  void OnConst(const Instruction&) {}   // i32, i64, f32 and f64: instruction.bits
  void OnUnary(const Instruction&) {}   // one operand, one result, no immediates
  void OnBinary(const Instruction&) {}  // two operands, one result, no immediates
  void OnLoad(const Instruction&) {}    // a MemArg is all: the address becomes a value
  void OnStore(const Instruction&) {}   // likewise: address and value are popped

  // Every other instruction: the rest of memory and vectors, table, global and reference
  // instructions, by opcode. Pops and pushes follow the row's signature or, for "*" rows, the
  // specification.
  void OnOp(const Instruction&, const Resolved&) {}
};

}  // namespace tenon::vm
