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
    case TypeKind::kMap:
      return Push(Pointer(memory64), limit, out) && Push(Pointer(memory64), limit, out);
    case TypeKind::kRecord:
    case TypeKind::kTuple: {
      const TypeDef& def = types.Get(type);
      return std::all_of(def.types.begin(), def.types.end(),
                         [&](ValType part) { return Flatten(types, part, memory64, limit, out); });
    }
    case TypeKind::kFixedList: {
      const TypeDef& def = types.Get(type);
      for (uint32_t i = 0; i < def.length; ++i) {  // each adds one or more
        if (!Flatten(types, def.types[0], memory64, limit, out)) return false;
      }
      return true;
    }
    case TypeKind::kVariant:
    case TypeKind::kOption:
    case TypeKind::kResult: return FlattenCases(types, types.Get(type), memory64, limit, out);
    default:  // small integers, char, flags, enum, handles
      return Push(vm::ValType::kI32, limit, out);
  }
}

// True when the types' flat form is no longer than `limit`; else it is a pointer.
bool FlattenOrSpill(const TypeTable& types, const FuncType& type, bool memory64, size_t limit,
                    FlatTypes* out) {
  for (const auto& [label, param] : type.params) {
    if (Flatten(types, param, memory64, limit, out)) continue;
    out->assign(1, Pointer(memory64));
    return false;
  }
  return true;
}

// The core results of an async function say what became of the call; the result goes another way.
FlatTypes AsyncResults(CallContext context, CallAbi abi) {
  const bool has_code = context == CallContext::kLower || abi == CallAbi::kAsyncCallback;
  return FlatTypes(has_code ? 1 : 0, vm::ValType::kI32);
}

}  // namespace

FlatFunc FlattenFunc(const TypeTable& types, FuncTypeId func, CallContext context, bool memory64,
                     CallAbi abi) {
  const FuncType& type = types.Get(func);
  const bool is_async_lower = abi != CallAbi::kSync && context == CallContext::kLower;
  FlatFunc result;
  FlatTypes params, results;
  result.spills_params = !FlattenOrSpill(
      types, type, memory64, is_async_lower ? kMaxFlatAsyncParams : kMaxFlatParams, &params);
  if (abi != CallAbi::kSync) {
    result.spills_result = is_async_lower && type.result.has_value();
    results = AsyncResults(context, abi);
  } else if (type.result.has_value() &&
             !Flatten(types, type.result, memory64, kMaxFlatResults, &results)) {
    result.spills_result = true;
    results.clear();
    if (context == CallContext::kLift) results.push_back(Pointer(memory64));
  }
  if (result.spills_result && context == CallContext::kLower) params.push_back(Pointer(memory64));
  result.core.params.assign(params.begin(), params.end());
  result.core.results.assign(results.begin(), results.end());
  return result;
}

FlatFunc FlattenTaskReturn(const TypeTable& types, ValType result, bool memory64) {
  FlatFunc flat;
  FlatTypes params;
  if (result.has_value() && !Flatten(types, result, memory64, kMaxFlatParams, &params)) {
    flat.spills_params = true;
    params.assign(1, Pointer(memory64));
  }
  flat.core.params.assign(params.begin(), params.end());
  return flat;
}

}  // namespace tenon::abi
