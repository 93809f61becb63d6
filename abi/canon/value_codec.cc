#include "abi/canon/value_codec.h"

#include <algorithm>

#include "abi/canon/async_value.h"
#include "abi/canon/string.h"

namespace tenon::abi {
namespace {

bool Is64(TypeKind kind) {
  return kind == TypeKind::kS64 || kind == TypeKind::kU64 || kind == TypeKind::kF64;
}

template <typename T>
uint64_t Extend(uint64_t raw) {
  return static_cast<uint64_t>(static_cast<T>(raw));
}

}  // namespace

bool ValueCodec::LowerParams(const FuncType& type, absl::Span<const Value> values,
                             vm::Slot* slots) {
  const Layout whole = layouts_.Params(type);
  const bool spilled = whole.flat > kMaxFlatParams;
  uint64_t address = 0;
  if (spilled) {
    if (!cx_.Realloc(0, 0, whole.align, whole.size, "", &address)) return false;
    vm::WriteSlot(slots, static_cast<uint32_t>(address));
  }
  return layouts_.ForEachParam(type, [&](const Part& param) {
    const Value& value = values[param.index];
    const bool ok = spilled ? Store(param.type, value, address + param.offset)
                            : Lower(param.type, value, slots + param.flat);
    if (!ok) cx_.failed_at = param.flat;
    return ok;
  });
}

bool ValueCodec::LiftResult(const FuncType& type, const vm::Slot* slots, Value* out,
                            size_t max_flat) {
  if (!type.result.has_value()) return true;
  const Layout layout = layouts_.Get(type.result);
  if (layout.flat <= max_flat) return Lift(type.result, slots, out);
  const uint64_t address = vm::ReadSlot<uint32_t>(slots);
  return cx_.CheckRange(address, layout.size, layout.align,
                        "result pointer out of bounds of memory") &&
         Load(type.result, cx_.At(address), out);
}

bool ValueCodec::Load(ValType type, const uint8_t* from, Value* out) {
  const TypeKind kind = type.kind();
  if (IsPair(kind)) {
    return LiftPair(type, LoadScalar<uint32_t>(from), LoadScalar<uint32_t>(from + 4), out);
  }
  if (IsSum(kind)) {
    const TypeDef& def = types_.Get(type);
    const uint32_t index = LoadDiscriminant(from, DiscriminantBytes(CaseCount(def)));
    ValType payload;
    return LiftCase(def, index, out, &payload) &&
           (!payload.has_value() || Load(payload, from + PayloadOffset(type), &out->items[0]));
  }
  if (!IsProduct(kind)) return LiftScalar(type, LoadBits(from, layouts_.Get(type).size), out);
  const TypeDef& def = types_.Get(type);
  return Resize(PartCount(def), out) && layouts_.ForEachPart(def, [&](const Part& part) {
    return Load(part.type, from + part.offset, &out->items[part.index]);
  });
}

bool ValueCodec::Store(ValType type, const Value& value, uint64_t to) {
  const TypeKind kind = type.kind();
  if (IsPair(kind)) {
    uint64_t address, length;
    if (!LowerPair(type, value, &address, &length)) return false;
    StoreScalar(cx_.At(to), static_cast<uint32_t>(address));
    StoreScalar(cx_.At(to + 4), static_cast<uint32_t>(length));
    return true;
  }
  if (IsSum(kind)) {
    const TypeDef& def = types_.Get(type);
    const auto index = static_cast<uint32_t>(value.bits);
    StoreDiscriminant(cx_.At(to), DiscriminantBytes(CaseCount(def)), index);
    return value.items.empty() ||
           Store(CasePayload(def, index), value.items[0], to + PayloadOffset(type));
  }
  if (!IsProduct(kind)) {
    uint64_t raw;
    if (!LowerScalar(type, value, &raw)) return false;
    StoreBits(cx_.At(to), layouts_.Get(type).size, raw);
    return true;
  }
  return layouts_.ForEachPart(types_.Get(type), [&](const Part& part) {
    return Store(part.type, value.items[part.index], to + part.offset);
  });
}

bool ValueCodec::Lift(ValType type, const vm::Slot* slots, Value* out) {
  const TypeKind kind = type.kind();
  if (IsPair(kind)) {
    return LiftPair(type, vm::ReadSlot<uint32_t>(slots), vm::ReadSlot<uint32_t>(slots + 1), out);
  }
  if (IsSum(kind)) {
    // A slot is read with its type's width, so the joined types of cases need no conversion.
    ValType payload;
    return LiftCase(types_.Get(type), vm::ReadSlot<uint32_t>(slots), out, &payload) &&
           (!payload.has_value() || Lift(payload, slots + 1, &out->items[0]));
  }
  if (!IsProduct(kind)) {
    return LiftScalar(type, Is64(kind) ? slots->bits : vm::ReadSlot<uint32_t>(slots), out);
  }
  const TypeDef& def = types_.Get(type);
  return Resize(PartCount(def), out) && layouts_.ForEachPart(def, [&](const Part& part) {
    return Lift(part.type, slots + part.flat, &out->items[part.index]);
  });
}

bool ValueCodec::Lower(ValType type, const Value& value, vm::Slot* slots) {
  const TypeKind kind = type.kind();
  if (IsPair(kind)) {
    uint64_t address, length;
    if (!LowerPair(type, value, &address, &length)) return false;
    vm::WriteSlot(slots, static_cast<uint32_t>(address));
    vm::WriteSlot(slots + 1, static_cast<uint32_t>(length));
    return true;
  }
  if (IsSum(kind)) {
    std::fill_n(slots, layouts_.Get(type).flat, vm::Slot{0});
    const auto index = static_cast<uint32_t>(value.bits);
    vm::WriteSlot(slots, index);
    return value.items.empty() ||
           Lower(CasePayload(types_.Get(type), index), value.items[0], slots + 1);
  }
  if (!IsProduct(kind)) {
    uint64_t raw;
    if (!LowerScalar(type, value, &raw)) return false;
    slots->bits = Is64(kind) ? raw : static_cast<uint32_t>(raw);
    return true;
  }
  return layouts_.ForEachPart(types_.Get(type), [&](const Part& part) {
    return Lower(part.type, value.items[part.index], slots + part.flat);
  });
}

bool ValueCodec::LiftScalar(ValType type, uint64_t raw, Value* out) {
  out->bits = raw;
  switch (type.kind()) {
    case TypeKind::kBool: out->bits = raw != 0; return true;
    case TypeKind::kS8: out->bits = Extend<int8_t>(raw); return true;
    case TypeKind::kU8: out->bits = Extend<uint8_t>(raw); return true;
    case TypeKind::kS16: out->bits = Extend<int16_t>(raw); return true;
    case TypeKind::kU16: out->bits = Extend<uint16_t>(raw); return true;
    case TypeKind::kS32: out->bits = Extend<int32_t>(raw); return true;
    case TypeKind::kChar: return CheckChar(cx_, static_cast<uint32_t>(raw));
    case TypeKind::kFlags:  // bits without a label are ignored
      out->bits = raw & ((uint64_t{1} << types_.Get(type).labels.size()) - 1);
      return true;
    case TypeKind::kEnum: return raw < CaseCount(types_.Get(type)) || BadDiscriminant(cx_);
    case TypeKind::kOwn:
    case TypeKind::kBorrow: {
      const ResourceType* resource = resources_[types_.Get(type).resource.value()];
      const auto index = static_cast<uint32_t>(raw);
      uint32_t rep;
      if (!(type.kind() == TypeKind::kOwn ? LiftOwn(cx_, index, resource, &rep)
                                          : LiftBorrow(cx_, index, resource, &rep))) {
        return false;
      }
      out->bits = rep;
      return true;
    }
    case TypeKind::kStream:
    case TypeKind::kFuture:
    case TypeKind::kErrorContext: return RefuseAsync(cx_, types_, type, static_cast<uint32_t>(raw));
    default: return true;
  }
}

bool ValueCodec::LowerScalar(ValType type, const Value& value, uint64_t* raw) {
  *raw = value.bits;
  if (type.kind() != TypeKind::kOwn && type.kind() != TypeKind::kBorrow) return true;
  const ResourceType* resource = resources_[types_.Get(type).resource.value()];
  const auto rep = static_cast<uint32_t>(value.bits);
  uint32_t index;
  if (!(type.kind() == TypeKind::kOwn ? LowerOwn(cx_, rep, resource, &index)
                                      : LowerBorrow(cx_, rep, resource, &index))) {
    return false;
  }
  *raw = index;
  return true;
}

bool ValueCodec::LiftPair(ValType type, uint64_t address, uint64_t length, Value* out) {
  if (IsList(type.kind())) {
    return LiftList(types_.Get(type).types[0], address, length, out);
  }
  absl::string_view text;
  if (!LiftString(cx_, address, length, &text) || !cx_.Charge(text.size())) return false;
  out->text.assign(text.data(), text.size());
  return true;
}

bool ValueCodec::LiftList(ValType element, uint64_t address, uint64_t length, Value* out) {
  const Layout layout = layouts_.Get(element);
  if (!CheckList(cx_, address, length, layout.size, layout.align) || !Resize(length, out)) {
    return false;
  }
  const uint8_t* from = cx_.At(address);
  for (Value& item : out->items) {
    if (!Load(element, from, &item)) return false;
    from += layout.size;
  }
  return true;
}

bool ValueCodec::LowerPair(ValType type, const Value& value, uint64_t* address, uint64_t* length) {
  if (type.kind() == TypeKind::kString) return LowerString(cx_, value.text, address, length);
  return LowerList(types_.Get(type).types[0], value, address, length);
}

bool ValueCodec::LowerList(ValType element, const Value& value, uint64_t* address,
                           uint64_t* length) {
  const Layout layout = layouts_.Get(element);
  *length = value.items.size();
  if (*length > kMaxListByteLength / layout.size) {
    return cx_.Trap(vm::TrapKind::kHost, "the host passed a list that is too long");
  }
  if (!cx_.Realloc(0, 0, layout.align, *length * layout.size, kListOutOfBounds, address)) {
    return false;
  }
  uint64_t to = *address;
  for (const Value& item : value.items) {
    if (!Store(element, item, to)) return false;
    to += layout.size;
  }
  return true;
}

bool ValueCodec::LiftCase(const TypeDef& def, uint32_t index, Value* out, ValType* payload) {
  if (index >= CaseCount(def)) return BadDiscriminant(cx_);
  out->bits = index;
  *payload = CasePayload(def, index);
  return !payload->has_value() || Resize(1, out);
}

bool ValueCodec::Resize(uint64_t count, Value* out) {
  if (!cx_.Charge(count * sizeof(Value))) return false;
  out->items.resize(count);
  return true;
}

}  // namespace tenon::abi
