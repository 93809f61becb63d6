#include "abi/canon/copy_plan.h"

namespace tenon::abi {
namespace {

using Kind = CopyOp::Kind;

// Types written out in more nodes than this get a routine of their own; when there are many
// operations already, all types do: else a small type that stands in many others takes much.
constexpr uint32_t kInlineNodes = 32;
constexpr size_t kManyOps = 200'000;

Kind FlatKind(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool: return Kind::kFlatBool;
    case TypeKind::kU8: return Kind::kFlatU8;
    case TypeKind::kS8: return Kind::kFlatS8;
    case TypeKind::kU16: return Kind::kFlatU16;
    case TypeKind::kS16: return Kind::kFlatS16;
    case TypeKind::kS64:
    case TypeKind::kU64:
    case TypeKind::kF64: return Kind::kFlat64;
    case TypeKind::kChar: return Kind::kFlatChar;
    case TypeKind::kString: return Kind::kFlatString;
    default: return Kind::kFlat32;
  }
}

}  // namespace

uint32_t CopyPlan::Params(FuncTypeId type, bool spilled) {
  if (const auto made = params_.find({type.value(), spilled}); made != params_.end()) {
    return made->second;
  }
  inline_nodes_ = ops_.size() < kManyOps ? kInlineNodes : 1;
  std::vector<ValType> params;
  for (const auto& [name, param] : types_->Get(type).params) {
    params.push_back(param);
    MakeRoutines(param, !spilled);
  }
  const uint32_t start = Start();
  params_[{type.value(), spilled}] = start;
  EmitProduct(params, !spilled, Place{});
  Emit(Kind::kReturn, Place{});
  return start;
}

uint32_t CopyPlan::Start() {
  barrier_ = static_cast<uint32_t>(ops_.size());
  return barrier_;
}

uint32_t CopyPlan::Value(ValType type, bool spilled) {
  if (const auto made = values_.find({type.bits(), spilled}); made != values_.end()) {
    return made->second;
  }
  inline_nodes_ = ops_.size() < kManyOps ? kInlineNodes : 1;
  if (type.has_value()) MakeRoutines(type, !spilled);
  const uint32_t start = Start();
  values_[{type.bits(), spilled}] = start;
  if (type.has_value()) EmitValue(type, !spilled, Place{});
  Emit(Kind::kReturn, Place{});
  return start;
}

bool CopyPlan::IsLarge(ValType type) const {
  if (IsPrimitive(type.kind()) || types_->Facts(type).size <= inline_nodes_) return false;
  const TypeKind kind = types_->Get(type).kind;
  // One operation each, however many labels there are.
  return kind != TypeKind::kFlags && kind != TypeKind::kOwn && kind != TypeKind::kBorrow &&
         kind != TypeKind::kStream && kind != TypeKind::kFuture;
}

void CopyPlan::MakeRoutines(ValType type, bool flat) {
  if (!type.has_value() || !IsLarge(type) || routines_.contains({type.bits(), flat})) return;
  const TypeDef& def = types_->Get(type);
  const bool inner_flat = flat && !IsList(def.kind);
  for (ValType inner : def.types) MakeRoutines(inner, inner_flat);
  const uint32_t start = Start();
  if (IsList(def.kind)) {
    EmitList(type, flat, Place{});
  } else if (def.kind == TypeKind::kFixedList) {
    EmitFixedList(type, flat, Place{});
  } else if (def.kind == TypeKind::kRecord || def.kind == TypeKind::kTuple) {
    EmitProduct(def.types, flat, Place{});
  } else {
    EmitVariant(type, flat, Place{});
  }
  Emit(Kind::kReturn, Place{});
  routines_[{type.bits(), flat}] = start;
}

void CopyPlan::Emit(Kind kind, Place at, uint32_t arg, uint8_t aux) {
  ops_.push_back({kind, aux, at.src, at.dst, arg});
}

// Neighbouring scalars without padding between are copied in one go.
void CopyPlan::EmitBytes(Place at, uint32_t count) {
  if (ops_.size() > barrier_) {
    CopyOp& last = ops_.back();
    if (last.kind == Kind::kBytes && last.src + last.arg == at.src &&
        last.dst + last.arg == at.dst) {
      last.arg += count;
      return;
    }
  }
  Emit(Kind::kBytes, at, count);
}

void CopyPlan::EmitValue(ValType type, bool flat, Place at) {
  if (IsPrimitive(type.kind())) return EmitScalar(type, flat, at);
  if (IsLarge(type)) {
    Emit(flat ? Kind::kFlatCall : Kind::kCall, at, routines_.at({type.bits(), flat}));
    return;
  }
  const TypeDef& def = types_->Get(type);
  switch (def.kind) {
    case TypeKind::kRecord:
    case TypeKind::kTuple: return EmitProduct(def.types, flat, at);
    case TypeKind::kList:
    case TypeKind::kMap: return EmitList(type, flat, at);
    case TypeKind::kFixedList: return EmitFixedList(type, flat, at);
    case TypeKind::kFlags:
      return Emit(flat ? Kind::kFlatFlags : Kind::kFlags, at, FlagsMask(def.labels.size()),
                  static_cast<uint8_t>(src_.Get(type).size));
    case TypeKind::kOwn: return Emit(flat ? Kind::kFlatOwn : Kind::kOwn, at, def.resource.value());
    case TypeKind::kBorrow:
      return Emit(flat ? Kind::kFlatBorrow : Kind::kBorrow, at, def.resource.value());
    case TypeKind::kStream:
    case TypeKind::kFuture: return Emit(flat ? Kind::kFlatAsync : Kind::kAsync, at, type.bits());
    default: return EmitVariant(type, flat, at);
  }
}

