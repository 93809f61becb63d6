// The walker's rules of instructions whose row has no signature; included by function_walker.h
// only. core: #valid-instr
#pragma once

#include "vm/valid/function_walker.h"

namespace tenon::vm {

// Control. core: #valid-instr-control

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::BlockStep() {
  BlockInfo info;
  if (!Immediates<ImmediateKind::kBlock>()) return false;
  if (!ResolveBlockType(instruction_.block, &info)) return false;
  const Opcode op = instruction_.op;
  if (op == Opcode::If && !Pop(ValType::kI32)) return false;
  if (!PopAll(info.params) || !EnterFrame(op, info.params, info.results)) return false;
  if (!reporting_) return true;
  if (op == Opcode::Block) sink_.OnBlock(instruction_, info);
  if (op == Opcode::Loop) sink_.OnLoop(instruction_, info);
  if (op == Opcode::If) sink_.OnIf(instruction_, info);
  if (op == Opcode::Try) sink_.OnTry(instruction_, info);
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ElseStep() {
  const ControlFrame& frame = scratch_.control.back();
  bool falls_through;
  if (!BeginClause(frame.params, &falls_through)) return false;
  if (frame.reported) sink_.OnElse(instruction_, falls_through);
  return true;
}

template <class Sink, bool kConstant>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool FunctionWalker<Sink, kConstant>::EndStep() {
  const ControlFrame frame = scratch_.control.back();
  if (!CheckFrameResults(frame)) return false;
  if (frame.op == Opcode::If && !CheckMissingElse(frame)) return false;
  LeaveFrame();
  if (!PushAll(frame.results)) return false;
  if (frame.reported) {
    sink_.OnEnd(instruction_, !frame.unreachable);
  }
  return !scratch_.control.empty();
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::TryTableStep() {
  BlockInfo info;
  if (!Immediates<ImmediateKind::kTryTable>()) return false;
  if (!ResolveBlockType(instruction_.block, &info)) return false;
  for (const CatchClause& clause : instruction_.catches) {
    if (!CheckCatch(clause)) return false;
  }
  if (!PopAll(info.params)) return false;
  if (!EnterFrame(Opcode::TryTable, info.params, info.results)) return false;
  if (reporting_) sink_.OnTryTable(instruction_, info);
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ThrowStep() {
  if (!Immediates<ImmediateKind::kTag>() || !CheckTag(instruction_.index)) return false;
  const FuncType& type = *module_.tags[instruction_.index].type;
  if (!PopAll(type.params)) return false;
  if (reporting_) sink_.OnThrow(instruction_, {.func_type = &type});
  SetUnreachable();
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ThrowRefStep() {
  if (!Pop(ValType::Ref(HeapKind::kExn, true))) return false;
  if (reporting_) sink_.OnThrowRef(instruction_);
  SetUnreachable();
  return true;
}

// Legacy exceptions. A `delegate` closes its `try`, whose label its own does not count.

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::CatchStep() {
  const ControlFrame& frame = scratch_.control.back();
  const FuncType* type = nullptr;
  if (instruction_.op == Opcode::Catch) {
    if (!Immediates<ImmediateKind::kTag>() || !CheckTag(instruction_.index)) return false;
    type = module_.tags[instruction_.index].type;
  }
  bool falls_through;
  const absl::Span<const ValType> none;
  if (!BeginClause(type != nullptr ? type->params : none, &falls_through)) return false;
  if (frame.reported) sink_.OnCatch(instruction_, {.func_type = type}, falls_through);
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::DelegateStep() {
  const ControlFrame frame = scratch_.control.back();
  if (!Immediates<ImmediateKind::kLabel>()) return false;
  if (!MayFollowClause(frame.op, Opcode::Delegate)) return Malformed("END opcode expected");
  if (!CheckFrameResults(frame)) return false;
  LeaveFrame();
  if (Label(instruction_.index) == nullptr || !PushAll(frame.results)) return false;
  if (frame.reported) sink_.OnDelegate(instruction_, !frame.unreachable);
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::RethrowStep() {
  if (!Immediates<ImmediateKind::kLabel>()) return false;
  const ControlFrame* target = Label(instruction_.index);
  if (target == nullptr) return false;
  if (target->op != Opcode::Catch && target->op != Opcode::CatchAll) {
    return Invalid("invalid rethrow label");
  }
  if (reporting_) sink_.OnRethrow(instruction_);
  SetUnreachable();
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::BrStep() {
  if (!Immediates<ImmediateKind::kLabel>()) return false;
  const ControlFrame* target = Label(instruction_.index);
  if (target == nullptr || !PopAll(target->label_types())) return false;
  if (reporting_) sink_.OnBr(instruction_);
  SetUnreachable();
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::BrIfStep() {
  if (!Immediates<ImmediateKind::kLabel>()) return false;
  const ControlFrame* target = Label(instruction_.index);
  if (target == nullptr || !Pop(ValType::kI32)) return false;
  const absl::Span<const ValType> types = target->label_types();
  if (!types.empty() && !(PopAll(types) && PushAll(types))) return false;
  if (reporting_) sink_.OnBrIf(instruction_);
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::BrTableStep() {
  if (!Immediates<ImmediateKind::kLabelTable>() || !Pop(ValType::kI32)) return false;
  const ControlFrame* last = Label(instruction_.labels.back());
  if (last == nullptr) return false;
  const size_t arity = last->label_types().size();
  // Each list of types is compared with the stack once, however many labels have it.
  absl::Span<const ValType> previous = last->label_types();
  if (!CheckBranch(previous)) return false;
  auto& met = scratch_.label_types;
  met.clear();
  for (const uint32_t label : instruction_.labels) {
    const ControlFrame* target = Label(label);
    if (target == nullptr) return false;
    const absl::Span<const ValType> types = target->label_types();
    if (types.size() != arity) return Mismatch(types, "instruction");
    if (types.data() == previous.data()) continue;
    previous = types;
    if (!met.insert(types.data()).second) continue;
    if (!CheckBranch(types)) return false;
  }
  if (reporting_) sink_.OnBrTable(instruction_);
  SetUnreachable();
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::ReturnStep() {
  if (!PopAll(scratch_.control.front().results)) return false;
  if (reporting_) sink_.OnReturn(instruction_);
  SetUnreachable();
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::CallStep(bool is_return) {
  if (!Immediates<ImmediateKind::kFunc>() || !CheckFunc(instruction_.index)) return false;
  const ResolvedFunc& callee = module_.funcs[instruction_.index];
  return FinishCall(*callee.type, callee.type_id, is_return);
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::CallIndirectStep(bool is_return) {
  if (!Immediates<ImmediateKind::kCallIndirect>() || !CheckTable(instruction_.index2)) return false;
  const FuncType* type = FuncTypeAt(instruction_.index);
  if (type == nullptr) return false;
  const ValType element = module_.tables[instruction_.index2].type.element;
  if (element != ValType::kFuncRef && !Matches(element, ValType::kFuncRef)) {
    return Invalid(
        absl::StrCat("type mismatch: instruction requires table of function type but "
                     "table has element type ",
                     ToString(element)));
  }
  if (!Pop(TableAddress(instruction_.index2))) return false;
  return FinishCall(*type, module_.type_ids[instruction_.index], is_return);
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::FinishCall(const FuncType& type, TypeId type_id,
                                                 bool is_return) {
  if (is_return && !CheckReturnCall(type)) return false;
  if (!PopAll(type.params)) return false;
  if (reporting_) {
    Resolved resolved;
    resolved.func_type = &type;
    resolved.type_id = type_id;
    sink_.OnCall(instruction_, resolved);
  }
  if (!is_return) return PushAll(type.results);
  SetUnreachable();
  return true;
}

// Parametric. core: #valid-instr-parametric

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::DropStep() {
  ValType type;
  if (!Peek(0, &type)) return Mismatch(absl::MakeConstSpan(&type, 1), "instruction");
  size_ -= size_ > height_;
  if (reporting_) sink_.OnDrop(instruction_, {.type = type});
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::SelectStep() {
  ValType first, second;
  if (!Peek(1, &second) || !Peek(2, &first)) {
    const ValType needed[] = {ValType(), ValType(), ValType::kI32};
    return Mismatch(needed, "instruction");
  }
  const ValType type = second.is_bot() ? first : second;
  if (type.is_ref()) {
    return Invalid(
        absl::StrCat("type mismatch: instruction requires numeric or vector type but "
                     "stack has ",
                     ToString(type)));
  }
  const ValType pops[] = {type, type, ValType::kI32};
  if (!PopAll(pops) || !Push(type)) return false;
  if (reporting_) sink_.OnSelect(instruction_, {.type = type});
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::SelectTypedStep() {
  if (!Immediates<ImmediateKind::kSelectTypes>()) return false;
  if (instruction_.types.size() != 1) return Invalid("invalid result arity");
  ValType& type = scratch_.immediates.types[0];
  if (!CanonicalType(type, &type)) return false;
  const ValType pops[] = {type, type, ValType::kI32};
  if (!PopAll(pops) || !Push(type)) return false;
  if (reporting_) sink_.OnSelect(instruction_, {.type = type});
  return true;
}

// Variables. core: #valid-instr-variable

template <class Sink, bool kConstant>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool FunctionWalker<Sink, kConstant>::LocalGetStep() {
  if (!Immediates<ImmediateKind::kLocal>() || !CheckLocal(instruction_.index)) return false;
  if (needs_initialization_ && !scratch_.is_initialized[instruction_.index]) [[unlikely]] {
    return Invalid(absl::StrCat("uninitialized local ", instruction_.index));
  }
  const ValType type = locals_[instruction_.index];
  if (!Push(type)) return false;
  if (reporting_) sink_.OnLocalGet(instruction_, {.type = type});
  return true;
}

template <class Sink, bool kConstant>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool FunctionWalker<Sink, kConstant>::LocalSetStep(
    bool is_tee) {
  if (!Immediates<ImmediateKind::kLocal>() || !CheckLocal(instruction_.index)) return false;
  const ValType type = locals_[instruction_.index];
  if (!Pop(type)) return false;
  if (needs_initialization_) [[unlikely]]
    Initialize(instruction_.index);
  if (is_tee && !Push(type)) return false;
  if (!reporting_) return true;
  if (is_tee) {
    sink_.OnLocalTee(instruction_, {.type = type});
  } else {
    sink_.OnLocalSet(instruction_, {.type = type});
  }
  return true;
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::GlobalGetStep() {
  if (!Immediates<ImmediateKind::kGlobal>()) return false;
  if (instruction_.index >= module_.globals.size()) return Unknown("global", instruction_.index);
  const GlobalType& global = module_.globals[instruction_.index].type;
  if (kConstant && instruction_.index >= module_.imported_globals &&
      !features_.Has(Feature::kExtendedConst)) {
    return Unknown("global", instruction_.index);
  }
  return Push(global.type) && Report({.type = global.type});
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::GlobalSetStep() {
  if (!Immediates<ImmediateKind::kGlobal>()) return false;
  if (instruction_.index >= module_.globals.size()) return Unknown("global", instruction_.index);
  const GlobalType& global = module_.globals[instruction_.index].type;
  if (!global.is_mutable) return Invalid("immutable global");
  return Pop(global.type) && Report({.type = global.type});
}

// Tables and memories. core: #valid-instr-table, #valid-instr-memory

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::TableAccessStep() {
  if (!Immediates<ImmediateKind::kTable>() || !CheckTable(instruction_.index)) return false;
  const ValType element = module_.tables[instruction_.index].type.element;
  const ValType address = TableAddress(instruction_.index);
  bool ok = false;
  switch (instruction_.op) {
    case Opcode::TableGet: ok = Pop(address) && Push(element); break;
    case Opcode::TableSet: {
      const ValType pops[] = {address, element};
      ok = PopAll(pops);
      break;
    }
    case Opcode::TableGrow: {
      const ValType pops[] = {element, address};
      ok = PopAll(pops) && Push(address);
      break;
    }
    default: {
      const ValType pops[] = {address, element, address};
      ok = PopAll(pops);
      break;
    }
  }
  return ok && Report({.type = element});
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::TableCopyStep() {
  if (!Immediates<ImmediateKind::kTableTable>()) return false;
  if (!CheckTable(instruction_.index) || !CheckTable(instruction_.index2)) return false;
  const ValType to = module_.tables[instruction_.index].type.element;
  const ValType from = module_.tables[instruction_.index2].type.element;
  if (from != to && !Matches(from, to)) {
    return Invalid(absl::StrCat("type mismatch: source element type ", ToString(from),
                                " does not match destination element type ", ToString(to)));
  }
  const ValType to_address = TableAddress(instruction_.index);
  const ValType from_address = TableAddress(instruction_.index2);
  const ValType pops[] = {to_address, from_address, SmallerAddress(to_address, from_address)};
  return PopAll(pops) && Report({.type = to});
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::TableInitStep() {
  if (!Immediates<ImmediateKind::kElemTable>()) return false;
  if (!CheckTable(instruction_.index2) || !CheckElem(instruction_.index)) return false;
  const ValType to = module_.tables[instruction_.index2].type.element;
  const ValType from = module_.elems[instruction_.index].type;
  if (from != to && !Matches(from, to)) {
    return Invalid(absl::StrCat("type mismatch: element segment's type ", ToString(from),
                                " does not match table's element type ", ToString(to)));
  }
  return ApplyAddressRow(IsTableAddress64(instruction_.index2));
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::MemoryCopyStep() {
  if (!Immediates<ImmediateKind::kMemoryMemory>()) return false;
  if (!CheckMemory(instruction_.index) || !CheckMemory(instruction_.index2)) return false;
  const ValType to = ToValType(module_.memories[instruction_.index].address);
  const ValType from = ToValType(module_.memories[instruction_.index2].address);
  const ValType pops[] = {to, from, SmallerAddress(to, from)};
  return PopAll(pops) && Report({});
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::MemoryInitStep() {
  if (!Immediates<ImmediateKind::kDataMemory>()) return false;
  return CheckMemory(instruction_.index2) && CheckData(instruction_.index) &&
         ApplyAddressRow(IsAddress64(instruction_.index2));
}

// References. core: #valid-instr-ref

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::RefNullStep() {
  ValType type;
  if (!Immediates<ImmediateKind::kHeapType>()) return false;
  if (!CanonicalType(ValType::Ref(instruction_.heap, true), &type)) return false;
  instruction_.heap = type.heap();
  return Push(type) && Report({.type = type});
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::RefIsNullStep() {
  ValType type;
  if (!PopRef(&type)) return false;
  return Push(ValType::kI32) && Report({.type = type});
}

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::RefFuncStep() {
  if (!Immediates<ImmediateKind::kRefFunc>() || !CheckFunc(instruction_.index)) return false;
  if (!kConstant && !module_.declared_funcs[instruction_.index]) {
    return Invalid("undeclared function reference");
  }
  const TypeId id = module_.funcs[instruction_.index].type_id;
  const ValType type = ValType::Ref(HeapType::Concrete(id.value()), false);
  return Push(type) && Report({.type = type});
}

// Numeric instructions with more operands or results than a row can have.

template <class Sink, bool kConstant>
bool FunctionWalker<Sink, kConstant>::WideArithmeticStep(int operand_count) {
  static constexpr ValType kPops[] = {ValType::kI64, ValType::kI64, ValType::kI64, ValType::kI64};
  return PopAll(absl::MakeConstSpan(kPops, operand_count)) && Push(ValType::kI64) &&
         Push(ValType::kI64) && Report({});
}

}  // namespace tenon::vm
