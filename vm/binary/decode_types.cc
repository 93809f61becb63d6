// The type section and the types that imports and declarations share. core: #binary-typesec
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "vm/binary/section_decoder.h"
#include "vm/binary/type_codes.h"

namespace tenon::vm {
namespace {

// Flags of limits, and the proposals that some need.
struct LimitsFeature {
  uint8_t flag;
  Feature feature;
};
constexpr LimitsFeature kLimitsFeatures[] = {
    {kLimitsAreShared, Feature::kThreads},
    {kLimitsAre64, Feature::kMemory64},
    {kLimitsHavePageSize, Feature::kCustomPageSizes},
};

}  // namespace

bool SectionDecoder::DecodeTypes() {
  constexpr size_t kSmallest = 3;  // bytes of a function type without parameters and results
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  const size_t expected = std::min<size_t>(reader.Reservable(count, kSmallest), kMaxTypes);
  module.types.reserve(expected);
  module.rec_groups.reserve(expected);
  for (uint32_t i = 0; i < count; ++i) {
    item = i;
    if (!DecodeRecGroup()) return false;
  }
  return true;
}

bool SectionDecoder::DecodeRecGroup() {
  RecGroup group{static_cast<uint32_t>(module.types.size()), 1};
  if (reader.PeekByte() == kRecCode) {
    if (!reader.Skip(1) || !ReadCount(reader, &group.count)) return false;
    for (uint32_t i = 0; i < group.count; ++i) {
      if (!DecodeSubType()) return false;
    }
  } else if (!DecodeSubType()) {
    return false;
  }
  module.rec_groups.push_back(group);
  return true;
}

bool SectionDecoder::DecodeSubType() {
  if (module.types.size() == kMaxTypes) return Limit("types", kMaxTypes);
  SubType& type = module.types.emplace_back();
  const int code = reader.PeekByte();
  if (code == kSubCode || code == kSubFinalCode) {
    type.is_final = code == kSubFinalCode;
    uint32_t count;
    if (!reader.Skip(1) || !ReadCount(reader, &count)) return false;
    type.supertype_count = static_cast<uint8_t>(std::min(count, kManySupertypes));
    for (uint32_t i = 0; i < count; ++i) {
      if (!reader.ReadVarU32(&type.supertype)) return false;
    }
  }
  return DecodeCompositeType(&type);
}

bool SectionDecoder::DecodeCompositeType(SubType* out) {
  const uint64_t where = reader.offset();
  uint8_t code;
  if (!reader.ReadByte(&code)) return false;
  switch (code) {
    case kFuncCode:
      out->kind = SubType::Kind::kFunc;
      return DecodeValTypes(kMaxParams, "parameters", &out->func.params) &&
             DecodeValTypes(kMaxResults, "results", &out->func.results);
    case kArrayCode:
      out->kind = SubType::Kind::kArray;
      return DecodeFieldType(&out->fields.emplace_back());
    case kStructCode: {
      out->kind = SubType::Kind::kStruct;
      uint32_t count;
      if (!ReadCount(reader, &count)) return false;
      for (uint32_t i = 0; i < count; ++i) {
        if (i == kMaxFields) return Limit("fields", kMaxFields);
        if (!DecodeFieldType(&out->fields.emplace_back())) return false;
      }
      return true;
    }
    default: break;
  }
  // The code is a signed integer of seven bits.
  return reader.FailAt(
      ErrorKind::kMalformed,
      code >= 0x80 ? "integer representation too long" : "malformed definition type", where);
}

bool SectionDecoder::DecodeFieldType(FieldType* out) {
  const int code = reader.PeekByte();
  if (code == kI8Code || code == kI16Code) {
    out->storage.type = ValType::kI32;
    out->storage.packed = code == kI8Code ? StorageType::Packed::kI8 : StorageType::Packed::kI16;
    if (!reader.Skip(1)) return false;
  } else if (!ReadValType(reader, features, &out->storage.type)) {
    return false;
  }
  return DecodeMutability(&out->is_mutable);
}

bool SectionDecoder::DecodeMutability(bool* out) {
  const uint64_t where = reader.offset();
  uint8_t mutability;
  if (!reader.ReadByte(&mutability)) return false;
  if (mutability > 1) return reader.FailAt(ErrorKind::kMalformed, "malformed mutability", where);
  *out = mutability != 0;
  return true;
}

bool SectionDecoder::DecodeValTypes(uint32_t limit, const char* what, std::vector<ValType>* out) {
  uint32_t count;
  if (!ReadCount(reader, &count)) return false;
  if (count > limit) return Limit(what, limit);
  out->reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadValType(reader, features, &out->emplace_back())) return false;
  }
  return true;
}

