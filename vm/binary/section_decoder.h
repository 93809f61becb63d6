// The state shared by the files that decode sections: the reader of the section at hand and the
// module that is filled. Internal to vm/binary.
//
// Each Decode function reads one section's content; false leaves the failure in the reader. Items
// are appended one by one as they are read, so a declared count never sizes an allocation.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "vm/base/byte_reader.h"
#include "vm/syntax/features.h"
#include "vm/syntax/instruction_reader.h"
#include "vm/syntax/limits.h"
#include "vm/syntax/module.h"

namespace tenon::vm {

struct SectionDecoder {
  // From the section's content to the module's end: as in the reference interpreter, a section is
  // read to where its items end, which is then compared with its size. That gives its errors.
  ByteReader reader;
  uint64_t end;  // where the section should end
  const Features& features;
  Module& module;
  ImmediateScratch& scratch;
  std::optional<uint32_t> item = {};  // of the section, that is read

  bool Malformed(absl::string_view message) { return reader.Fail(message); }
  bool Limit(absl::string_view what, uint64_t limit);
  uint32_t offset() const { return static_cast<uint32_t>(reader.offset()); }

  // Types and declarations (decode_types.cc).
  bool DecodeTypes();
  bool DecodeRecGroup();
  bool DecodeSubType();
  bool DecodeCompositeType(SubType* out);
  bool DecodeFieldType(FieldType* out);
  bool DecodeMutability(bool* out);
  bool DecodeValTypes(uint32_t limit, const char* what, std::vector<ValType>* out);
  bool DecodeTableType(TableType* out);
  bool DecodeMemoryType(MemoryType* out);
  bool DecodeGlobalType(GlobalType* out);
  bool DecodeTagType(TagType* out);
  bool DecodeLimits(uint8_t allowed, uint8_t* flags, Limits* limits);
  bool DecodePageSize(uint8_t* log2);

  // Fields that declare (decode_fields.cc).
  bool DecodeImports();
  bool DecodeFunctions();
  bool DecodeTables();
  bool DecodeMemories();
  bool DecodeGlobals();
  bool DecodeTags();
  bool DecodeExports();
  bool DecodeStart();
  bool DecodeName(absl::string_view* out);
  bool DecodeExpression(ByteRange* out);

  // Code and segments (decode_segments.cc).
  bool DecodeElems();
  bool DecodeElem();
  bool DecodeElemItems(bool as_expressions, ElemSegment* segment);
  bool DecodeCode();
  bool DecodeDatas();
  bool DecodeDataCount();
  bool DecodeData();

  // Custom sections (decode_custom.cc). Only the name can be malformed.
  bool DecodeCustom(int after_section);
};

}  // namespace tenon::vm
