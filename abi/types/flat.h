// The core types that component types flatten to. abi: "Flattening". The validator checks canonical
// definitions with it; layout in memory is abi/canon's.
#pragma once

#include <vector>

#include "abi/types/type_table.h"
#include "vm/syntax/types.h"

namespace tenon::abi {

inline constexpr size_t kMaxFlatParams = 16;
inline constexpr size_t kMaxFlatResults = 1;

enum class CallContext : uint8_t { kLift, kLower };

// Appends the flat types of `type`, stopping once more than `limit` are there. Returns false then.
bool Flatten(const TypeTable& types, ValType type, bool memory64, size_t limit,
             std::vector<vm::ValType>* out);

// The core function type of a lifted or lowered function.
vm::FuncType FlattenFunc(const TypeTable& types, FuncTypeId func, CallContext context,
                         bool memory64);

}  // namespace tenon::abi
