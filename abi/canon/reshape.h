// Flat values as a value in memory and back, where one side of a call passes the one and the other
// side the other. abi: "Flat Lifting", "Flat Lowering".
//
// Bits are put in their places and nothing is lifted: strings, lists and handles stay what they
// were, of the same memory and instance, and what is copied on is checked then. Of variants the
// payload depends on the case, which is checked here.
#pragma once

#include <cstdint>

#include "abi/canon/context.h"
#include "abi/canon/layout.h"
#include "abi/types/type_table.h"
#include "vm/runtime/slot.h"

namespace tenon::abi {

class Reshaper {
 public:
  // With the layouts of the memory that the pointers are of. All outlives it.
  Reshaper(const TypeTable* types, LayoutTable* layouts, CanonContext* cx)
      : types_(*types), layouts_(*layouts), cx_(*cx) {}

  // `bytes` has the type's size, `slots` as many slots as the type has flat values. False after a
  // trap.
  bool ToBytes(ValType type, const vm::Slot* slots, uint8_t* bytes);
  bool ToSlots(ValType type, const uint8_t* bytes, vm::Slot* slots);
  // Likewise for all parameters of a function.
  bool ParamsToSlots(const FuncType& type, const uint8_t* bytes, vm::Slot* slots);

 private:
  const TypeTable& types_;
  LayoutTable& layouts_;
  CanonContext& cx_;
};

}  // namespace tenon::abi