bool SectionDecoder::DecodeTableType(TableType* out) {
  uint8_t flags;
  if (!ReadRefType(reader, features, &out->element) ||
      !DecodeLimits(kLimitsHaveMax | kLimitsAre64, &flags, &out->limits)) {
    return false;
  }
  out->address = flags & kLimitsAre64 ? AddressType::kI64 : AddressType::kI32;
  return true;
}

bool SectionDecoder::DecodeMemoryType(MemoryType* out) {
  uint8_t flags;
  constexpr uint8_t kAllowed =
      kLimitsHaveMax | kLimitsAreShared | kLimitsAre64 | kLimitsHavePageSize;
  if (!DecodeLimits(kAllowed, &flags, &out->limits)) return false;
  out->shared = (flags & kLimitsAreShared) != 0;
  out->address = flags & kLimitsAre64 ? AddressType::kI64 : AddressType::kI32;
  return !(flags & kLimitsHavePageSize) || DecodePageSize(&out->page_size_log2);
}

// core: #binary-limits, whose flags are among `allowed`
bool SectionDecoder::DecodeLimits(uint8_t allowed, uint8_t* flags, Limits* limits) {
  const uint64_t where = reader.offset();
  if (!reader.ReadByte(flags)) return false;
  if (*flags & ~allowed) {
    return reader.FailAt(ErrorKind::kMalformed, "malformed limits flags", where);
  }
  for (const LimitsFeature& row : kLimitsFeatures) {
    if ((*flags & row.flag) && !features.Has(row.feature)) {
      return reader.FailAt(
          ErrorKind::kMalformed,
          absl::StrCat("malformed limits flags: ", FeatureName(row.feature), " is off"), where);
    }
  }
  limits->has_max = (*flags & kLimitsHaveMax) != 0;
  return reader.ReadVarU64(&limits->min) && (!limits->has_max || reader.ReadVarU64(&limits->max));
}

// The proposal custom-page-sizes: the logarithm. Which of the sizes are valid, validation says.
bool SectionDecoder::DecodePageSize(uint8_t* log2) {
  const uint64_t where = reader.offset();
  uint32_t value;
  if (!reader.ReadVarU32(&value)) return false;
  if (value >= 64) return reader.FailAt(ErrorKind::kMalformed, "invalid custom page size", where);
  *log2 = static_cast<uint8_t>(value);
  return true;
}

bool SectionDecoder::DecodeGlobalType(GlobalType* out) {
  return ReadValType(reader, features, &out->type) && DecodeMutability(&out->is_mutable);
}

// core: #binary-tagtype
bool SectionDecoder::DecodeTagType(TagType* out) {
  const uint64_t where = reader.offset();
  uint8_t attribute;
  uint32_t type;
  if (!reader.ReadByte(&attribute)) return false;
  if (attribute != 0) {
    return reader.FailAt(ErrorKind::kMalformed, "malformed tag attribute", where);
  }
  if (!reader.ReadVarU32(&type)) return false;
  out->type = TypeIdx(type);
  return true;
}

}  // namespace tenon::vm
