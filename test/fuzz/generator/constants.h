// Writes constant expressions, which are also the simplest way for a body to make a value.
// core: #valid-constant
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "test/fuzz/generator/module_scope.h"
#include "vm/syntax/instruction_writer.h"

namespace tenon::vm {

// Bits of a constant, more often than not one that is worth trying. A v128 has two times 64.
uint64_t AnyBits(Choices& choices, ValType type);

// Fills in the scope's ranks; when all functions have their types.
void RankAggregates(ModuleScope& scope);

class ConstantWriter {
 public:
  ConstantWriter(ModuleScope& scope, std::vector<uint8_t>* code) : scope_(scope), writer_(code) {}

  // Whether there is a constant expression for a value of the type: not for one that has no values,
  // nor for an exception.
  bool CanMake(ValType type) const;
  // Appends one, without `end`. CanMake(type).
  void Write(ValType type) { Write(type, 0); }

 private:
  bool CanMake(HeapType heap) const;
  void Write(ValType type, int depth);
  bool WriteGlobal(ValType type);
  void WriteNumber(ValType type, int depth);
  bool WriteArithmetic(ValType type, int depth);
  void WriteNull(HeapType heap);
  void WriteRef(HeapType heap, int depth);
  void WriteStruct(uint32_t index, int depth);
  void WriteArray(uint32_t index, int depth);
  void Write(Opcode op, uint32_t index = 0, uint32_t index2 = 0);
  void WriteI32(uint32_t value);
  // The type of a structure or array below `heap`; a simple one if it must.
  std::optional<uint32_t> AnyAggregate(HeapType heap, bool simple) const;

  ModuleScope& scope_;
  InstructionWriter writer_;
};

}  // namespace tenon::vm
