// What the walker needs of an instruction by its first byte, in one lookup: nearly all code is of
// one-byte opcodes. core: #binary-instr
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "vm/syntax/instruction_reader.h"
#include "vm/valid/signature.h"

namespace tenon::vm {

// Prefixes and gaps need a feature that nobody has; their opcode and step mean nothing.
struct FirstByte {
  Opcode op;
  uint16_t step;
  uint8_t feature;
};

inline constexpr std::array<FirstByte, 256> kFirstBytes = [] {
  std::array<FirstByte, 256> table{};
  for (size_t byte = 0; byte < table.size(); ++byte) {
    const OneByteOpcode& row = kOneByteOpcodes[byte];
    table[byte] = {row.op, kSignatures[static_cast<size_t>(row.op)].step, row.feature};
  }
  return table;
}();

}  // namespace tenon::vm
