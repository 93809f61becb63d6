#include "vm/syntax/instruction_reader.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tenon::vm {
namespace {

bool NamesDataSegment(Opcode op) {
  switch (Info(op).immediate) {
    case ImmediateKind::kData:
    case ImmediateKind::kDataMemory:
    case ImmediateKind::kTypeData: return true;
    default: return false;
  }
}

}  // namespace

bool ReadOpcodeSlow(ByteReader& reader, const Features& features, uint8_t first, Opcode* out) {
  const uint64_t where = reader.offset() - 1;
  std::optional<Opcode> op;
  std::string text = absl::StrFormat("illegal opcode %02x", first);
  if (first >= 0xfb && first <= 0xfe) {
    uint32_t code;
    if (!reader.ReadVarU32(&code)) return false;
    op = FindOpcode(first, code);
    if (!op) absl::StrAppendFormat(&text, " %02x", code);
  } else {
    op = FindOpcode(0, first);
  }
  if (!op) return reader.FailAt(ErrorKind::kMalformed, text, where);
  const Feature feature = kOpcodeFeatures[static_cast<size_t>(*op)];
  if (!features.Has(feature)) {
    absl::StrAppend(&text, ": ", Info(*op).text, " needs ", FeatureName(feature));
    return reader.FailAt(ErrorKind::kMalformed, text, where);
  }
  *out = *op;
  return true;
}

bool ReadMemArgSlow(ByteReader& reader, const Features& features, Instruction* out) {
  constexpr uint32_t kHasMemory = 0x40;
  const uint64_t where = reader.offset();
  uint32_t flags;
  if (!reader.ReadVarU32(&flags)) return false;
  if (flags >= 2 * kHasMemory) {
    return reader.FailAt(ErrorKind::kMalformed, "malformed memop flags", where);
  }
  if ((flags & kHasMemory) && !features.Has(Feature::kMultiMemory)) {
    return reader.FailAt(ErrorKind::kMalformed, "malformed memop flags: multi-memory is off",
                         where);
  }
  out->index = 0;
  if ((flags & kHasMemory) && !reader.ReadVarU32(&out->index)) return false;
  out->memarg.align_log2 = flags & (kHasMemory - 1);
  return reader.ReadVarU64(&out->memarg.offset);
}

bool ReadIndexOrZero(ByteReader& reader, bool index_allowed, uint32_t* out) {
  if (index_allowed) return reader.ReadVarU32(out);
  uint8_t zero;
  const uint64_t where = reader.offset();
  if (!reader.ReadByte(&zero)) return false;
  *out = 0;
  return zero == 0 || reader.FailAt(ErrorKind::kMalformed, "zero byte expected", where);
}

bool ReadLabelTable(ByteReader& reader, ImmediateScratch* scratch, Instruction* out) {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  scratch->labels.clear();
  for (uint64_t i = 0; i <= count; ++i) {  // the default label comes after the others
    uint32_t label;
    if (!reader.ReadVarU32(&label)) return false;
    scratch->labels.push_back(label);
  }
  out->labels = scratch->labels;
  return true;
}

bool ReadSelectTypes(ByteReader& reader, const Features& features, ImmediateScratch* scratch,
                     Instruction* out) {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  scratch->types.clear();
  for (uint32_t i = 0; i < count; ++i) {
    ValType type;
    if (!ReadValType(reader, features, &type)) return false;
    scratch->types.push_back(type);
  }
  out->types = scratch->types;
  return true;
}

// The opcode says whether null passes.
bool ReadCastType(ByteReader& reader, const Features& features, Instruction* out) {
  HeapType heap;
  if (!ReadHeapType(reader, features, &heap)) return false;
  out->to = ValType::Ref(heap, out->op == Opcode::RefTestNull || out->op == Opcode::RefCastNull);
  return true;
}

// core: #binary-castop
bool ReadCastLabel(ByteReader& reader, const Features& features, Instruction* out) {
  constexpr uint8_t kFromNull = 1;
  constexpr uint8_t kToNull = 2;
  const uint64_t where = reader.offset();
  uint8_t flags;
  HeapType from, to;
  if (!reader.ReadByte(&flags)) return false;
  if (flags & ~(kFromNull | kToNull)) {
    return reader.FailAt(ErrorKind::kMalformed, "malformed br_on_cast flags", where);
  }
  if (!reader.ReadVarU32(&out->index) || !ReadHeapType(reader, features, &from) ||
      !ReadHeapType(reader, features, &to)) {
    return false;
  }
  out->from = ValType::Ref(from, (flags & kFromNull) != 0);
  out->to = ValType::Ref(to, (flags & kToNull) != 0);
  return true;
}

// core: #binary-catch
bool ReadCatches(ByteReader& reader, ImmediateScratch* scratch, Instruction* out) {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  scratch->catches.clear();
  for (uint32_t i = 0; i < count; ++i) {
    CatchClause clause;
    const uint64_t where = reader.offset();
    uint8_t kind;
    if (!reader.ReadByte(&kind)) return false;
    if (kind > static_cast<uint8_t>(CatchClause::Kind::kCatchAllRef)) {
      return reader.FailAt(ErrorKind::kMalformed, "malformed catch clause", where);
    }
    clause.kind = static_cast<CatchClause::Kind>(kind);
    if (!clause.catches_all() && !reader.ReadVarU32(&clause.tag)) return false;
    if (!reader.ReadVarU32(&clause.label)) return false;
    scratch->catches.push_back(clause);
  }
  out->catches = scratch->catches;
  return true;
}

bool ReadInstruction(ByteReader& reader, const Features& features, ImmediateScratch* scratch,
                     Instruction* out) {
  out->offset = static_cast<uint32_t>(reader.offset());
  if (!ReadOpcode(reader, features, &out->op)) return false;
  switch (Info(out->op).immediate) {
#define IMMEDIATE(name, shape) \
  case ImmediateKind::k##name: \
    return ReadImmediates<ImmediateKind::k##name>(reader, features, scratch, out);
#include "vm/syntax/immediates.def"
  }
  return false;
}

bool SkipExpression(ByteReader& reader, const Features& features, ImmediateScratch* scratch,
                    bool* needs_data_count) {
  std::vector<Opcode> clauses;  // by nesting depth: what began the clause that is open
  Instruction instruction;
  while (true) {
    if (!ReadInstruction(reader, features, scratch, &instruction)) return false;
    if (OpensConstruct(Info(instruction.op).immediate)) {
      clauses.push_back(instruction.op);
      continue;
    }
    if (ContinuesConstruct(instruction.op)) {
      const bool is_open = !clauses.empty();
      if (!is_open && instruction.op == Opcode::End) return true;
      if (!is_open || !MayFollowClause(clauses.back(), instruction.op)) {
        return reader.FailAt(ErrorKind::kMalformed, "END opcode expected", instruction.offset);
      }
      clauses.back() = instruction.op;
      if (instruction.op == Opcode::End || instruction.op == Opcode::Delegate) clauses.pop_back();
      continue;
    }
    switch (instruction.op) {
      default:
        if (NamesDataSegment(instruction.op)) *needs_data_count = true;
        break;
    }
  }
}

}  // namespace tenon::vm
