#include "abi/binary/read.h"

namespace tenon::abi {
namespace {

using syntax::CanonOption;
using syntax::CanonOptions;

bool ReadOptions(SyntaxReader& reader, CanonOptions* out) {
  return ReadVec(reader, 100, "canonical options", out, [&](CanonOption* option) {
    uint8_t code = 0;
    if (!reader.ReadForm(0x07, "canonical option", &code)) return false;
    option->kind = static_cast<CanonOption::Kind>(code);  // the enum has the codes' order
    const bool has_index = (code >= 0x03 && code <= 0x05) || code == 0x07;
    return !has_index || reader.ReadVarU32(&option->index);
  });
}

bool ReadFuncSort(SyntaxReader& reader, const char* what) {
  uint8_t sort = 0;
  return reader.ReadForm(0, what, &sort);
}

template <typename Idx>
bool ReadIndex(SyntaxReader& reader, Idx* out) {
  uint32_t value = 0;
  if (!reader.ReadVarU32(&value)) return false;
  *out = Idx(value);
  return true;
}

bool ReadFlag(SyntaxReader& reader) {
  uint8_t flag = 0;
  const uint64_t where = reader.offset();
  if (!reader.ReadByte(&flag)) return false;
  return flag <= 1 || reader.FailAt(ErrorKind::kMalformed, "invalid boolean value", where);
}

// One immediate of a gated built-in, by its letter in canon_builtins.def.
bool SkipImmediate(SyntaxReader& reader, char letter) {
  uint32_t index = 0;
  switch (letter) {
    case 'o': {
      CanonOptions options;
      return ReadOptions(reader, &options);
    }
    case 'a':
    case 'c':
    case 's': return ReadFlag(reader);
    case 'v': {
      vm::ValType type;
      return ReadCoreValType(reader, &type);
    }
    case 'r': {
      std::optional<syntax::ValType> result;
      return ReadResultList(reader, &result);
    }
    default: return reader.ReadVarU32(&index);
  }
}

struct GatedRow {
  uint8_t code;
  const char* name;
  const char* immediates;
  const char* feature;
};
constexpr GatedRow kGated[] = {
#define GATED_BUILTIN(code, name, immediates, feature) {code, name, immediates, feature},
#include "abi/syntax/canon_builtins.def"
};

bool ReadGated(SyntaxReader& reader, uint8_t code, uint64_t where, syntax::Canon* out) {
  for (const GatedRow& row : kGated) {
    if (row.code != code) continue;
    for (const char* letter = row.immediates; *letter != 0; ++letter) {
      if (!SkipImmediate(reader, *letter)) return false;
    }
    *out = syntax::CanonGated{row.name, row.feature};
    return true;
  }
  return reader.FailForm(code, "canonical function", where);
}

}  // namespace

bool ReadCanon(SyntaxReader& reader, syntax::Canon* out) {
  uint8_t code = 0;
  const uint64_t where = reader.offset();
  if (!reader.ReadByte(&code)) return false;
  switch (code) {
    case 0x00: {
      auto& lift = out->emplace<syntax::CanonLift>();
      return ReadFuncSort(reader, "canonical function lift") && ReadIndex(reader, &lift.func) &&
             ReadOptions(reader, &lift.options) && ReadIndex(reader, &lift.type);
    }
    case 0x01: {
      auto& lower = out->emplace<syntax::CanonLower>();
      return ReadFuncSort(reader, "canonical function lower") && ReadIndex(reader, &lower.func) &&
             ReadOptions(reader, &lower.options);
    }
    case 0x02:
    case 0x03:
    case 0x04: {
      auto& resource = out->emplace<syntax::CanonResource>();
      resource.op = static_cast<syntax::CanonResource::Op>(code - 0x02);
      return ReadIndex(reader, &resource.type);
    }
    default: return ReadGated(reader, code, where, out);
  }
}

}  // namespace tenon::abi
