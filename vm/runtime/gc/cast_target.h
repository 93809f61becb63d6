// What a cast asks of a reference, made of the static types once, so that the cast itself
// compares as little as can be. core: #exec-ref-test, #match-reftype
#pragma once

#include <cstdint>

#include "vm/runtime/gc/object.h"
#include "vm/syntax/type_store.h"

namespace tenon::vm {

struct CastTarget {
  // What references that are not null must be.
  enum class Kind : uint8_t {
    kAnything,  // the operand's static type says enough
    kNothing,
    kObject,  // of the type in `type_word`, or one below
    kFunc,    // likewise
    kStruct,
    kArray,
    kI31,
    kEq,  // one of those three
  };
  uint32_t type_word = 0;  // kObject: as in an object; kFunc: the TypeId
  Kind kind = Kind::kAnything;
  bool nullable = false;
};
static_assert(sizeof(CastTarget) == 8);

// `to` is canonical.
inline CastTarget CastTargetOf(const TypeStore& types, ValType to) {
  using enum CastTarget::Kind;
  CastTarget target{.nullable = to.nullable()};
  switch (to.heap().kind()) {
    case HeapKind::kNoFunc:
    case HeapKind::kNoExtern:
    case HeapKind::kNoExn:
    case HeapKind::kNone: target.kind = kNothing; break;
    case HeapKind::kStruct: target.kind = kStruct; break;
    case HeapKind::kArray: target.kind = kArray; break;
    case HeapKind::kI31: target.kind = kI31; break;
    case HeapKind::kEq: target.kind = kEq; break;
    case HeapKind::kConcrete: {
      const TypeId type(to.heap().index());
      const SubType::Kind kind = types.Get(type).kind;
      target.kind = kind == SubType::Kind::kFunc ? kFunc : kObject;
      const bool is_struct = kind == SubType::Kind::kStruct;
      target.type_word = target.kind == kFunc
                             ? type.value()
                             : TypeWord(is_struct ? ObjectKind::kStruct : ObjectKind::kArray, type);
      break;
    }
    default: break;
  }
  return target;
}

}  // namespace tenon::vm
