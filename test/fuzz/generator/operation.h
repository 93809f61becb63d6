// One instruction with its immediates, chosen at random for where it shall stand, and what it then
// pops and pushes. Rows with a signature need nothing more; the others have a rule each, the mirror
// of the validator's. Block-like instructions are not here: see body.h.
#pragma once

#include <cstdint>
#include <vector>

#include "test/fuzz/generator/module_scope.h"
#include "vm/syntax/instruction.h"

namespace tenon::vm {

// An operand, and what is done to an integer so that the instruction seldom traps: and, then or.
struct Operand {
  ValType type;
  uint64_t and_mask = ~uint64_t{0};
  uint64_t or_mask = 0;
  bool shows_nan = false;  // the bits of a NaN would show: makes it the canonical one
  bool is_masked() const { return and_mask != ~uint64_t{0} || or_mask != 0 || shows_nan; }
};

struct Operation {
  Instruction instruction;
  std::vector<uint32_t> labels;  // what the instruction's spans are of
  std::vector<ValType> types;
  std::vector<Operand> pops;
  std::vector<ValType> pushes;
  bool diverges = false;
};

// A construct that is open; the innermost is the last.
struct Label {
  Opcode op = Opcode::Block;
  std::vector<ValType> results;
  std::vector<ValType> branch_types;
  size_t height = 0;  // of the operand stack below
  size_t floor = 0;   // that was in force outside
  bool unreachable = false;
  bool is_catch = false;  // of a legacy catch clause, which rethrow may name
};

// What is around the instruction.
struct FunctionScope {
  std::vector<ValType> locals;  // parameters first
  std::vector<Label> labels;    // the function's own is the first
};

class OperationChooser {
 public:
  OperationChooser(ModuleScope& scope, FunctionScope& function)
      : scope_(scope), function_(function), choices_(scope.choices) {}

  // False when the module or the place has nothing that the instruction could name.
  bool Choose(Opcode op, Operation* out);

 private:
  bool ChooseImmediates(ImmediateKind kind);
  bool ChooseLabels();
  bool ChooseMemArg();
  bool ChooseAggregateType();
  bool ChooseCast();
  void ChooseConstant();

  void ApplySignature();
  void MaskOperands();
  bool ApplyRule();
  bool ApplyParametricRule();
  bool ApplyVariableRule();
  bool ApplyControlRule();
  bool ApplyCallRule();
  bool ApplyTableRule();
  bool ApplyTableInitRule();
  bool ApplyBranchRule();
  bool ApplyReferenceRule();
  bool ApplyStructRule();
  bool ApplyArrayRule();
  bool ApplyArraySegmentRule();
  bool CanFillArray(const SubType& array) const;
  bool FinishCall(const FuncType& type, bool is_tail);

  void Pop(ValType type) { out_->pops.push_back({type}); }
  void Pop(Operand operand) { out_->pops.push_back(operand); }
  void PopAll(absl::Span<const ValType> types) {
    for (const ValType type : types) Pop(type);
  }
  void Push(ValType type) { out_->pushes.push_back(type); }
  void PushAll(absl::Span<const ValType> types) {
    out_->pushes.insert(out_->pushes.end(), types.begin(), types.end());
  }
  bool Any(size_t count, uint32_t* index);
  const Label& Target() const {
    return function_.labels[function_.labels.size() - 1 - out_->instruction.index];
  }
  ValType RefTo(uint32_t type, bool nullable) const {
    return ValType::Ref(HeapType::Concrete(type), nullable);
  }
  // Addresses and lengths: small, but not always.
  Operand Small(ValType type, uint64_t mask) {
    if (choices_.OneIn(128)) return {type};
    return {type, mask};
  }
  Operand MemoryAddress(uint32_t memory, uint64_t mask);
  Operand TableIndex(uint32_t table, uint64_t mask);

  ModuleScope& scope_;
  FunctionScope& function_;
  Choices& choices_;
  Operation* out_ = nullptr;
  Opcode op_ = Opcode::Nop;
};

}  // namespace tenon::vm
