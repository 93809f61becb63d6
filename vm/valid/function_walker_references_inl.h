// The walker's rules of typed references, structures and arrays; included by function_walker.h
// only. core: #valid-instr-ref, #valid-instr-struct, #valid-instr-array
#pragma once

#include "vm/valid/function_walker.h"

namespace tenon::vm {

// Functions and null. core: #valid-call-ref, #valid-br-on-null

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::CallRefStep(bool is_return) {
  if (!Immediates<ImmediateKind::kType>()) return false;
  const FuncType* type = FuncTypeAt(instruction_.index);
  if (type == nullptr || !Pop(RefTo(instruction_.index, /*nullable=*/true))) return false;
  return FinishCall(*type, module_.type_ids[instruction_.index], is_return);
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::RefAsNonNullStep() {
  ValType type;
  return PopRef(&type) && Push(ValType::Ref(type.heap(), false)) && Report({.type = type});
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::BrOnNullStep() {
  ValType type;
  if (!Immediates<ImmediateKind::kLabel>()) return false;
  const ControlFrame* target = Label(instruction_.index);
  if (target == nullptr || !PopRef(&type)) return false;
  const absl::Span<const ValType> types = target->label_types();
  if (!PopAll(types) || !PushAll(types)) return false;
  if (!Push(ValType::Ref(type.heap(), false))) return false;
  if (reporting_) sink_.OnBrOn(instruction_, {.type = type});
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::BrOnNonNullStep() {
  ValType type;
  if (!Immediates<ImmediateKind::kLabel>() || !PopRef(&type)) return false;
  if (CheckRefBranch(instruction_.index, ValType::Ref(type.heap(), false)) == nullptr) return false;
  if (reporting_) sink_.OnBrOn(instruction_, {.type = type});
  return true;
}

// Casts. core: #valid-ref-cast, #valid-br-on-cast

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::CastStep() {
  ValType& to = instruction_.to;
  if (!Immediates<ImmediateKind::kRefType>() || !CanonicalType(to, &to)) return false;
  if (!Pop(ValType::Ref(module_.types->Top(to.heap()), true))) return false;
  const bool is_test = instruction_.op == Opcode::RefTest || instruction_.op == Opcode::RefTestNull;
  return Push(is_test ? ValType::kI32 : to) && Report({.type = to});
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::BrOnCastStep() {
  if (!Immediates<ImmediateKind::kCastLabel>()) return false;
  ValType& from = instruction_.from;
  ValType& to = instruction_.to;
  if (!CanonicalType(from, &from) || !CanonicalType(to, &to)) return false;
  if (!Matches(to, from)) {
    return Invalid(absl::StrCat("type mismatch on cast: type ", ToString(to), " does not match ",
                                ToString(from)));
  }
  // What is left when the cast fails. core: #aux-reftypediff
  const ValType rest = ValType::Ref(from.heap(), from.nullable() && !to.nullable());
  const bool on_fail = instruction_.op == Opcode::BrOnCastFail;
  if (!Pop(from)) return false;
  if (CheckRefBranch(instruction_.index, on_fail ? rest : to) == nullptr) return false;
  if (!Push(on_fail ? to : rest)) return false;
  if (reporting_) sink_.OnBrOn(instruction_, {.type = from});
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ConvertStep(HeapKind from, HeapKind to) {
  ValType type;
  if (!PopRef(&type)) return false;
  const ValType expected = ValType::Ref(from, true);
  if (!Matches(type, expected)) {
    return Invalid(absl::StrCat("type mismatch: instruction requires ", ToString(expected),
                                " but stack has ", ToString(type)));
  }
  return Push(ValType::Ref(to, type.nullable())) && Report({.type = type});
}

// Structures. core: #valid-instr-struct

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ReportAggregate(const SubType& def, ValType field) {
  if (!reporting_) return true;
  Resolved resolved;
  resolved.type_id = module_.type_ids[instruction_.index];
  resolved.type = field;
  resolved.def = &def;
  sink_.OnOp(instruction_, resolved);
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::StructNewStep() {
  if (!Immediates<ImmediateKind::kType>()) return false;
  const SubType* def = StructAt(instruction_.index);
  if (def == nullptr) return false;
  if (instruction_.op == Opcode::StructNew) {
    if (!PopFields(*def)) return false;
  } else if (!def->is_defaultable()) {
    return Invalid("field type is not defaultable");
  }
  return Push(RefTo(instruction_.index, false)) && ReportAggregate(*def, {});
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::StructFieldStep() {
  if (!Immediates<ImmediateKind::kTypeField>()) return false;
  const SubType* def = StructAt(instruction_.index);
  if (def == nullptr) return false;
  if (instruction_.index2 >= def->fields.size()) return Unknown("field", instruction_.index2);
  const FieldType& field = def->fields[instruction_.index2];
  const ValType type = field.storage.type;
  const ValType reference = RefTo(instruction_.index, true);
  if (instruction_.op == Opcode::StructSet) {
    if (!field.is_mutable) return Invalid("immutable field");
    const ValType pops[] = {reference, type};
    return PopAll(pops) && ReportAggregate(*def, type);
  }
  if (field.is_packed() == (instruction_.op == Opcode::StructGet)) {
    return Invalid(field.is_packed() ? "type mismatch: field is packed"
                                     : "type mismatch: field is not packed");
  }
  return Pop(reference) && Push(type) && ReportAggregate(*def, type);
}

// Arrays. core: #valid-instr-array

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ArrayNewStep() {
  if (!Immediates<ImmediateKind::kType>()) return false;
  const SubType* def = ArrayAt(instruction_.index);
  if (def == nullptr) return false;
  const ValType type = def->fields[0].storage.type;
  if (!Pop(ValType::kI32)) return false;
  if (instruction_.op == Opcode::ArrayNew) {
    if (!Pop(type)) return false;
  } else if (!def->is_defaultable()) {
    return Invalid("array type is not defaultable");
  }
  return Push(RefTo(instruction_.index, false)) && ReportAggregate(*def, type);
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ArrayNewFixedStep() {
  if (!Immediates<ImmediateKind::kTypeCount>()) return false;
  const SubType* def = ArrayAt(instruction_.index);
  if (def == nullptr) return false;
  const ValType type = def->fields[0].storage.type;
  return PopMany(type, instruction_.index2) && Push(RefTo(instruction_.index, false)) &&
         ReportAggregate(*def, type);
}

// The segment of the second immediate can fill the array.
template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::CheckArraySegment(const SubType& array) {
  const ValType type = array.fields[0].storage.type;
  if (Info(instruction_.op).immediate == ImmediateKind::kTypeData) {
    if (!CheckData(instruction_.index2)) return false;
    return type.is_num_or_vec() || Invalid("array type is not numeric or vector");
  }
  if (!CheckElem(instruction_.index2)) return false;
  const ValType from = module_.elems[instruction_.index2].type;
  if (Matches(from, type)) return true;
  return Invalid(absl::StrCat("type mismatch: element segment's type ", ToString(from),
                              " does not match array's element type ", ToString(type)));
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ArrayNewSegmentStep() {
  const bool is_data = instruction_.op == Opcode::ArrayNewData;
  if (is_data ? !Immediates<ImmediateKind::kTypeData>() : !Immediates<ImmediateKind::kTypeElem>()) {
    return false;
  }
  const SubType* def = ArrayAt(instruction_.index);
  if (def == nullptr || !CheckArraySegment(*def)) return false;
  constexpr ValType kPops[] = {ValType::kI32, ValType::kI32};
  return PopAll(kPops) && Push(RefTo(instruction_.index, false)) &&
         ReportAggregate(*def, def->fields[0].storage.type);
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ArrayAccessStep() {
  if (!Immediates<ImmediateKind::kType>()) return false;
  const SubType* def = ArrayAt(instruction_.index);
  if (def == nullptr) return false;
  const FieldType& field = def->fields[0];
  const ValType type = field.storage.type;
  const ValType pops[] = {RefTo(instruction_.index, true), ValType::kI32, type, ValType::kI32};
  if (instruction_.op == Opcode::ArraySet || instruction_.op == Opcode::ArrayFill) {
    if (!field.is_mutable) return Invalid("immutable array");
    const size_t count = instruction_.op == Opcode::ArraySet ? 3 : 4;
    return PopAll(absl::MakeConstSpan(pops, count)) && ReportAggregate(*def, type);
  }
  if (field.is_packed() == (instruction_.op == Opcode::ArrayGet)) {
    return Invalid(field.is_packed() ? "type mismatch: array is packed"
                                     : "type mismatch: array is not packed");
  }
  return PopAll(absl::MakeConstSpan(pops, 2)) && Push(type) && ReportAggregate(*def, type);
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ArrayCopyStep() {
  if (!Immediates<ImmediateKind::kTypeType>()) return false;
  const SubType* to = ArrayAt(instruction_.index);
  if (to == nullptr) return false;
  const SubType* from = ArrayAt(instruction_.index2);
  if (from == nullptr) return false;
  const FieldType& field = to->fields[0];
  const StorageType& source = from->fields[0].storage;
  if (!field.is_mutable) return Invalid("immutable array");
  if (source.packed != field.storage.packed || !Matches(source.type, field.storage.type)) {
    return Invalid("array types do not match");
  }
  const ValType pops[] = {RefTo(instruction_.index, true), ValType::kI32,
                          RefTo(instruction_.index2, true), ValType::kI32, ValType::kI32};
  return PopAll(pops) && ReportAggregate(*to, field.storage.type);
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ArrayInitStep() {
  const bool is_data = instruction_.op == Opcode::ArrayInitData;
  if (is_data ? !Immediates<ImmediateKind::kTypeData>() : !Immediates<ImmediateKind::kTypeElem>()) {
    return false;
  }
  const SubType* def = ArrayAt(instruction_.index);
  if (def == nullptr) return false;
  if (!def->fields[0].is_mutable) return Invalid("immutable array");
  if (!CheckArraySegment(*def)) return false;
  const ValType pops[] = {RefTo(instruction_.index, true), ValType::kI32, ValType::kI32,
                          ValType::kI32};
  return PopAll(pops) && ReportAggregate(*def, def->fields[0].storage.type);
}

}  // namespace tenon::vm
