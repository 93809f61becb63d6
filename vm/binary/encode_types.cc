// The type section and the types that imports and declarations share. core: #binary-typesec
#include "vm/binary/section_encoder.h"
#include "vm/binary/type_codes.h"
#include "vm/syntax/instruction_writer.h"

namespace tenon::vm {

void SectionEncoder::Types() {
  Count(module.rec_groups.size());
  for (const RecGroup& group : module.rec_groups) {
    if (group.count != 1) {
      Byte(kRecCode);
      Count(group.count);
    }
    for (uint32_t i = 0; i < group.count; ++i) Sub(module.types[group.first + i]);
  }
}

void SectionEncoder::Sub(const SubType& type) {
  if (!type.is_final || type.supertype_count != 0) {
    Byte(type.is_final ? kSubFinalCode : kSubCode);
    Count(type.supertype_count);
    for (int i = 0; i < type.supertype_count; ++i) Index(type.supertype);
  }
  Composite(type);
}

void SectionEncoder::Composite(const SubType& type) {
  switch (type.kind) {
    case SubType::Kind::kFunc:
      Byte(kFuncCode);
      Values(type.func.params);
      Values(type.func.results);
      break;
    case SubType::Kind::kArray:
      Byte(kArrayCode);
      Field(type.fields[0]);
      break;
    case SubType::Kind::kStruct:
      Byte(kStructCode);
      Count(type.fields.size());
      for (const FieldType& field : type.fields) Field(field);
      break;
  }
}

void SectionEncoder::Field(const FieldType& type) {
  switch (type.storage.packed) {
    case StorageType::Packed::kNone: Value(type.storage.type); break;
    case StorageType::Packed::kI8: Byte(kI8Code); break;
    case StorageType::Packed::kI16: Byte(kI16Code); break;
  }
  Byte(type.is_mutable ? 1 : 0);
}

void SectionEncoder::Value(ValType type) { InstructionWriter(&out).WriteValType(type); }

void SectionEncoder::Values(const std::vector<ValType>& types) {
  Count(types.size());
  for (ValType type : types) Value(type);
}

void SectionEncoder::TableOf(const TableType& type) {
  Value(type.element);
  LimitsOf(type.limits, type.address == AddressType::kI64 ? kLimitsAre64 : 0);
}

void SectionEncoder::MemoryOf(const MemoryType& type) {
  constexpr uint8_t kUsualPage = 16;
  int flags = type.address == AddressType::kI64 ? kLimitsAre64 : 0;
  if (type.shared) flags |= kLimitsAreShared;
  if (type.page_size_log2 != kUsualPage) flags |= kLimitsHavePageSize;
  LimitsOf(type.limits, flags);
  if (type.page_size_log2 != kUsualPage) Index(type.page_size_log2);
}

// core: #binary-limits
void SectionEncoder::LimitsOf(const Limits& limits, int flags) {
  Byte(flags | (limits.has_max ? kLimitsHaveMax : 0));
  AppendVarU64(limits.min, &out);
  if (limits.has_max) AppendVarU64(limits.max, &out);
}

void SectionEncoder::GlobalOf(const GlobalType& type) {
  Value(type.type);
  Byte(type.is_mutable ? 1 : 0);
}

void SectionEncoder::TagOf(const TagType& type) {
  Byte(0);
  Index(type.type.value());
}

}  // namespace tenon::vm
