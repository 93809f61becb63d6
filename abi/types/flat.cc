#include "abi/types/flat.h"

#include <algorithm>

namespace tenon::abi {
namespace {

vm::ValType Pointer(bool memory64) { return memory64 ? vm::ValType::kI64 : vm::ValType::kI32; }

// The type that holds either of two cases' values. abi: "Flattening", join.
vm::ValType Join(vm::ValType a, vm::ValType b) {
  if (a == b) return a;
  const auto is_32 = [](vm::ValType t) { return t == vm::ValType::kI32 || t == vm::ValType::kF32; };
  return is_32(a) && is_32(b) ? vm::ValType::kI32 : vm::ValType::kI64;
}

bool FlattenCases(const TypeTable& types, const TypeDef& def, bool memory64, size_t limit,
                  std::vector<vm::ValType>* out) {
  out->push_back(vm::ValType::kI32);  // the discriminant
  if (out->size() > limit) return false;
  const size_t start = out->size();
  for (ValType payload : def.types) {
    if (!payload.has_value()) continue;
    std::vector<vm::ValType> flat;
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

bool Push(vm::ValType type, size_t limit, std::vector<vm::ValType>* out) {
  out->push_back(type);
  return out->size() <= limit;
}

}  // namespace

bool Flatten(const TypeTable& types, ValType type, bool memory64, size_t limit,
             std::vector<vm::ValType>* out) {
  switch (type.kind()) {
    case TypeKind::kS64:
    case TypeKind::kU64:
      return Push(vm::ValType::kI64, limit, out);
    case TypeKind::kF32:
      return Push(vm::ValType::kF32, limit, out);
    case TypeKind::kF64:
      return Push(vm::ValType::kF64, limit, out);
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
    case TypeKind::kResult:
      return FlattenCases(types, types.Get(type), memory64, limit, out);
    default:  // small integers, char, flags, enum, handles
      return Push(vm::ValType::kI32, limit, out);
  }
}

vm::FuncType FlattenFunc(const TypeTable& types, FuncTypeId func, CallContext context,
                         bool memory64) {
  const FuncType& type = types.Get(func);
  vm::FuncType core;
  bool fits = true;
  for (const auto& [label, param] : type.params) {
    fits = fits && Flatten(types, param, memory64, kMaxFlatParams, &core.params);
  }
  if (!fits) core.params = {Pointer(memory64)};
  if (type.result.has_value() &&
      !Flatten(types, type.result, memory64, kMaxFlatResults, &core.results)) {
    core.results.clear();
    if (context == CallContext::kLift) {
      core.results = {Pointer(memory64)};
    } else {
      core.params.push_back(Pointer(memory64));
    }
  }
  return core;
}

}  // namespace tenon::abi
