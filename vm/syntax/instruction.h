// One decoded instruction: opcode and immediates, with indices still as the input has them.
// core: #syntax-instr
#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "vm/sem/v128.h"
#include "vm/syntax/opcode.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

// core: #syntax-blocktype: a type index, or at most one result.
struct BlockType {
  bool is_index = false;
  TypeIdx index;
  ValType result;  // bottom: none
};

// core: #syntax-catch. The order is the binary code's.
struct CatchClause {
  enum class Kind : uint8_t { kCatch, kCatchRef, kCatchAll, kCatchAllRef };
  Kind kind = Kind::kCatch;
  uint32_t tag = 0;    // unless it catches all
  uint32_t label = 0;  // counted outside the try_table

  bool catches_all() const { return kind == Kind::kCatchAll || kind == Kind::kCatchAllRef; }
  bool has_ref() const { return kind == Kind::kCatchRef || kind == Kind::kCatchAllRef; }
};

struct MemArg {
  uint32_t align_log2 = 0;
  uint64_t offset = 0;
};

// Only the fields that the row's kind of immediate names are meaningful.
struct Instruction {
  Opcode op = Opcode::Nop;
  uint32_t offset = 0;  // of the opcode, in Module::bytes
  uint32_t index = 0;   // first index in binary order; the memory of a MemArg
  uint32_t index2 = 0;  // second index in binary order
  uint8_t lane = 0;
  MemArg memarg;
  BlockType block;
  HeapType heap;
  ValType from;                           // CastLabel: the type before the cast
  ValType to;                             // RefType, CastLabel: the type asked for
  uint64_t bits = 0;                      // I32 (zero-extended), I64, F32, F64: the constant's bits
  V128 v128;                              // V128 and Shuffle
  absl::Span<const uint32_t> labels;      // LabelTable: targets, the default last; borrowed
  absl::Span<const ValType> types;        // SelectTypes; borrowed
  absl::Span<const CatchClause> catches;  // TryTable; borrowed
};

}  // namespace tenon::vm
