// The sink that finds out, before anything is built, whether a body can be lowered: whether all its
// instructions are, and all its values are ones that compiled frames may hold.
#pragma once

#include <string>

#include "jit/lower/signature.h"
#include "vm/valid/resolved_module.h"
#include "vm/valid/sink.h"

namespace tenon::jit {

// Whether the instruction is fused on a processor that can, unless SIMD is deterministic.
bool IsRelaxedFma(vm::Opcode op);

bool IsTailCall(vm::Opcode op);

class Lowerable : public vm::NullSink {
 public:
  // `has_relaxed_fma`: whether relaxed multiply-adds can be what they are for the interpreter, on
  // every processor that the image runs on.
  Lowerable(const vm::ResolvedModule& module, bool has_relaxed_fma)
      : module_(module), has_relaxed_fma_(has_relaxed_fma) {}

  // Why not; "" as long as nothing is in the way.
  const std::string& reason() const { return reason_; }
  // Whether the body has return_call or one of its forms.
  bool has_tail_call() const { return has_tail_call_; }

  bool within_budget() const { return reason_.empty(); }
  void OnFunction(const vm::FuncType& type, absl::Span<const vm::ValType> locals);
  void OnBlock(const vm::Instruction&, const vm::BlockInfo& info) { CheckBlock(info); }
  void OnLoop(const vm::Instruction&, const vm::BlockInfo& info) { CheckBlock(info); }
  void OnIf(const vm::Instruction&, const vm::BlockInfo& info) { CheckBlock(info); }
  void OnTryTable(const vm::Instruction& i, const vm::BlockInfo&) { Refuse(i.op); }
  void OnThrow(const vm::Instruction& i, const vm::Resolved&) { Refuse(i.op); }
  void OnThrowRef(const vm::Instruction& i) { Refuse(i.op); }
  void OnTry(const vm::Instruction& i, const vm::BlockInfo&) { Refuse(i.op); }
  void OnCatch(const vm::Instruction& i, const vm::Resolved&, bool) { Refuse(i.op); }
  void OnDelegate(const vm::Instruction& i, bool) { Refuse(i.op); }
  void OnRethrow(const vm::Instruction& i) { Refuse(i.op); }
  void OnCall(const vm::Instruction&, const vm::Resolved&);
  void OnBrOn(const vm::Instruction&, const vm::Resolved&);
  void OnOp(const vm::Instruction&, const vm::Resolved&);

 private:
  void Refuse(vm::Opcode op);
  void CheckType(vm::ValType type);
  void CheckTypes(absl::Span<const vm::ValType> types);
  void CheckBlock(const vm::BlockInfo& info);

  const vm::ResolvedModule& module_;
  const bool has_relaxed_fma_;
  std::string reason_;
  bool has_tail_call_ = false;
};

}  // namespace tenon::jit
