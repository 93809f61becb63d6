// The translator's steps on its operand stack, which nearly every instruction takes; included by
// its source files only.
#pragma once

#include <algorithm>

#include "absl/base/optimization.h"
#include "vm/interp/translate/translator.h"

namespace tenon::vm::interp {

ABSL_ATTRIBUTE_ALWAYS_INLINE inline void Translator::CountReference(const Operand& operand,
                                                                    int change) {
  if (operand.kind != Operand::Kind::kLocal) return;
  locals_[operand.local].refs += change;
  local_refs_ += change;
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline Translator::Operand& Translator::Pop() {
  Operand& operand = stack_.Pop();
  CountReference(operand, -1);
  next_slot_ -= operand.shape.slots();
  return operand;
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline void Translator::Occupy(Operand* operand) {
  operand->home = static_cast<uint16_t>(next_slot_);
  next_slot_ += operand->shape.slots();
  frame_slots_ = std::max(frame_slots_, next_slot_);
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline Translator::Operand& Translator::Push(Shape shape) {
  Operand& operand = stack_.Extend();
  operand.kind = Operand::Kind::kHome;
  operand.shape = shape;
  operand.slot = static_cast<uint16_t>(next_slot_);
  Occupy(&operand);
  return operand;
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline void Translator::SetTop(Shape shape) {
  Operand& operand = Top();
  operand.slot = operand.home;
  operand.kind = Operand::Kind::kHome;
  operand.shape = shape;
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline void Translator::PushConst(Shape shape, uint64_t bits) {
  Operand& operand = Push(shape);
  operand.kind = Operand::Kind::kConst;
  operand.bits = bits;
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline void Translator::PushLocal(uint32_t index) {
  Local& local = locals_[index];
  ++local.refs;
  ++local_refs_;
  Operand& operand = stack_.Extend();
  operand = local.reference;
  Occupy(&operand);
}

inline void Translator::Restore(const Operand& operand) {
  Operand& top = stack_.Extend();
  top = operand;
  Occupy(&top);
  CountReference(top, 1);
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool Translator::InAcc(const Operand& operand) const {
  if (operand.is_const()) return false;
  if (operand.value_class() == Class::kInt) return operand.slot == int_mirror_;
  return operand.value_class() == Class::kFloat && operand.slot == float_mirror_;
}

inline bool Translator::FitsHalf(const Operand& operand) {
  if (!operand.is_const() || operand.value_class() != Class::kInt) return false;
  const int64_t value = operand.shape.narrow ? static_cast<int32_t>(operand.bits)
                                             : static_cast<int64_t>(operand.bits);
  return value == static_cast<int16_t>(value);
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool Translator::FitsImmediate(const Operand& operand) {
  if (!operand.is_const()) return false;
  if (operand.shape.narrow || operand.value_class() == Class::kFloat) return true;
  const auto value = static_cast<int64_t>(operand.bits);
  return value == static_cast<int32_t>(value);
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline void Translator::Materialize(Operand* operand) {
  if (operand->is_const()) [[unlikely]]
    MoveHome(operand);
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline void Translator::SetMirror(Class value_class, uint32_t slot) {
  if (int_mirror_ == slot) int_mirror_ = kNoSlot;
  if (float_mirror_ == slot) float_mirror_ = kNoSlot;
  if (value_class == Class::kInt) {
    int_mirror_ = slot;
  } else if (value_class == Class::kFloat) {
    float_mirror_ = slot;
  } else {
    if (int_mirror_ == slot + 1) int_mirror_ = kNoSlot;
    if (float_mirror_ == slot + 1) float_mirror_ = kNoSlot;
  }
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline void Translator::NoteResult(uint32_t start) {
  const Operand& result = Top();
  last_.valid = true;
  last_.is_compare = false;
  last_.start = start;
  last_.slot = result.slot;
  last_.int_mirror = int_mirror_;
  last_.float_mirror = float_mirror_;
  SetMirror(result.value_class(), result.slot);
}

}  // namespace tenon::vm::interp
