// The core types that component types flatten to. abi: "Flattening". The validator checks canonical
// definitions with it; layout in memory is abi/canon's.
#pragma once

#include <tenon/layout.h>  // kMaxFlatParams, kMaxFlatResults

#include "abi/types/type_table.h"
#include "absl/container/inlined_vector.h"
#include "vm/syntax/types.h"

namespace tenon::abi {

enum class CallContext : uint8_t { kLift, kLower };
// By the canonical options `async` and `callback`.
enum class CallAbi : uint8_t { kSync, kAsync, kAsyncCallback };

// The core function type of a lifted or lowered function.
struct FlatFunc {
  vm::FuncType core;
  bool spills_params = false;  // passed in memory: their flat form is too long
  bool spills_result = false;
};
FlatFunc FlattenFunc(const TypeTable& types, FuncTypeId func, CallContext context, bool memory64,
                     CallAbi abi = CallAbi::kSync);
// Of the built-in task.return for a function's result, which becomes its parameters.
FlatFunc FlattenTaskReturn(const TypeTable& types, ValType result, bool memory64);

}  // namespace tenon::abi
