// Makes the body of one function: statements picked from all rows alike, operands made for them (or
// found on the stack), constructs around both. Keeps the operand stack's types as the validator
// does; below the floor is what belongs to an instruction that is being made ready.
// core: #syntax-expr, #valid-expr
//
// Every body ends: functions and loops first take one from global 0, the fuel, and trap without.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "test/fuzz/generator/constants.h"
#include "test/fuzz/generator/module_scope.h"
#include "test/fuzz/generator/operation.h"
#include "vm/syntax/instruction_writer.h"

namespace tenon::vm {

class BodyGenerator {
 public:
  BodyGenerator(ModuleScope& scope, const FuncType& type, std::vector<uint8_t>* code)
      : scope_(scope),
        choices_(scope.choices),
        type_(type),
        code_(*code),
        writer_(code),
        constants_(scope, code),
        chooser_(scope, function_) {}

  // Appends the whole body, with its locals.
  void Generate();

 private:
  using Types = std::vector<ValType>;

  void DeclareLocals();
  void TakeFuel();

  // Statements
  void Statements(uint32_t max_count);
  void Statement();
  void Perform(Opcode op);
  bool TryPerform(Opcode op);
  bool IsPromising(const Operation& operation);
  void PerformInIf(Opcode op);
  void PerformInBlock(Opcode op);
  void Emit(const Operation& operation);
  void Discard();

  // Operands
  size_t CountReusable(absl::Span<const Operand> operands) const;
  void Supply(absl::Span<const Operand> operands);
  void Produce(const Operand& operand);
  void ProduceValue(ValType type);
  bool ProduceByRow(ValType type);
  void ProduceLeaf(ValType type);
  void Adjust(const Operand& operand);
  void CanonicalizeScalar(ValType type);
  void CanonicalizeVector(Opcode op);

  // Constructs, in body_constructs.cc
  void Construct(Opcode op, std::optional<ValType> wanted);
  void Plain(Opcode op, const Types& params, const Types& results);
  void If(const Types& params, Types results);
  void Try(const Types& params, const Types& results);
  void TryTable(const Types& results);
  CatchClause AnyClause();
  void Open(Opcode op, const Types& params, const Types& results,
            absl::Span<const CatchClause> catches = {});
  void BeginClause(Opcode op, uint32_t index, Types values);
  void Settle();
  void LeaveConstruct();
  void Close();
  Types TakeParams();
  Types AnyTypes(uint32_t max_count);
  BlockType BlockTypeOf(const Types& params, const Types& results);

  void Write(Opcode op, uint32_t index = 0) { writer_.Write({.op = op, .index = index}); }
  void WriteConst(ValType type, uint64_t bits);
  Label& Innermost() { return function_.labels.back(); }

  ModuleScope& scope_;
  Choices& choices_;
  const FuncType& type_;
  std::vector<uint8_t>& code_;
  InstructionWriter writer_;
  ConstantWriter constants_;
  FunctionScope function_;
  OperationChooser chooser_;
  Types stack_;
  size_t floor_ = 0;
  // A local of type f32; then f64 and v128. They hold NaNs of any bits, so nobody else knows them.
  uint32_t scratch_ = 0;
  int depth_ = 0;   // of operands of operands
  int budget_ = 0;  // instructions yet
};

}  // namespace tenon::vm
