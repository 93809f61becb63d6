// References to collected objects: any, extern and exn references are one space of 32-bit numbers.
// 0 is null, an odd number an i31, everything else the offset of an object in the store's heap.
// Wherever one stands in a slot (frame, global, table entry) it is zero-extended.
// core: #syntax-ref. A func reference is a `const Func*` instead and knows nothing of this.
#pragma once

#include <cstdint>

#include "vm/syntax/type_store.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

using Ref = uint32_t;
static_assert(sizeof(Ref) == 4);  // what <tenon/slot.h> says of a reference in a slot

inline constexpr Ref kNullRef = 0;

constexpr bool IsI31(Ref ref) { return (ref & 1) != 0; }
constexpr bool IsObject(Ref ref) { return ref != kNullRef && !IsI31(ref); }

// core: #exec-ref-i31, #exec-i31-get
constexpr Ref MakeI31(uint32_t value) { return value << 1 | 1; }
constexpr uint32_t I31GetU(Ref ref) { return ref >> 1; }
constexpr int32_t I31GetS(Ref ref) { return static_cast<int32_t>(ref) >> 1; }

// True for types whose values may refer to the heap.
inline bool IsCollected(const TypeStore& types, ValType type) {
  return type.is_ref() && types.Top(type.heap()) != HeapKind::kFunc;
}

}  // namespace tenon::vm