void CopyPlan::EmitScalar(ValType type, bool flat, Place at) {
  if (type.kind() == TypeKind::kErrorContext) {
    return Emit(flat ? Kind::kFlatAsync : Kind::kAsync, at, type.bits());
  }
  if (flat) return Emit(FlatKind(type.kind()), at);
  switch (type.kind()) {
    case TypeKind::kBool: return Emit(Kind::kBool, at);
    case TypeKind::kChar: return Emit(Kind::kChar, at);
    case TypeKind::kString: return Emit(Kind::kString, at);
    default: return EmitBytes(at, src_.Get(type).size);
  }
}

void CopyPlan::EmitProduct(const std::vector<ValType>& types, bool flat, Place at) {
  RecordLayout src, dst;
  for (ValType type : types) {
    const uint32_t slot = src.flat_so_far();
    const Place place = {src.Place(src_.Get(type)), dst.Place(dst_.Get(type))};
    EmitValue(
        type, flat,
        flat ? Place{at.src + slot, at.dst + slot} : Place{at.src + place.src, at.dst + place.dst});
  }
}

bool CopyPlan::IsBytewise(ValType type) {
  switch (type.kind()) {
    case TypeKind::kS8:
    case TypeKind::kU8:
    case TypeKind::kS16:
    case TypeKind::kU16:
    case TypeKind::kS32:
    case TypeKind::kU32:
    case TypeKind::kS64:
    case TypeKind::kU64:
    case TypeKind::kF32:
    case TypeKind::kF64: return true;
    case TypeKind::kFixedList: return IsBytewise(types_->Get(type).types[0]);
    default: return false;
  }
}

void CopyPlan::EmitList(ValType type, bool flat, Place at) {
  const ValType element = types_->Get(type).types[0];
  const Layout src = src_.Get(element), dst = dst_.Get(element);
  EmitElements(flat ? Kind::kFlatList : Kind::kList,
               {src.size, dst.size, src.align, dst.align, IsBytewise(element)}, element, at);
}

// Flat it has few elements: what has many is passed in memory.
void CopyPlan::EmitFixedList(ValType type, bool flat, Place at) {
  const TypeDef& def = types_->Get(type);
  const ValType element = def.types[0];
  const Layout src = src_.Get(element), dst = dst_.Get(element);
  if (flat) {
    for (uint32_t i = 0; i < def.length; ++i) {
      EmitValue(element, true, {at.src + i * src.flat, at.dst + i * dst.flat});
    }
  } else if (IsBytewise(element)) {
    EmitBytes(at, def.length * src.size);
  } else {
    EmitElements(Kind::kFixedList, {src.size, dst.size, src.align, dst.align, false, def.length},
                 element, at);
  }
}

// The operation that begins a list, and what it does with each element.
void CopyPlan::EmitElements(Kind kind, CopyList list, ValType element, Place at) {
  const auto index = static_cast<uint32_t>(lists_.size());
  lists_.push_back(list);
  Emit(kind, at, index);
  barrier_ = static_cast<uint32_t>(ops_.size());
  if (!lists_[index].bytewise) {
    EmitValue(element, false, Place{});
    Emit(Kind::kElementEnd, Place{});
  }
  barrier_ = static_cast<uint32_t>(ops_.size());
  lists_[index].after = barrier_;
}

void CopyPlan::EmitVariant(ValType type, bool flat, Place at) {
  const TypeDef& def = types_->Get(type);
  const uint32_t cases = CaseCount(def);
  const VariantLayout src = src_.GetVariant(type), dst = dst_.GetVariant(type);
  const uint32_t payload_slots = src.Finish().flat - 1;
  const auto index = static_cast<uint32_t>(variants_.size());
  variants_.push_back({src.discriminant_bytes(), std::vector<uint32_t>(cases)});
  Emit(flat ? Kind::kFlatVariant : Kind::kVariant, at, index);
  const Place payload = flat ? Place{at.src + 1, at.dst + 1}
                             : Place{at.src + src.payload_offset(), at.dst + dst.payload_offset()};
  std::vector<uint32_t> jumps;
  // Cases without payload share one end; an enum has no other.
  const auto bare = static_cast<uint32_t>(ops_.size());
  if (flat && payload_slots != 0) {
    Emit(Kind::kFlatZero, payload, payload_slots);
  }
  jumps.push_back(static_cast<uint32_t>(ops_.size()));
  Emit(Kind::kJump, Place{});
  for (uint32_t i = 0; i < cases; ++i) {
    const ValType inner = CasePayload(def, i);
    variants_[index].cases[i] = inner.has_value() ? static_cast<uint32_t>(ops_.size()) : bare;
    if (!inner.has_value()) continue;
    barrier_ = static_cast<uint32_t>(ops_.size());
    EmitValue(inner, flat, payload);
    const uint32_t used = src_.Get(inner).flat;
    if (flat && used < payload_slots) {
      Emit(Kind::kFlatZero, {0, payload.dst + used}, payload_slots - used);
    }
    jumps.push_back(static_cast<uint32_t>(ops_.size()));
    Emit(Kind::kJump, Place{});
  }
  barrier_ = static_cast<uint32_t>(ops_.size());
  for (uint32_t jump : jumps) ops_[jump].arg = barrier_;
}

}  // namespace tenon::abi
