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
    return !syntax::RowOf(*option).sort || reader.ReadVarU32(&option->index);
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

bool ReadFlag(SyntaxReader& reader, bool* out) {
  uint8_t flag = 0;
  const uint64_t where = reader.offset();
  if (!reader.ReadByte(&flag)) return false;
  *out = flag != 0;
  return flag <= 1 || reader.FailAt(ErrorKind::kMalformed, "invalid boolean value", where);
}

// One immediate of a built-in, by its letter in canon_builtins.def.
bool ReadImmediate(SyntaxReader& reader, char letter, syntax::CanonBuiltin* out) {
  switch (letter) {
    case 't': return ReadIndex(reader, &out->type);
    case 'o': return ReadOptions(reader, &out->options);
    case 'a': return ReadFlag(reader, &out->is_async);
    case 'c': return ReadFlag(reader, &out->cancellable);
    case 's': return ReadFlag(reader, &out->is_shared);
    case 'u': return reader.ReadVarU32(&out->slot);
    case 'm': return ReadIndex(reader, &out->memory);
    case 'b': return ReadIndex(reader, &out->table);
    case 'f': return ReadIndex(reader, &out->core_type);
    case 'v': return ReadCoreValType(reader, &out->value_type);
    default: return ReadResultList(reader, &out->result);
  }
}

bool ReadBuiltin(SyntaxReader& reader, uint8_t code, uint64_t where, syntax::Canon* out) {
  for (const syntax::CanonBuiltinRow& row : syntax::kCanonBuiltins) {
    if (row.code != code) continue;
    auto* const builtin = reader.New<syntax::CanonBuiltin>();
    if (builtin == nullptr) return false;
    builtin->row = &row;
    for (const char* letter = row.immediates; *letter != 0; ++letter) {
      if (!ReadImmediate(reader, *letter, builtin)) return false;
    }
    *out = builtin;
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
    default: return ReadBuiltin(reader, code, where, out);
  }
}

}  // namespace tenon::abi
