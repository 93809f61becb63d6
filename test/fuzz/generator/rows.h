// The instructions that a generator may use, by what it wants of one. A row of the opcode tables
// with a signature comes of itself.
#pragma once

#include <vector>

#include "test/fuzz/generator/options.h"
#include "vm/syntax/opcode.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

enum class RowKind : uint8_t {
  kPlain,
  kConstruct,  // opens, continues or closes one
  kDiverging,  // control never comes to what follows
  kRefBranch,  // branches to a label that takes a reference last
};
RowKind KindOfRow(Opcode op);

struct Rows {
  std::vector<Opcode> all;
  std::vector<Opcode> by_result[7];  // by ValType::Kind: of those with a signature
  std::vector<Opcode> with_rules;    // without a signature, and neither construct nor diverging
  std::vector<Opcode> constructs;    // that open one
  std::vector<Opcode> calls;
  std::vector<Opcode> effects;  // on locals, globals, tables and memories
};
Rows MakeRows(const GeneratorOptions& options);

}  // namespace tenon::vm
