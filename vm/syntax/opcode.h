// The instructions as an enum and a table, both expanded from the rows of opcodes_*.def.
// core: #syntax-instr, #binary-instr
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "vm/syntax/features.h"

namespace tenon::vm {

// What an instruction's row says about it beyond its signature.
enum OpcodeTrait : uint16_t {
  kPure = 1,           // no side effect, no trap, result depends on operands only
  kTraps = 2,          // may trap, itself or in a callee
  kConst = 4,          // allowed in constant expressions
  kExtendedConst = 8,  // allowed there with the extended-const feature
};
// Bytes a memory instruction accesses; also its natural alignment. Stored above the flags.
constexpr uint16_t Access(int bytes) { return static_cast<uint16_t>(bytes << 8); }

enum class ImmediateKind : uint8_t {
#define IMMEDIATE(name, shape) k##name,
#include "vm/syntax/immediates.def"
};

// What kinds of immediate have in common for those who need not know what an index is of.
enum class ImmediateShape : uint8_t {
  kNone,
  kIndex,      // one number
  kIndexPair,  // two
  kMemArg,
  kMemArgLane,
  kLane,
  kNumber,  // a constant
  kOther,
};

constexpr ImmediateShape ShapeOf(ImmediateKind kind) {
  constexpr ImmediateShape kShapes[] = {
#define IMMEDIATE(name, shape) ImmediateShape::k##shape,
#include "vm/syntax/immediates.def"
  };
  return kShapes[static_cast<int>(kind)];
}

// An instruction: its text name in CamelCase. `select` with types is SelectT, `ref.test` and
// `ref.cast` of a nullable type are RefTestNull and RefCastNull.
enum class Opcode : uint16_t {
#define OP(name, text, prefix, code, immediate, signature, traits, feature) name,
#include "vm/syntax/opcodes_core.def"
#define OP(name, text, prefix, code, immediate, signature, traits, feature) name,
#include "vm/syntax/opcodes_simd.def"
#define OP(name, text, prefix, code, immediate, signature, traits, feature) name,
#include "vm/syntax/opcodes_atomic.def"
};

inline constexpr int kOpcodeCount = 0
#define OP(name, text, prefix, code, immediate, signature, traits, feature) +1
#include "vm/syntax/opcodes_core.def"
#define OP(name, text, prefix, code, immediate, signature, traits, feature) +1
#include "vm/syntax/opcodes_simd.def"
#define OP(name, text, prefix, code, immediate, signature, traits, feature) +1
#include "vm/syntax/opcodes_atomic.def"
    ;

// Instructions that open a construct, which an `end` closes.
constexpr bool OpensConstruct(ImmediateKind kind) {
  return kind == ImmediateKind::kBlock || kind == ImmediateKind::kTryTable;
}

// Instructions that belong to the innermost construct: they begin its next clause, or close it.
constexpr bool ContinuesConstruct(Opcode op) {
  return op == Opcode::Else || op == Opcode::Catch || op == Opcode::CatchAll ||
         op == Opcode::Delegate || op == Opcode::End;
}
// Whether `op`, one of those, may follow the clause that `clause` began: the construct's first
// instruction, or the last one that continued it.
constexpr bool MayFollowClause(Opcode clause, Opcode op) {
  switch (op) {
    case Opcode::Else: return clause == Opcode::If;
    case Opcode::Catch:
    case Opcode::CatchAll: return clause == Opcode::Try || clause == Opcode::Catch;
    case Opcode::Delegate: return clause == Opcode::Try;
    default: return true;
  }
}

struct OpcodeInfo {
  const char* text;
  uint8_t prefix;
  uint16_t code;
  ImmediateKind immediate;
  const char* signature;  // "ii:i"; "*" when the validator has a rule of its own
  uint16_t traits;
  Feature feature;

  constexpr bool has(OpcodeTrait trait) const { return (traits & trait) != 0; }
  constexpr int access_bytes() const { return traits >> 8; }
  constexpr bool has_signature() const { return signature[0] != '*'; }
};

extern const OpcodeInfo kOpcodeTable[kOpcodeCount];
inline const OpcodeInfo& Info(Opcode op) { return kOpcodeTable[static_cast<int>(op)]; }

// By binary code: `prefix` is 0 for one-byte opcodes. Nothing when no such instruction exists.
std::optional<Opcode> FindOpcode(uint8_t prefix, uint32_t code);
// By text name: the first row that has it. The parser picks the other one of "select", "ref.test"
// and "ref.cast" by what follows.
std::optional<Opcode> FindOpcode(absl::string_view text);

}  // namespace tenon::vm
