// The rows' signature strings as a compact table, parsed at compile time: what an instruction pops
// and pushes, and which step of the walker handles it. core: #valid-instr
#pragma once

#include <array>
#include <cstdint>

#include "vm/syntax/opcode.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

// Aligned so that a row is found with a shift.
struct alignas(32) Signature {
  // By StepOf the opcode, where it has a rule of its own, else its kind of immediate; or kUnaryStep
  // or kBinaryStep.
  uint16_t step = 0;
  Feature feature = Feature::kMvp;
  uint8_t pop_count = 0;
  uint8_t push_count = 0;    // at most 1
  uint8_t address_pops = 0;  // bit i: operand i has the memory's or table's address type
  bool address_push = false;
  bool allowed_in_const = false;           // kConst
  bool allowed_in_extended_const = false;  // kExtendedConst
  std::array<ValType, 3> pops;             // in stack order, the last is on top
  ValType push;
};

// Steps of instructions without a rule of their own; below are the opcodes.
inline constexpr uint16_t kUnaryStep = 4;   // no immediates, one number in, one out
inline constexpr uint16_t kBinaryStep = 5;  // no immediates, two numbers in, one out

// The frequent steps have small numbers, so that one jump table serves them.
constexpr uint16_t StepOf(ImmediateKind kind) {
  return static_cast<uint16_t>(6 + static_cast<uint16_t>(kind));
}
constexpr uint16_t StepOf(Opcode op) {
  switch (op) {
    case Opcode::LocalGet: return 0;
    case Opcode::LocalSet: return 1;
    case Opcode::LocalTee: return 2;
    case Opcode::End: return 3;
    default: return static_cast<uint16_t>(256 + static_cast<uint16_t>(op));
  }
}

namespace signature_internal {

constexpr ValType TypeOfLetter(char letter) {
  switch (letter) {
    case 'i': return ValType::kI32;
    case 'l': return ValType::kI64;
    case 'f': return ValType::kF32;
    case 'd': return ValType::kF64;
    case 'v': return ValType::kV128;
    case 'E': return ValType::Ref(HeapKind::kEq, true);
    case 'I': return ValType::Ref(HeapKind::kI31, true);
    case 'J': return ValType::Ref(HeapKind::kI31, false);
    case 'A': return ValType::Ref(HeapKind::kArray, true);
    default: return ValType::kI32;  // 'a', 't': as without memory64; replaced when it is not
  }
}

constexpr bool IsAddressLetter(char letter) { return letter == 'a' || letter == 't'; }

constexpr Signature Parse(Opcode op, ImmediateKind immediate, const char* text, int traits,
                          Feature feature) {
  Signature signature;
  signature.feature = feature;
  signature.allowed_in_const = (traits & kConst) != 0;
  signature.allowed_in_extended_const = (traits & kExtendedConst) != 0;
  if (text[0] == '*') {
    signature.step = StepOf(op);
    return signature;
  }
  for (; *text != ':'; ++text) {
    if (IsAddressLetter(*text)) signature.address_pops |= 1 << signature.pop_count;
    signature.pops[signature.pop_count++] = TypeOfLetter(*text);
  }
  for (++text; *text != '\0'; ++text) {
    signature.address_push = IsAddressLetter(*text);
    signature.push = TypeOfLetter(*text);
    ++signature.push_count;
  }
  signature.step = StepOf(immediate);
  const bool takes_or_gives_reference = signature.pops[0].is_ref() || signature.push.is_ref();
  if (immediate == ImmediateKind::kNone && signature.push_count == 1 && !takes_or_gives_reference) {
    if (signature.pop_count == 1) signature.step = kUnaryStep;
    if (signature.pop_count == 2) signature.step = kBinaryStep;
  }
  return signature;
}

}  // namespace signature_internal

inline constexpr std::array<Signature, kOpcodeCount> kSignatures = {
#define OP(name, text, prefix, code, immediate, signature, traits, feature)               \
  signature_internal::Parse(Opcode::name, ImmediateKind::k##immediate, signature, traits, \
                            Feature::k##feature),
#include "vm/syntax/opcodes_core.def"
#define OP(name, text, prefix, code, immediate, signature, traits, feature)               \
  signature_internal::Parse(Opcode::name, ImmediateKind::k##immediate, signature, traits, \
                            Feature::k##feature),
#include "vm/syntax/opcodes_simd.def"
#define OP(name, text, prefix, code, immediate, signature, traits, feature)               \
  signature_internal::Parse(Opcode::name, ImmediateKind::k##immediate, signature, traits, \
                            Feature::k##feature),
#include "vm/syntax/opcodes_atomic.def"
};

}  // namespace tenon::vm
