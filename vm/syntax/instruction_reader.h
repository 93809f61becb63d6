// Decoding of one instruction, driven by its row: the opcode, then the immediates of the row's
// kind. Scans that only look for the end of an expression read whole instructions; the walker,
// which knows the kind at compile time, has the immediates inlined. core: #binary-instr
//
// Each function returns false and leaves the failure, always a malformedness, in the reader.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/base/optimization.h"
#include "vm/base/byte_reader.h"
#include "vm/syntax/features.h"
#include "vm/syntax/instruction.h"
#include "vm/syntax/opcode.h"
#include "vm/syntax/type_reader.h"

namespace tenon::vm {

// Where vectors of immediates live until the next instruction is read.
struct ImmediateScratch {
  std::vector<uint32_t> labels;
  std::vector<ValType> types;
  std::vector<CatchClause> catches;
};

// A one-byte opcode and the feature it needs.
struct OneByteOpcode {
  Opcode op;
  uint8_t feature;
};

// By their code; prefixes and gaps need a feature that nobody has.
inline constexpr std::array<OneByteOpcode, 256> kOneByteOpcodes = [] {
  std::array<OneByteOpcode, 256> table{};
  table.fill({{}, Features::kNobodyHas});
#define OP(name, text, prefix, code, immediate, signature, traits, feature) \
  if (prefix == 0) table[code & 0xff] = {Opcode::name, static_cast<uint8_t>(Feature::k##feature)};
#include "vm/syntax/opcodes_core.def"
  return table;
}();

// The feature each instruction needs.
inline constexpr std::array<Feature, kOpcodeCount> kOpcodeFeatures = {
#define OP(name, text, prefix, code, immediate, signature, traits, feature) Feature::k##feature,
#include "vm/syntax/opcodes_core.def"
#define OP(name, text, prefix, code, immediate, signature, traits, feature) Feature::k##feature,
#include "vm/syntax/opcodes_simd.def"
#define OP(name, text, prefix, code, immediate, signature, traits, feature) Feature::k##feature,
#include "vm/syntax/opcodes_atomic.def"
};

// What ReadOpcode and the walker leave to a call: prefixed, unknown and switched-off instructions.
// `first` is read.
bool ReadOpcodeSlow(ByteReader& reader, const Features& features, uint8_t first, Opcode* out);

inline bool ReadOpcode(ByteReader& reader, const Features& features, Opcode* out) {
  uint8_t first;
  if (!reader.ReadByte(&first)) return false;
  const OneByteOpcode row = kOneByteOpcodes[first];
  if (!features.Has(static_cast<Feature>(row.feature))) [[unlikely]] {
    return ReadOpcodeSlow(reader, features, first, out);
  }
  *out = row.op;
  return true;
}

bool ReadMemArgSlow(ByteReader& reader, const Features& features, Instruction* out);

// core: #binary-memarg
ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool ReadMemArg(ByteReader& reader, const Features& features,
                                                    Instruction* out) {
  const uint8_t* at = reader.position();
  out->index = 0;
  if (reader.remaining() >= 2 && at[0] < 0x40 && at[1] < 0x80) [[likely]] {
    out->memarg = {at[0], at[1]};
    return reader.Skip(2);
  }
  if (reader.remaining() >= 3 && at[0] < 0x40 && at[2] < 0x80) {
    out->memarg = {at[0], (at[1] & 0x7fu) | uint32_t{at[2]} << 7};
    return reader.Skip(3);
  }
  return ReadMemArgSlow(reader, features, out);
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool ReadI32(ByteReader& reader, Instruction* out) {
  const int first = reader.PeekByte();
  if (first >= 0 && first < 0x80) [[likely]] {
    out->bits = static_cast<uint32_t>(static_cast<int8_t>(first << 1) >> 1);
    return reader.Skip(1);
  }
  int32_t value;
  if (!reader.ReadVarS32(&value)) return false;
  out->bits = static_cast<uint32_t>(value);
  return true;
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool ReadI64(ByteReader& reader, Instruction* out) {
  int64_t value;
  if (!reader.ReadVarS64(&value)) return false;
  out->bits = static_cast<uint64_t>(value);
  return true;
}

// A memory index where the first version of the format had a zero byte; likewise a table's.
bool ReadIndexOrZero(ByteReader& reader, bool index_allowed, uint32_t* out);
bool ReadLabelTable(ByteReader& reader, ImmediateScratch* scratch, Instruction* out);
bool ReadSelectTypes(ByteReader& reader, const Features& features, ImmediateScratch* scratch,
                     Instruction* out);
bool ReadCastType(ByteReader& reader, const Features& features, Instruction* out);
bool ReadCastLabel(ByteReader& reader, const Features& features, Instruction* out);
bool ReadCatches(ByteReader& reader, ImmediateScratch* scratch, Instruction* out);

// core: #binary-instr-numeric, #binary-instr-simd
template <ImmediateKind kKind>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool ReadNumber(ByteReader& reader, Instruction* out) {
  using enum ImmediateKind;
  if constexpr (kKind == kI32) {
    return ReadI32(reader, out);
  } else if constexpr (kKind == kI64) {
    return ReadI64(reader, out);
  } else if constexpr (kKind == kF32) {
    uint32_t value;
    if (!reader.ReadFixed(&value)) return false;
    out->bits = value;
    return true;
  } else if constexpr (kKind == kF64) {
    return reader.ReadFixed(&out->bits);
  } else {
    static_assert(kKind == kV128 || kKind == kShuffle);
    return reader.ReadFixed(&out->v128);
  }
}

// Kinds of which the shape does not tell all: indices that were once a zero byte, and kOther.
template <ImmediateKind kKind>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool ReadSpecial(ByteReader& reader, const Features& features,
                                                     ImmediateScratch* scratch, Instruction* out) {
  using enum ImmediateKind;
  const bool multi_memory = features.Has(Feature::kMultiMemory);
  if constexpr (kKind == kBlock) {
    return ReadBlockType(reader, features, &out->block);
  } else if constexpr (kKind == kTryTable) {
    return ReadBlockType(reader, features, &out->block) && ReadCatches(reader, scratch, out);
  } else if constexpr (kKind == kLabelTable) {
    return ReadLabelTable(reader, scratch, out);
  } else if constexpr (kKind == kCallIndirect) {
    return reader.ReadVarU32(&out->index) &&
           ReadIndexOrZero(reader, features.Has(Feature::kReferenceTypes), &out->index2);
  } else if constexpr (kKind == kSelectTypes) {
    return ReadSelectTypes(reader, features, scratch, out);
  } else if constexpr (kKind == kHeapType) {
    return ReadHeapType(reader, features, &out->heap);
  } else if constexpr (kKind == kRefType) {
    return ReadCastType(reader, features, out);
  } else if constexpr (kKind == kCastLabel) {
    return ReadCastLabel(reader, features, out);
  } else if constexpr (kKind == kMemory) {
    return ReadIndexOrZero(reader, multi_memory, &out->index);
  } else if constexpr (kKind == kMemoryMemory) {
    return ReadIndexOrZero(reader, multi_memory, &out->index) &&
           ReadIndexOrZero(reader, multi_memory, &out->index2);
  } else if constexpr (kKind == kDataMemory) {
    return reader.ReadVarU32(&out->index) && ReadIndexOrZero(reader, multi_memory, &out->index2);
  } else {
    static_assert(kKind == kZeroByte);
    return ReadIndexOrZero(reader, /*index_allowed=*/false, &out->index);
  }
}

// Reads the immediates of `kKind` into the fields of `out` that belong to it.
template <ImmediateKind kKind>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool ReadImmediates(ByteReader& reader,
                                                        const Features& features,
                                                        ImmediateScratch* scratch,
                                                        Instruction* out) {
  using enum ImmediateShape;
  constexpr ImmediateShape kShape = ShapeOf(kKind);
  constexpr bool kMayBeZeroByte =
      kKind == ImmediateKind::kMemory || kKind == ImmediateKind::kMemoryMemory ||
      kKind == ImmediateKind::kDataMemory || kKind == ImmediateKind::kCallIndirect;
  if constexpr (kShape == kOther || kMayBeZeroByte) {
    return ReadSpecial<kKind>(reader, features, scratch, out);
  } else if constexpr (kShape == kNone) {
    return true;
  } else if constexpr (kShape == kIndex) {
    return reader.ReadVarU32(&out->index);
  } else if constexpr (kShape == kIndexPair) {
    return reader.ReadVarU32(&out->index) && reader.ReadVarU32(&out->index2);
  } else if constexpr (kShape == kMemArg) {
    return ReadMemArg(reader, features, out);
  } else if constexpr (kShape == kMemArgLane) {
    return ReadMemArg(reader, features, out) && reader.ReadByte(&out->lane);
  } else if constexpr (kShape == kLane) {
    return reader.ReadByte(&out->lane);
  } else {
    static_assert(kShape == kNumber);
    return ReadNumber<kKind>(reader, out);
  }
}

// Reads one instruction whole.
bool ReadInstruction(ByteReader& reader, const Features& features, ImmediateScratch* scratch,
                     Instruction* out);

// Skips an expression with its final `end`, which must come at nesting depth 0. Nothing but the
// form is checked: opcodes, immediates, and that blocks are closed ("END opcode expected").
// `needs_data_count` is set when a data segment is named.
bool SkipExpression(ByteReader& reader, const Features& features, ImmediateScratch* scratch,
                    bool* needs_data_count);

// Reads a body's declarations of locals, calling add(count, type) for each group.
// core: #binary-local
template <typename Add>
bool ReadLocals(ByteReader& reader, const Features& features, const Add& add) {
  const uint64_t where = reader.offset();
  uint32_t groups;
  if (!ReadCount(reader, &groups)) return false;
  uint64_t total = 0;
  for (uint32_t i = 0; i < groups; ++i) {
    uint32_t count;
    ValType type;
    if (!reader.ReadVarU32(&count) || !ReadValType(reader, features, &type)) return false;
    total += count;
    if (total <= UINT32_MAX) add(count, type);
  }
  if (total > UINT32_MAX) return reader.FailAt(ErrorKind::kMalformed, "too many locals", where);
  return true;
}

}  // namespace tenon::vm
