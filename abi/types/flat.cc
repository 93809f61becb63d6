#include "abi/types/flat.h"

#include <algorithm>

namespace tenon::abi {
namespace {

using FlatTypes = absl::InlinedVector<vm::ValType, kMaxFlatParams + 1>;

bool Flatten(const TypeTable& types, ValType type, bool memory64, size_t limit, FlatTypes* out);

vm::ValType Pointer(bool memory64) { return memory64 ? vm::ValType::kI64 : vm::ValType::kI32; }

// The type that holds either of two cases' values. abi: "Flattening", join.
vm::ValType Join(vm::ValType a, vm::ValType b) {
  if (a == b) return a;
  const auto is_32 = [](vm::ValType t) { return t == vm::ValType::kI32 || t == vm::ValType::kF32; };
  return is_32(a) && is_32(b) ? vm::ValType::kI32 : vm::ValType::kI64;
}

bool FlattenCases(const TypeTable& types, const TypeDef& def, bool memory64, size_t limit,
                  FlatTypes* out) {
  out->push_back(vm::ValType::kI32);  // the discriminant
  if (out->size() > limit) return false;
  const size_t start = out->size();
  for (ValType payload : def.types) {
    if (!payload.has_value()) continue;
    FlatTypes flat;
    if (!Flatten(types, payload, memory64, limit - start, &flat)) return false;
    for (size_t i = 0; i < flat.size(); ++i) {
      if (start + i < out->size()) {
        (*out)[start + i] = Join((*out)[start + i], flat[i]);
      } else {
        out->push_back(flat[i]);
      }
    }
  }
  return true;
}

bool Push(vm::ValType type, size_t limit, FlatTypes* out) {
  out->push_back(type);
  return out->size() <= limit;
}

// Appends the flat types of `type`, stopping once more than `limit` are there. Returns false then.
bool Flatten(const TypeTable& types, ValType type, bool memory64, size_t limit, FlatTypes* out) {
  switch (type.kind()) {
    case TypeKind::kS64:
    case TypeKind::kU64: return Push(vm::ValType::kI64, limit, out);
    case TypeKind::kF32: return Push(vm::ValType::kF32, limit, out);
    case TypeKind::kF64: return Push(vm::ValType::kF64, limit, out);
    case TypeKind::kString:
    case TypeKind::kList:
      return Push(Pointer(memory64), limit, out) && Push(Pointer(memory64), limit, out);
    case TypeKind::kRecord:
    case TypeKind::kTuple: {
      const TypeDef& def = types.Get(type);
      return std::all_of(def.types.begin(), def.types.end(),
                         [&](ValType part) { return Flatten(types, part, memory64, limit, out); });
    }
    case TypeKind::kVariant:
    case TypeKind::kOption:
    case TypeKind::kResult: return FlattenCases(types, types.Get(type), memory64, limit, out);
    default:  // small integers, char, flags, enum, handles
      return Push(vm::ValType::kI32, limit, out);
  }
}

}  // namespace

FlatFunc FlattenFunc(const TypeTable& types, FuncTypeId func, CallContext context, bool memory64) {
  const FuncType& type = types.Get(func);
  FlatFunc result;
  FlatTypes params, results;
  for (const auto& [label, param] : type.params) {
    if (Flatten(types, param, memory64, kMaxFlatParams, &params)) continue;
    result.spills_params = true;
    params.assign(1, Pointer(memory64));
    break;
  }
  if (type.result.has_value() &&
      !Flatten(types, type.result, memory64, kMaxFlatResults, &results)) {
    result.spills_result = true;
    results.clear();
    (context == CallContext::kLift ? results : params).push_back(Pointer(memory64));
  }
  result.core.params.assign(params.begin(), params.end());
  result.core.results.assign(results.begin(), results.end());
  return result;
}

}  // namespace tenon::abi
