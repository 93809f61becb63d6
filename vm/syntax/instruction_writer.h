// Encoding of instructions and types in the binary format: the counterpart of instruction_reader.h,
// driven by the same rows. core: #binary-instr
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "vm/syntax/instruction.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

// Appends to a vector it borrows. Types hold indices into the module's own type section.
class InstructionWriter {
 public:
  explicit InstructionWriter(std::vector<uint8_t>* out) : out_(*out) {}

  // The opcode, and the fields of `instruction` that its row's kind of immediate names.
  void Write(const Instruction& instruction);
  void WriteOpcode(Opcode op);

  // A function's declared locals, as runs of equal types. core: #binary-local
  void WriteLocals(absl::Span<const ValType> locals);
  void WriteValType(ValType type);
  void WriteHeapType(HeapType type);
  void WriteBlockType(const BlockType& type);

 private:
  void WriteImmediates(ImmediateKind kind, const Instruction& instruction);
  void WriteNumber(ImmediateKind kind, const Instruction& instruction);
  void WriteOther(ImmediateKind kind, const Instruction& instruction);
  void WriteMemArg(const Instruction& instruction);
  void WriteCatches(absl::Span<const CatchClause> catches);
  template <typename T>
  void WriteFixed(T value);
  void WriteByte(uint8_t byte) { out_.push_back(byte); }
  void WriteVarU32(uint32_t value);

  std::vector<uint8_t>& out_;
};

}  // namespace tenon::vm
