// The kinds of component value types, in an order that primitives come first in: IsPrimitive relies
// on it. abi: "Type Definitions".
#pragma once

#include <cstdint>

namespace tenon::abi {

enum class TypeKind : uint8_t {
  // Primitive: no definition in the table.
  kBool,
  kS8,
  kU8,
  kS16,
  kU16,
  kS32,
  kU32,
  kS64,
  kU64,
  kF32,
  kF64,
  kChar,
  kString,
  kErrorContext,
  // Defined.
  kRecord,
  kVariant,
  kList,
  kTuple,
  kFlags,
  kEnum,
  kOption,
  kResult,
  kOwn,
  kBorrow,
  kStream,
  kFuture,
  kFixedList,
  kMap,
};
constexpr bool IsPrimitive(TypeKind kind) { return kind <= TypeKind::kErrorContext; }

}  // namespace tenon::abi
