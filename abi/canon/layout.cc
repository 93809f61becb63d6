#include "abi/canon/layout.h"

namespace tenon::abi {

Layout LayoutTable::Get(ValType type) {
  if (!type.has_value()) return Layout();
  if (IsPrimitive(type.kind())) return Compute(type);
  const auto found = memo_.find(type.bits());
  if (found != memo_.end()) return found->second;
  const Layout layout = Compute(type);
  memo_.emplace(type.bits(), layout);
  return layout;
}

VariantLayout LayoutTable::GetVariant(ValType type) {
  const TypeDef& def = types_->Get(type);
  const uint32_t cases = CaseCount(def);
  VariantLayout layout(cases);
  if (def.kind == TypeKind::kEnum) return layout;
  for (uint32_t i = 0; i < cases; ++i) layout.Place(Get(CasePayload(def, i)));
  return layout;
}

Layout LayoutTable::Params(const FuncType& type) {
  RecordLayout record;
  for (const auto& [name, param] : type.params) record.Place(Get(param));
  return record.Finish();
}

Layout LayoutTable::Compute(ValType type) {
  switch (type.kind()) {
    case TypeKind::kBool:
    case TypeKind::kS8:
    case TypeKind::kU8: return ScalarLayout(1);
    case TypeKind::kS16:
    case TypeKind::kU16: return ScalarLayout(2);
    case TypeKind::kS32:
    case TypeKind::kU32:
    case TypeKind::kF32:
    case TypeKind::kChar:
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
    case TypeKind::kStream:
    case TypeKind::kFuture:
    case TypeKind::kErrorContext: return ScalarLayout(4);
    case TypeKind::kS64:
    case TypeKind::kU64:
    case TypeKind::kF64: return ScalarLayout(8);
    case TypeKind::kString:
    case TypeKind::kList:
    case TypeKind::kMap: return PointerPairLayout(pointer_bytes_);
    case TypeKind::kRecord:
    case TypeKind::kTuple: {
      RecordLayout record;
      for (ValType field : types_->Get(type).types) record.Place(Get(field));
      return record.Finish();
    }
    case TypeKind::kFixedList: {
      const TypeDef& def = types_->Get(type);
      const Layout element = Get(def.types[0]);
      return {def.length * element.size, element.align, def.length * element.flat};
    }
    case TypeKind::kFlags:
      return ScalarLayout(FlagsBytes(static_cast<uint32_t>(types_->Get(type).labels.size())));
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult: return GetVariant(type).Finish();
  }
  return Layout();
}

}  // namespace tenon::abi
