#include "vm/syntax/type_reader.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"

namespace tenon::vm {
namespace {

// core: #binary-heaptype, the abstract ones
std::optional<HeapKind> AbstractHeapKind(int code) {
  switch (code) {
    case 0x69: return HeapKind::kExn;
    case 0x6a: return HeapKind::kArray;
    case 0x6b: return HeapKind::kStruct;
    case 0x6c: return HeapKind::kI31;
    case 0x6d: return HeapKind::kEq;
    case 0x6e: return HeapKind::kAny;
    case 0x6f: return HeapKind::kExtern;
    case 0x70: return HeapKind::kFunc;
    case 0x71: return HeapKind::kNone;
    case 0x72: return HeapKind::kNoExtern;
    case 0x73: return HeapKind::kNoFunc;
    case 0x74: return HeapKind::kNoExn;
    default: return std::nullopt;
  }
}

constexpr int kRefNullCode = 0x63;
constexpr int kRefCode = 0x64;

bool CheckFeature(ByteReader& reader, const Features& features, Feature feature, const char* what) {
  return features.Has(feature) ||
         reader.Fail(absl::StrCat("malformed ", what, ": ", FeatureName(feature), " is off"));
}

}  // namespace

Feature FeatureOf(HeapType heap) {
  switch (heap.kind()) {
    case HeapKind::kFunc: return Feature::kMvp;
    case HeapKind::kExtern: return Feature::kReferenceTypes;
    case HeapKind::kConcrete: return Feature::kFunctionReferences;
    case HeapKind::kExn:
    case HeapKind::kNoExn: return Feature::kExceptionHandling;
    default: return Feature::kGc;
  }
}

Feature FeatureOf(ValType type) {
  if (!type.is_ref()) return type == ValType::kV128 ? Feature::kSimd : Feature::kMvp;
  const HeapKind kind = type.heap().kind();
  const bool is_typed = !type.nullable() && (kind == HeapKind::kFunc || kind == HeapKind::kExtern);
  return is_typed ? Feature::kFunctionReferences : FeatureOf(type.heap());
}

bool ReadHeapType(ByteReader& reader, const Features& features, HeapType* out) {
  const uint64_t where = reader.offset();
  const int code = reader.PeekByte();
  if (const std::optional<HeapKind> kind = AbstractHeapKind(code)) {
    *out = *kind;
    return CheckFeature(reader, features, FeatureOf(*out), "heap type") && reader.Skip(1);
  }
  int64_t index;
  if (!reader.ReadVarS33(&index)) return false;
  if (index < 0) return reader.FailAt(ErrorKind::kMalformed, "malformed heap type", where);
  *out = HeapType::Concrete(
      static_cast<uint32_t>(std::min<int64_t>(index, int64_t{kSaturatedTypeIndex})));
  return CheckFeature(reader, features, Feature::kFunctionReferences, "heap type");
}

bool ReadRefType(ByteReader& reader, const Features& features, ValType* out) {
  const int code = reader.PeekByte();
  if (code < 0) return reader.Fail("unexpected end");
  if (!features.Has(Feature::kReferenceTypes) && code != 0x70) {
    return reader.Fail("malformed reference type: reference-types is off");
  }
  if (code == kRefNullCode || code == kRefCode) {
    HeapType heap;
    if (!CheckFeature(reader, features, Feature::kFunctionReferences, "reference type") ||
        !reader.Skip(1) || !ReadHeapType(reader, features, &heap))
      return false;
    *out = ValType::Ref(heap, code == kRefNullCode);
    return true;
  }
  const std::optional<HeapKind> kind = AbstractHeapKind(code);
  if (!kind) return reader.Fail("malformed reference type");
  *out = ValType::Ref(*kind, true);
  return CheckFeature(reader, features, FeatureOf(*out), "reference type") && reader.Skip(1);
}

bool ReadValType(ByteReader& reader, const Features& features, ValType* out) {
  const int code = reader.PeekByte();
  switch (code) {
    case -1: return reader.Fail("unexpected end");
    case 0x7f: *out = ValType::kI32; break;
    case 0x7e: *out = ValType::kI64; break;
    case 0x7d: *out = ValType::kF32; break;
    case 0x7c: *out = ValType::kF64; break;
    case 0x7b:
      if (!features.Has(Feature::kSimd)) return reader.Fail("malformed value type: simd is off");
      *out = ValType::kV128;
      break;
    default:
      if (code == kRefNullCode || code == kRefCode || AbstractHeapKind(code)) {
        return ReadRefType(reader, features, out);
      }
      return reader.Fail("malformed value type");
  }
  return reader.Skip(1);
}

bool ReadBlockType(ByteReader& reader, const Features& features, BlockType* out) {
  const int code = reader.PeekByte();
  out->is_index = false;
  out->result = ValType();
  if (code == 0x40) return reader.Skip(1);
  // A negative number of one byte is the code of a value type.
  if (code >= 0 && (code & 0xc0) == 0x40) return ReadValType(reader, features, &out->result);
  const uint64_t where = reader.offset();
  int64_t index;
  if (!reader.ReadVarS33(&index)) return false;
  if (index < 0) return reader.FailAt(ErrorKind::kMalformed, "malformed block type", where);
  if (!features.Has(Feature::kMultiValue)) {
    return reader.FailAt(ErrorKind::kMalformed, "malformed block type: multi-value is off", where);
  }
  out->is_index = true;
  out->index = TypeIdx(static_cast<uint32_t>(index));
  return true;
}

bool ReadCount(ByteReader& reader, uint32_t* out) {
  const uint64_t where = reader.offset();
  const size_t left = reader.remaining();  // the count's own bytes too, as the reference counts
  if (!reader.ReadVarU32(out)) return false;
  if (*out > left) {
    return reader.FailAt(ErrorKind::kMalformed, "length out of bounds", where);
  }
  return true;
}

Error DecodingError(const ByteReader& reader) {
  Error error = reader.error();
  if (error.message() != "unexpected end") return error;
  return Error(ErrorKind::kMalformed, "unexpected end of section or function", *error.where());
}

}  // namespace tenon::vm
