#include "abi/types/value.h"

#include "vm/base/utf8.h"

namespace tenon::abi {
namespace {

template <typename T>
bool InRange(uint64_t bits) {
  return static_cast<uint64_t>(static_cast<T>(bits)) == bits;
}

bool FitsScalar(TypeKind kind, uint64_t bits) {
  switch (kind) {
    case TypeKind::kBool: return bits <= 1;
    case TypeKind::kS8: return InRange<int8_t>(bits);
    case TypeKind::kU8: return InRange<uint8_t>(bits);
    case TypeKind::kS16: return InRange<int16_t>(bits);
    case TypeKind::kU16: return InRange<uint16_t>(bits);
    case TypeKind::kS32: return InRange<int32_t>(bits);
    case TypeKind::kChar: return bits < 0x110000 && !(bits >= 0xd800 && bits <= 0xdfff);
    case TypeKind::kU32:
    case TypeKind::kF32:
    case TypeKind::kOwn:
    case TypeKind::kBorrow: return InRange<uint32_t>(bits);
    case TypeKind::kStream:
    case TypeKind::kFuture:
    case TypeKind::kErrorContext: return false;  // the host has none to give
    default: return true;
  }
}

bool FitsEach(const TypeTable& types, const TypeDef& def, const std::vector<Value>& items) {
  if (PartCount(def) != items.size()) return false;
  for (size_t i = 0; i < items.size(); ++i) {
    if (!Fits(types, PartAt(def, i), items[i])) return false;
  }
  return true;
}

bool FitsCase(const TypeTable& types, const TypeDef& def, const Value& value) {
  if (value.bits >= CaseCount(def)) return false;
  const ValType payload = CasePayload(def, static_cast<uint32_t>(value.bits));
  if (!payload.has_value()) return value.items.empty();
  return value.items.size() == 1 && Fits(types, payload, value.items[0]);
}

}  // namespace

bool Fits(const TypeTable& types, ValType type, const Value& value) {
  if (type.kind() == TypeKind::kString) return IsValidUtf8(value.text);
  if (IsPrimitive(type.kind())) return FitsScalar(type.kind(), value.bits);
  const TypeDef& def = types.Get(type);
  switch (def.kind) {
    case TypeKind::kRecord:
    case TypeKind::kTuple:
    case TypeKind::kFixedList: return FitsEach(types, def, value.items);
    case TypeKind::kList:
    case TypeKind::kMap:
      for (const Value& item : value.items) {
        if (!Fits(types, def.types[0], item)) return false;
      }
      return true;
    case TypeKind::kFlags: return value.bits >> def.labels.size() == 0;
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult: return FitsCase(types, def, value);
    default: return FitsScalar(def.kind, value.bits);
  }
}

}  // namespace tenon::abi
