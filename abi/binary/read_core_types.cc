// Core types as definitions of a component: function types and module types; the others are read by
// the decoder of modules. abi: "Type Definitions"
#include "abi/binary/read.h"
#include "vm/binary/decoder.h"
#include "vm/syntax/limits.h"
#include "vm/syntax/type_reader.h"

namespace tenon::abi {
namespace {

constexpr int kFuncCode = 0x60;
constexpr int kModuleCode = 0x50;

bool ReadCoreFuncType(SyntaxReader& reader, syntax::CoreFuncType* out) {
  const auto read = [&](vm::ValType* type) { return ReadCoreValType(reader, type); };
  return ReadVec(reader, vm::kMaxParams, "parameters", &out->params, read) &&
         ReadVec(reader, vm::kMaxResults, "results", &out->results, read);
}

// core: #binary-limits. Bit 0: has a maximum, 1: shared, 2: 64-bit addresses.
bool ReadLimits(SyntaxReader& reader, uint8_t allowed, uint8_t* flags, vm::Limits* out) {
  const uint64_t where = reader.offset();
  if (!reader.ReadByte(flags)) return false;
  if (*flags & ~allowed)
    return reader.FailAt(ErrorKind::kMalformed, "malformed limits flags", where);
  if (!reader.ReadVarU64(&out->min)) return false;
  out->has_max = *flags & 1;
  return !out->has_max || reader.ReadVarU64(&out->max);
}

bool ReadTableType(SyntaxReader& reader, vm::TableType* out) {
  uint8_t flags = 0;
  if (!vm::ReadRefType(reader, vm::Features(), &out->element)) return false;
  if (!ReadLimits(reader, 0x05, &flags, &out->limits)) return false;
  out->address = flags & 4 ? vm::AddressType::kI64 : vm::AddressType::kI32;
  return true;
}

bool ReadMemoryType(SyntaxReader& reader, vm::MemoryType* out) {
  uint8_t flags = 0;
  if (!ReadLimits(reader, 0x07, &flags, &out->limits)) return false;
  out->shared = flags & 2;
  out->address = flags & 4 ? vm::AddressType::kI64 : vm::AddressType::kI32;
  return true;
}

bool ReadGlobalType(SyntaxReader& reader, vm::GlobalType* out) {
  uint8_t mutability = 0;
  if (!ReadCoreValType(reader, &out->type)) return false;
  const uint64_t where = reader.offset();
  if (!reader.ReadByte(&mutability)) return false;
  out->is_mutable = mutability == 1;
  return mutability <= 1 || reader.FailAt(ErrorKind::kMalformed, "malformed mutability", where);
}

// core: #binary-externtype
bool ReadCoreExternType(SyntaxReader& reader, vm::ImportType* out) {
  uint8_t kind = 0;
  uint32_t index = 0;
  const uint64_t where = reader.offset();
  if (!reader.ReadByte(&kind)) return false;
  switch (kind) {
    case 0x00:
      if (!reader.ReadVarU32(&index)) return false;
      out->emplace<0>(index);
      return true;
    case 0x01: return ReadTableType(reader, &out->emplace<vm::TableType>());
    case 0x02: return ReadMemoryType(reader, &out->emplace<vm::MemoryType>());
    case 0x03: return ReadGlobalType(reader, &out->emplace<vm::GlobalType>());
    case 0x04: {
      uint8_t attribute = 0;
      if (!reader.ReadByte(&attribute) || !reader.ReadVarU32(&index)) return false;
      out->emplace<vm::TagType>(vm::TagType{vm::TypeIdx(index)});
      return attribute == 0 || reader.FailAt(ErrorKind::kMalformed, "malformed tag type", where);
    }
    default: return reader.FailForm(kind, "external kind", where);
  }
}

bool ReadCoreTypeAlias(SyntaxReader& reader, syntax::CoreTypeAlias* out) {
  uint8_t sort = 0, target = 0;
  const uint64_t where = reader.offset();
  if (!reader.ReadByte(&sort)) return false;
  if (sort != 0x10) return reader.FailForm(sort, "outer alias kind", where);
  if (!reader.ReadByte(&target)) return false;
  if (target != 0x01) return reader.FailForm(target, "outer alias target", where + 1);
  return reader.ReadVarU32(&out->outer_count) && reader.ReadVarU32(&out->outer_index);
}

bool ReadModuleDecl(SyntaxReader& reader, int depth, syntax::CoreModuleDecl* out) {
  uint8_t kind = 0;
  out->offset = reader.offset();
  if (!reader.ReadByte(&kind)) return false;
  switch (kind) {
    case 0x00: {
      auto& import = out->decl.emplace<syntax::CoreImportDecl>();
      return ReadName(reader, &import.module) && ReadName(reader, &import.name) &&
             ReadCoreExternType(reader, &import.type);
    }
    case 0x01: return ReadCoreTypeDef(reader, depth + 1, &out->decl.emplace<syntax::CoreTypeDef>());
    case 0x02: return ReadCoreTypeAlias(reader, &out->decl.emplace<syntax::CoreTypeAlias>());
    case 0x03: {
      auto& exported = out->decl.emplace<syntax::CoreExportDecl>();
      return ReadName(reader, &exported.name) && ReadCoreExternType(reader, &exported.type);
    }
    default: return reader.FailForm(kind, "type definition", out->offset);
  }
}

// `code` is its first byte, or 0x00 in front of a `sub` that has the code of a module type.
bool ReadCoreRecType(SyntaxReader& reader, uint8_t code, uint64_t where, syntax::CoreRecType* out) {
  constexpr uint8_t kSub = 0x50, kFirstCode = 0x4e, kLastCode = 0x5f;
  const bool is_prefix = code == 0x00 && reader.PeekByte() == kSub;
  if (!is_prefix && (code < kFirstCode || code > kLastCode)) {
    return reader.FailForm(code, "core type", where);
  }
  const uint8_t* const begin = reader.position() - (is_prefix ? 0 : 1);
  const auto rest = absl::MakeConstSpan(begin, reader.position() + reader.remaining());
  SyntaxReader types = reader.Part(rest, is_prefix ? where + 1 : where);
  std::vector<vm::SubType> group;
  if (!vm::DecodeRecType(types, vm::Features::All(), &group)) {
    const Error error = types.error();
    return reader.FailAt(error.kind(), error.message(), error.where()->offset);
  }
  out->bytes = absl::MakeConstSpan(begin, types.position());
  out->count = static_cast<uint32_t>(group.size());
  return reader.Skip(static_cast<size_t>(types.position() - reader.position()));
}

}  // namespace

bool ReadCoreValType(SyntaxReader& reader, vm::ValType* out) {
  return vm::ReadValType(reader, vm::Features(), out);
}

bool ReadCoreTypeDef(SyntaxReader& reader, int depth, syntax::CoreTypeDef* out) {
  uint8_t code = 0;
  const uint64_t where = reader.offset();
  if (depth > static_cast<int>(kMaxNestingDepth)) {
    return reader.FailAt(ErrorKind::kLimit, "types are nested too deeply", where);
  }
  if (!reader.ReadByte(&code)) return false;
  if (code == kFuncCode) {
    return ReadCoreFuncType(reader, &out->emplace<syntax::CoreFuncType>());
  }
  if (code == kModuleCode) {
    auto* const type = reader.New<syntax::CoreModuleType>();
    if (type == nullptr) return false;
    *out = type;
    return ReadVec(
        reader, kMaxTypes, "declarators", &type->decls,
        [&](syntax::CoreModuleDecl* decl) { return ReadModuleDecl(reader, depth, decl); });
  }
  return ReadCoreRecType(reader, code, where, &out->emplace<syntax::CoreRecType>());
}

}  // namespace tenon::abi
