#include "abi/types/flat.h"

namespace tenon::abi {
namespace {

using FlatTypes = absl::InlinedVector<vm::ValType, kMaxFlatParams + 1>;

vm::ValType Pointer(bool memory64) { return memory64 ? vm::ValType::kI64 : vm::ValType::kI32; }

vm::ValType CoreType(FlatForm::Part part, bool memory64) {
  switch (part) {
    case FlatForm::Part::kF32: return vm::ValType::kF32;
    case FlatForm::Part::kI64: return vm::ValType::kI64;
    case FlatForm::Part::kF64: return vm::ValType::kF64;
    case FlatForm::Part::kPointer: return Pointer(memory64);
    default: return vm::ValType::kI32;
  }
}

// Appends the flat types of `type`. False, and nothing is appended, where there would be more than
// `limit`, which is kMaxFlatParams at most.
bool Flatten(const TypeTable& types, ValType type, bool memory64, size_t limit, FlatTypes* out) {
  const FlatForm flat = types.Flat(type);
  if (out->size() + flat.size > limit) return false;
  for (uint8_t i = 0; i < flat.size; ++i) out->push_back(CoreType(flat.parts[i], memory64));
  return true;
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
