// Lifting and lowering of Values by component type: what typed.h does for C++ types, for those who
// know types only at run time. abi: "Loading", "Storing", "Flat Lifting", "Flat Lowering".
//
// The checks, their order and their texts are typed.h's. 32-bit memories only. What is lifted is
// charged to the call's budget, a whole Value for each node. It recurses as deep as the type is,
// at most kMaxTypeDepth. Values to lower fit their types (Fits, types/value.h).
#pragma once

#include <cstdint>

#include "abi/canon/context.h"
#include "abi/canon/layout.h"
#include "abi/types/value.h"
#include "absl/types/span.h"
#include "vm/runtime/slot.h"

namespace tenon::abi {

class ValueCodec {
 public:
  // `resources` are the resource types by ResourceId. All outlives the codec.
  ValueCodec(CanonContext* cx, const TypeTable* types,
             absl::Span<const ResourceType* const> resources)
      : cx_(*cx), types_(*types), resources_(resources), layouts_(types, 4) {}

  // A call's parameters into its slots, or by realloc into memory if they are too many; its result
  // out of its slot or of the memory that points to. A function without result yields a Value that
  // says nothing. As with all below: false after setting a trap.
  bool LowerParams(const FuncType& type, absl::Span<const Value> values, vm::Slot* slots);
  bool LiftResult(const FuncType& type, const vm::Slot* slots, Value* out,
                  size_t max_flat = kMaxFlatResults);

  // `from` and `to` were checked for the type's size and alignment.
  bool Load(ValType type, const uint8_t* from, Value* out);
  bool Store(ValType type, const Value& value, uint64_t to);
  // As many slots as the type has flat values.
  bool Lift(ValType type, const vm::Slot* slots, Value* out);
  bool Lower(ValType type, const Value& value, vm::Slot* slots);

 private:
  // Types that are one flat value: the value's bits and the guest's, in the type's width.
  bool LiftScalar(ValType type, uint64_t raw, Value* out);
  bool LowerScalar(ValType type, const Value& value, uint64_t* raw);
  // Strings and lists.
  bool LiftPair(ValType type, uint64_t address, uint64_t length, Value* out);
  bool LiftList(ValType element, uint64_t address, uint64_t length, Value* out);
  bool LowerPair(ValType type, const Value& value, uint64_t* address, uint64_t* length);
  bool LowerList(ValType element, const Value& value, uint64_t* address, uint64_t* length);
  // Variants, options and results: the case and its payload's type, and room for the payload.
  bool LiftCase(const TypeDef& def, uint32_t index, Value* out, ValType* payload);
  // Behind the discriminant, whose size and the payloads' alignment are powers of two: that is at
  // the greater of the two, the variant's alignment.
  uint32_t PayloadOffset(ValType variant) { return layouts_.Get(variant).align; }
  // Makes room for `count` items.
  bool Resize(uint64_t count, Value* out);

  CanonContext& cx_;
  const TypeTable& types_;
  const absl::Span<const ResourceType* const> resources_;
  LayoutTable layouts_;
};

}  // namespace tenon::abi
