#include "abi/canon/reshape.h"

#include <algorithm>

namespace tenon::abi {
namespace {

bool IsPair(TypeKind kind) { return kind == TypeKind::kString || IsList(kind); }
bool IsSum(TypeKind kind) {
  return kind == TypeKind::kVariant || kind == TypeKind::kOption || kind == TypeKind::kResult;
}

uint64_t LoadBits(const uint8_t* from, uint32_t bytes) {
  return bytes == 8 ? LoadScalar<uint64_t>(from) : LoadDiscriminant(from, bytes);
}
void StoreBits(uint8_t* to, uint32_t bytes, uint64_t bits) {
  if (bytes == 8) return StoreScalar(to, bits);
  StoreDiscriminant(to, bytes, static_cast<uint32_t>(bits));
}

}  // namespace

bool Reshaper::ToBytes(ValType type, const vm::Slot* slots, uint8_t* bytes) {
  const TypeKind kind = type.kind();
  const Layout layout = layouts_.Get(type);
  if (IsPair(kind)) {
    const uint32_t width = layouts_.pointer_bytes();
    StoreBits(bytes, width, slots[0].bits);
    StoreBits(bytes + width, width, slots[1].bits);
    return true;
  }
  if (IsProduct(kind)) {
    const TypeDef& def = types_.Get(type);
    RecordLayout places;
    for (uint32_t i = 0; i < PartCount(def); ++i) {
      const ValType part = PartAt(def, i);
      const uint32_t slot = places.flat_so_far();
      const uint32_t offset = places.Place(layouts_.Get(part));
      if (!ToBytes(part, slots + slot, bytes + offset)) return false;
    }
    return true;
  }
  if (!IsSum(kind)) {
    // An enum's discriminant must not lose bits, which would hide that it is none.
    const bool is_enum = kind == TypeKind::kEnum;
    if (is_enum && vm::ReadSlot<uint32_t>(slots) >= CaseCount(types_.Get(type))) {
      return BadDiscriminant(cx_);
    }
    // Nor a bool, of which any but zero is true.
    const bool is_bool = kind == TypeKind::kBool;
    StoreBits(bytes, layout.size, is_bool ? vm::ReadSlot<uint32_t>(slots) != 0 : slots->bits);
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
  const Layout layout = layouts_.Get(type);
  if (IsPair(kind)) {
    const uint32_t width = layouts_.pointer_bytes();
    slots[0].bits = LoadBits(bytes, width);
    slots[1].bits = LoadBits(bytes + width, width);
    return true;
  }
  if (IsProduct(kind)) {
    const TypeDef& def = types_.Get(type);
    RecordLayout places;
    for (uint32_t i = 0; i < PartCount(def); ++i) {
      const ValType part = PartAt(def, i);
      const uint32_t slot = places.flat_so_far();
      const uint32_t offset = places.Place(layouts_.Get(part));
      if (!ToSlots(part, bytes + offset, slots + slot)) return false;
    }
    return true;
  }
  if (!IsSum(kind)) {
    slots->bits = LoadBits(bytes, layout.size);
    return true;
  }
  const TypeDef& def = types_.Get(type);
  const VariantLayout variant = layouts_.GetVariant(type);
  const uint32_t index = LoadDiscriminant(bytes, variant.discriminant_bytes());
  if (index >= CaseCount(def)) return BadDiscriminant(cx_);
  std::fill_n(slots, layout.flat, vm::Slot{0});
  vm::WriteSlot(slots, index);
  const ValType payload = CasePayload(def, index);
  return !payload.has_value() || ToSlots(payload, bytes + variant.payload_offset(), slots + 1);
}

bool Reshaper::ParamsToSlots(const FuncType& type, const uint8_t* bytes, vm::Slot* slots) {
  RecordLayout places;
  for (const auto& [name, param] : type.params) {
    const uint32_t slot = places.flat_so_far();
    const uint32_t offset = places.Place(layouts_.Get(param));
    if (!ToSlots(param, bytes + offset, slots + slot)) return false;
  }
  return true;
}

}  // namespace tenon::abi
