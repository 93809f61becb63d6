// Element segments, code and data. core: #binary-elemsec, #binary-codesec, #binary-datasec
#include "absl/strings/str_cat.h"
#include "vm/binary/section_decoder.h"

namespace tenon::vm {

bool SectionDecoder::DecodeElems() {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  if (count > kMaxSegments) return Limit("element segments", kMaxSegments);
  for (uint32_t i = 0; i < count; ++i) {
    item = i;
    if (!DecodeElem()) return false;
  }
  return true;
}

// The eight forms: bit 0 not active, bit 1 explicit table or declarative, bit 2 expressions.
bool SectionDecoder::DecodeElem() {
  const uint64_t where = reader.offset();
  ElemSegment segment;
  segment.offset = offset();
  uint32_t flags;
  if (!reader.ReadVarU32(&flags)) return false;
  if (flags > 7) {
    return reader.FailAt(ErrorKind::kMalformed, "malformed elements segment kind", where);
  }
  const bool is_active = (flags & 1) == 0;
  const bool as_expressions = (flags & 4) != 0;
  if (is_active) {
    segment.mode = ElemSegment::Mode::kActive;
    uint32_t table = 0;
    if ((flags & 2) && !reader.ReadVarU32(&table)) return false;
    segment.table = TableIdx(table);
    if (!DecodeExpression(&segment.table_offset)) return false;
  } else if (flags & 2) {
    segment.mode = ElemSegment::Mode::kDeclarative;
  }
  // Function indices can't be null; expressions without a type are funcref.
  segment.type = ValType::Ref(HeapKind::kFunc, /*nullable=*/as_expressions);
  if ((flags & 3) != 0) {
    const uint64_t kind_at = reader.offset();
    uint8_t kind;
    if (as_expressions) {
      if (!ReadRefType(reader, features, &segment.type)) return false;
    } else if (!reader.ReadByte(&kind)) {
      return false;
    } else if (kind != 0) {
      return reader.FailAt(ErrorKind::kMalformed, "malformed element kind", kind_at);
    }
  }
  if (!DecodeElemItems(as_expressions, &segment)) return false;
  module.elems.push_back(std::move(segment));
  return true;
}

bool SectionDecoder::DecodeElemItems(bool as_expressions, ElemSegment* segment) {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t index;
    if (as_expressions) {
      if (!DecodeExpression(&segment->exprs.emplace_back())) return false;
    } else if (reader.ReadVarU32(&index)) {
      segment->funcs.push_back(FuncIdx(index));
    } else {
      return false;
    }
  }
  return true;
}

bool SectionDecoder::DecodeCode() {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  if (count > kMaxFunctions) return Limit("functions", kMaxFunctions);
  module.bodies.reserve(reader.Reservable(count, 2));
  for (uint32_t i = 0; i < count; ++i) {
    item = i;
    uint32_t size;
    if (!ReadCount(reader, &size)) return false;
    if (size > kMaxFunctionBody) {
      return Limit(absl::StrCat("bytes in the body of function ", i), kMaxFunctionBody);
    }
    module.bodies.push_back({{offset(), size}});
    if (!reader.Skip(size)) return false;
  }
  return true;
}

bool SectionDecoder::DecodeDatas() {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  if (count > kMaxSegments) return Limit("data segments", kMaxSegments);
  for (uint32_t i = 0; i < count; ++i) {
    item = i;
    if (!DecodeData()) return false;
  }
  return true;
}

bool SectionDecoder::DecodeData() {
  const uint64_t where = reader.offset();
  DataSegment segment;
  uint32_t flags;
  if (!reader.ReadVarU32(&flags)) return false;
  if (flags > 2) return reader.FailAt(ErrorKind::kMalformed, "malformed data segment kind", where);
  if (flags != 1) {
    uint32_t memory = 0;
    if (flags == 2 && !reader.ReadVarU32(&memory)) return false;
    segment.active = true;
    segment.memory = MemoryIdx(memory);
    if (!DecodeExpression(&segment.memory_offset)) return false;
  }
  if (!ReadCount(reader, &segment.bytes.size)) return false;
  segment.bytes.offset = offset();
  if (!reader.Skip(segment.bytes.size)) return false;
  module.datas.push_back(segment);
  return true;
}

bool SectionDecoder::DecodeDataCount() {
  uint32_t count;
  if (!reader.ReadVarU32(&count)) return false;
  if (!features.Has(Feature::kBulkMemory)) {
    return Malformed("malformed section id: bulk-memory is off");
  }
  module.data_count = count;
  return true;
}

}  // namespace tenon::vm
