// What a collected object looks like. A struct's fields stand where its supertype has them, since
// offsets follow from the order alone. core: #syntax-structinst, #syntax-arrayinst, #syntax-exninst
#pragma once

#include <cstdint>

#include "vm/runtime/gc/reference.h"

//   every object   [type word][collector's word] ...
//   struct         ... fields, in order, each at its natural alignment (layout.h)
//   array          ... [length] elements, packed
//   exception      ... the tag, then the arguments as a struct's fields
//   host extern    ... the host's value, 64 bits

namespace tenon::vm {

enum class ObjectKind : uint8_t { kNone, kStruct, kArray, kException, kHostExtern };

struct ObjectHeader {
  uint32_t type;  // kind and TypeId; 0 in a cell that is free
  uint32_t mark;  // the collector's: colour, and the next object on its list
};

// The first word of an object. An exception's type is its tag's function type.
constexpr uint32_t TypeWord(ObjectKind kind, TypeId type) {
  return static_cast<uint32_t>(kind) << 24 | type.value();
}
constexpr ObjectKind KindOf(uint32_t type_word) { return static_cast<ObjectKind>(type_word >> 24); }
constexpr TypeId TypeOf(uint32_t type_word) { return TypeId(type_word & 0xff'ffff); }

inline constexpr uint32_t kHostExternWord = static_cast<uint32_t>(ObjectKind::kHostExtern) << 24;

// Offsets within objects.
inline constexpr uint32_t kStructFields = 8;
inline constexpr uint32_t kArrayLength = 8;
// Where an array's elements begin.
constexpr uint32_t ElementsOffset(uint32_t element_bytes) { return element_bytes < 8 ? 12 : 16; }
inline constexpr uint32_t kExceptionTag = 8;  // a pointer
inline constexpr uint32_t kExceptionFields = 16;
inline constexpr uint32_t kHostValue = 8;
inline constexpr uint32_t kHostExternBytes = 16;

}  // namespace tenon::vm
