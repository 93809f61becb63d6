#include "abi/canon/reshape.h"

#include <algorithm>

namespace tenon::abi {

bool Reshaper::ToBytes(ValType type, const vm::Slot* slots, uint8_t* bytes) {
  const TypeKind kind = type.kind();
  if (IsPair(kind)) {
    const uint32_t width = layouts_.pointer_bytes();
    StoreBits(bytes, width, slots[0].bits);
    StoreBits(bytes + width, width, slots[1].bits);
    return true;
  }
  if (IsProduct(kind)) {
    return layouts_.ForEachPart(types_.Get(type), [&](const Part& part) {
      return ToBytes(part.type, slots + part.flat, bytes + part.offset);
    });
  }
  if (!IsSum(kind)) {
    // An enum's discriminant must not lose bits, which would hide that it is none.
    const bool is_enum = kind == TypeKind::kEnum;
    if (is_enum && vm::ReadSlot<uint32_t>(slots) >= CaseCount(types_.Get(type))) {
      return BadDiscriminant(cx_);
    }
    // Nor a bool, of which any but zero is true.
    const bool is_bool = kind == TypeKind::kBool;
    const uint64_t bits = is_bool ? vm::ReadSlot<uint32_t>(slots) != 0 : slots->bits;
    StoreBits(bytes, layouts_.Get(type).size, bits);
    return true;
  }
  const TypeDef& def = types_.Get(type);
  const uint32_t index = vm::ReadSlot<uint32_t>(slots);
  if (index >= CaseCount(def)) return BadDiscriminant(cx_);
  const VariantLayout variant = layouts_.GetVariant(type);
  StoreDiscriminant(bytes, variant.discriminant_bytes(), index);
  const ValType payload = CasePayload(def, index);
  return !payload.has_value() || ToBytes(payload, slots + 1, bytes + variant.payload_offset());
}

bool Reshaper::ToSlots(ValType type, const uint8_t* bytes, vm::Slot* slots) {
  const TypeKind kind = type.kind();
  if (IsPair(kind)) {
    const uint32_t width = layouts_.pointer_bytes();
    slots[0].bits = LoadBits(bytes, width);
    slots[1].bits = LoadBits(bytes + width, width);
    return true;
  }
  if (IsProduct(kind)) {
    return layouts_.ForEachPart(types_.Get(type), [&](const Part& part) {
      return ToSlots(part.type, bytes + part.offset, slots + part.flat);
    });
  }
  if (!IsSum(kind)) {
    slots->bits = LoadBits(bytes, layouts_.Get(type).size);
    return true;
  }
  const TypeDef& def = types_.Get(type);
  const VariantLayout variant = layouts_.GetVariant(type);
  const uint32_t index = LoadDiscriminant(bytes, variant.discriminant_bytes());
  if (index >= CaseCount(def)) return BadDiscriminant(cx_);
  std::fill_n(slots, layouts_.Get(type).flat, vm::Slot{0});
  vm::WriteSlot(slots, index);
  const ValType payload = CasePayload(def, index);
  return !payload.has_value() || ToSlots(payload, bytes + variant.payload_offset(), slots + 1);
}

bool Reshaper::ParamsToSlots(const FuncType& type, const uint8_t* bytes, vm::Slot* slots) {
  return layouts_.ForEachParam(type, [&](const Part& param) {
    return ToSlots(param.type, bytes + param.offset, slots + param.flat);
  });
}

}  // namespace tenon::abi
