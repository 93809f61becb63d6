// A sink that tells the IR builder where an instruction is before FunctionLowering hears of it, so
// that nothing that may trap is built without a position.
#pragma once

#include "jit/lower/debug_info.h"
#include "jit/lower/function_lowering.h"

namespace tenon::jit {

class PositionedLowering {
 public:
  PositionedLowering(ModuleLowering& module, vm::FuncIdx func)
      : lowering_(module, func),
        function_(*module.BodyOf(func)),
        has_all_(module.options().all_positions) {}

  bool within_budget() const { return lowering_.within_budget(); }
  void OnFunction(const vm::FuncType& type, absl::Span<const vm::ValType> locals) {
    lowering_.OnFunction(type, locals);
  }
  void OnFunctionEnd() { lowering_.OnFunctionEnd(); }

  // As NullSink has them.
  void OnBlock(const vm::Instruction& instruction, const vm::BlockInfo& info) {
    At(instruction).OnBlock(instruction, info);
  }
  void OnLoop(const vm::Instruction& instruction, const vm::BlockInfo& info) {
    At(instruction).OnLoop(instruction, info);
  }
  void OnIf(const vm::Instruction& instruction, const vm::BlockInfo& info) {
    At(instruction).OnIf(instruction, info);
  }
  void OnTryTable(const vm::Instruction& instruction, const vm::BlockInfo& info) {
    At(instruction).OnTryTable(instruction, info);
  }
  void OnElse(const vm::Instruction& instruction, bool falls_through) {
    At(instruction).OnElse(instruction, falls_through);
  }
  void OnEnd(const vm::Instruction& instruction, bool falls_through) {
    At(instruction).OnEnd(instruction, falls_through);
  }
  void OnUnreachable(const vm::Instruction& instruction) {
    At(instruction).OnUnreachable(instruction);
  }
  void OnBr(const vm::Instruction& instruction) { At(instruction).OnBr(instruction); }
  void OnBrIf(const vm::Instruction& instruction) { At(instruction).OnBrIf(instruction); }
  void OnBrTable(const vm::Instruction& instruction) { At(instruction).OnBrTable(instruction); }
  void OnReturn(const vm::Instruction& instruction) { At(instruction).OnReturn(instruction); }
  void OnThrow(const vm::Instruction& instruction, const vm::Resolved& resolved) {
    At(instruction).OnThrow(instruction, resolved);
  }
  void OnThrowRef(const vm::Instruction& instruction) { At(instruction).OnThrowRef(instruction); }
  void OnTry(const vm::Instruction& instruction, const vm::BlockInfo& info) {
    At(instruction).OnTry(instruction, info);
  }
  void OnCatch(const vm::Instruction& instruction, const vm::Resolved& resolved,
               bool falls_through) {
    At(instruction).OnCatch(instruction, resolved, falls_through);
  }
  void OnDelegate(const vm::Instruction& instruction, bool falls_through) {
    At(instruction).OnDelegate(instruction, falls_through);
  }
  void OnRethrow(const vm::Instruction& instruction) { At(instruction).OnRethrow(instruction); }
  void OnCall(const vm::Instruction& instruction, const vm::Resolved& resolved) {
    At(instruction).OnCall(instruction, resolved);
  }
  void OnBrOn(const vm::Instruction& instruction, const vm::Resolved& resolved) {
    At(instruction).OnBrOn(instruction, resolved);
  }
  void OnDrop(const vm::Instruction& instruction, const vm::Resolved& resolved) {
    At(instruction).OnDrop(instruction, resolved);
  }
  void OnSelect(const vm::Instruction& instruction, const vm::Resolved& resolved) {
    At(instruction).OnSelect(instruction, resolved);
  }
  void OnLocalGet(const vm::Instruction& instruction, const vm::Resolved& resolved) {
    At(instruction).OnLocalGet(instruction, resolved);
  }
  void OnLocalSet(const vm::Instruction& instruction, const vm::Resolved& resolved) {
    At(instruction).OnLocalSet(instruction, resolved);
  }
  void OnLocalTee(const vm::Instruction& instruction, const vm::Resolved& resolved) {
    At(instruction).OnLocalTee(instruction, resolved);
  }
  void OnConst(const vm::Instruction& instruction) { At(instruction).OnConst(instruction); }
  void OnUnary(const vm::Instruction& instruction) { At(instruction).OnUnary(instruction); }
  void OnBinary(const vm::Instruction& instruction) { At(instruction).OnBinary(instruction); }
  void OnLoad(const vm::Instruction& instruction) { At(instruction).OnLoad(instruction); }
  void OnStore(const vm::Instruction& instruction) { At(instruction).OnStore(instruction); }
  void OnOp(const vm::Instruction& instruction, const vm::Resolved& resolved) {
    At(instruction).OnOp(instruction, resolved);
  }

 private:
  // Nobody asks where code is that cannot be left, unless all is to be shown.
  FunctionLowering& At(const vm::Instruction& instruction) {
    const bool traps = vm::Info(instruction.op).has(vm::kTraps);
    lowering_.At(traps || has_all_ ? DebugInfo::Location(function_, instruction.offset, traps)
                                   : llvm::DebugLoc());
    return lowering_;
  }

  FunctionLowering lowering_;
  const llvm::Function& function_;
  const bool has_all_;
};

}  // namespace tenon::jit
