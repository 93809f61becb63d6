// The instructions of function bodies and constant expressions as text, flat or folded. What is
// printed is well-formed (vm/syntax/scan_bodies.h). Nothing recurses. core: #text-instrs
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "vm/syntax/branch_hints.h"
#include "vm/syntax/instruction_reader.h"
#include "vm/text/print_instruction.h"
#include "vm/text/text_output.h"

namespace tenon::vm {

// An expression in the binary, up to and with its final `end`, and what there is to say of it.
struct PrintedBody {
  ByteRange code;
  uint32_t start = 0;  // of the body, to which hints' offsets count
  PrintContext context;
  absl::flat_hash_map<uint32_t, absl::string_view> label_names = {};  // by order of the blocks
  absl::Span<const BranchHint> hints = {};

  bool Read(ByteReader& reader, Instruction* out);
  ByteReader Reader() const { return ByteReader(context.module.Bytes(code), code.offset); }
  absl::string_view LabelName(uint32_t block) const;
  // An instruction with the hint before it and, of a block, the label it binds.
  void AppendInstruction(const Instruction& instruction, uint32_t block, std::string* out) const;

  Features features = Features::All();
  ImmediateScratch scratch = {};
};

inline bool OpensBlock(Opcode op) { return OpensConstruct(Info(op).immediate); }

// One instruction a line, at `depth` and more.
void PrintFlat(PrintedBody& body, size_t depth, TextOutput* out);
// Instructions around their operands, as far as rows and fold_arity.h tell how many they take. The
// tree of the whole body is in memory. `func_types` are FunctionTypes(module), `func_type` is the
// body's.
void PrintFolded(PrintedBody& body, absl::Span<const TypeIdx> func_types, TypeIdx func_type,
                 size_t depth, TextOutput* out);
// In one line: `(i32.const 1)`, or `i32.const 1 i32.const 2 i32.add`.
void AppendConstant(PrintedBody& body, std::string* out);
// True when there is one instruction before the `end`.
bool IsSingle(PrintedBody& body);

}  // namespace tenon::vm
