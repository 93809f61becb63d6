// Sections that declare: imports, functions, tables, memories, globals, tags, exports, start.
// core: #binary-importsec and following
#include "vm/base/utf8.h"
#include "vm/binary/section_decoder.h"
#include "vm/binary/type_codes.h"

namespace tenon::vm {

// core: #binary-name
bool SectionDecoder::DecodeName(absl::string_view* out) {
  uint32_t size;
  absl::Span<const uint8_t> bytes;
  if (!ReadCount(reader, &size)) return false;
  const uint64_t where = reader.offset();
  if (!reader.ReadBytes(size, &bytes)) return false;
  *out = absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return IsValidUtf8(*out) ||
         reader.FailAt(ErrorKind::kMalformed, "malformed UTF-8 encoding", where);
}

// An expression may not leave its section: what follows could read as instructions.
bool SectionDecoder::DecodeExpression(ByteRange* out) {
  out->offset = offset();
  const uint64_t left = end > reader.offset() ? end - reader.offset() : 0;
  ByteReader expression(absl::MakeConstSpan(reader.position(), left), reader.offset());
  bool needs_data_count = false;
  if (!SkipExpression(expression, features, &scratch, &needs_data_count)) {
    const Error error = expression.error();
    return reader.FailAt(error.kind(), error.message(), error.where()->offset);
  }
  out->size = static_cast<uint32_t>(expression.offset()) - out->offset;
  return reader.Skip(out->size);
}

namespace {

bool DecodeImportType(SectionDecoder& decoder, Import* import) {
  const uint64_t where = decoder.reader.offset();
  uint8_t kind;
  if (!decoder.reader.ReadByte(&kind)) return false;
  switch (kind) {
    case 0: {
      uint32_t type;
      if (!decoder.reader.ReadVarU32(&type)) return false;
      import->type = TypeIdx(type);
      return true;
    }
    case 1: return decoder.DecodeTableType(&import->type.emplace<1>());
    case 2: return decoder.DecodeMemoryType(&import->type.emplace<2>());
    case 3: return decoder.DecodeGlobalType(&import->type.emplace<3>());
    case 4: return decoder.DecodeTagType(&import->type.emplace<4>());
    default: return decoder.reader.FailAt(ErrorKind::kMalformed, "malformed import kind", where);
  }
}

}  // namespace

bool SectionDecoder::DecodeImports() {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  if (count > kMaxImports) return Limit("imports", kMaxImports);
  module.imports.reserve(reader.Reservable(count, 4));  // two names, a kind and an index
  for (uint32_t i = 0; i < count; ++i) {
    item = i;
    Import& import = module.imports.emplace_back();
    import.offset = offset();
    if (!DecodeName(&import.module) || !DecodeName(&import.name)) return false;
    if (!DecodeImportType(*this, &import)) return false;
  }
  return true;
}

bool SectionDecoder::DecodeFunctions() {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  if (count > kMaxFunctions) return Limit("functions", kMaxFunctions);
  module.functions.reserve(reader.Reservable(count, 1));
  for (uint32_t i = 0; i < count; ++i) {
    item = i;
    uint32_t type;
    if (!reader.ReadVarU32(&type)) return false;
    module.functions.push_back(TypeIdx(type));
  }
  return true;
}

bool SectionDecoder::DecodeTables() {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  if (count > kMaxTables) return Limit("tables", kMaxTables);
  for (uint32_t i = 0; i < count; ++i) {
    item = i;
    Table table;
    const bool has_init =
        features.Has(Feature::kFunctionReferences) && reader.PeekByte() == kTableWithInitializer;
    if (has_init) {
      uint8_t zero;
      if (!reader.Skip(1) || !reader.ReadByte(&zero)) return false;
      if (zero != 0) return Malformed("zero byte expected");
    }
    if (!DecodeTableType(&table.type)) return false;
    if (has_init && !DecodeExpression(&table.init.emplace())) return false;
    module.tables.push_back(std::move(table));
  }
  return true;
}

bool SectionDecoder::DecodeMemories() {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  if (count > kMaxMemories) return Limit("memories", kMaxMemories);
  for (uint32_t i = 0; i < count; ++i) {
    item = i;
    if (!DecodeMemoryType(&module.memories.emplace_back())) return false;
  }
  return true;
}

bool SectionDecoder::DecodeGlobals() {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  if (count > kMaxGlobals) return Limit("globals", kMaxGlobals);
  for (uint32_t i = 0; i < count; ++i) {
    item = i;
    Global& global = module.globals.emplace_back();
    if (!DecodeGlobalType(&global.type) || !DecodeExpression(&global.init)) return false;
  }
  return true;
}

bool SectionDecoder::DecodeTags() {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  if (count > kMaxTypes) return Limit("tags", kMaxTypes);
  for (uint32_t i = 0; i < count; ++i) {
    item = i;
    if (!DecodeTagType(&module.tags.emplace_back())) return false;
  }
  return true;
}

bool SectionDecoder::DecodeExports() {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  if (count > kMaxExports) return Limit("exports", kMaxExports);
  module.exports.reserve(reader.Reservable(count, 3));  // a name, a kind and an index
  for (uint32_t i = 0; i < count; ++i) {
    item = i;
    Export field;
    field.offset = offset();
    if (!DecodeName(&field.name)) return false;
    const uint64_t where = reader.offset();
    uint8_t kind;
    if (!reader.ReadByte(&kind)) return false;
    if (kind > static_cast<uint8_t>(ExternKind::kTag)) {
      return reader.FailAt(ErrorKind::kMalformed, "malformed export kind", where);
    }
    field.kind = static_cast<ExternKind>(kind);
    if (!reader.ReadVarU32(&field.index)) return false;
    module.exports.push_back(field);
  }
  return true;
}

bool SectionDecoder::DecodeStart() {
  uint32_t index;
  if (!reader.ReadVarU32(&index)) return false;
  module.start = FuncIdx(index);
  return true;
}

}  // namespace tenon::vm
