// Constructs, branches, calls and returns. core: #exec-instr-control
#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/translate/translator_inl.h"

namespace tenon::vm::interp {

Translator::Control& Translator::Enter(Control::Kind kind, const BlockInfo& info) {
  moves_ += info.params.size() + info.results.size();
  const uint32_t region = controls_.empty() ? CatchTable::kNone : controls_.back().region;
  Control& control = controls_.emplace_back();
  control.kind = kind;
  control.region = region;
  control.params = info.params;
  control.results = info.results;
  control.base = static_cast<uint32_t>(stack_.size() - info.params.size());
  control.first_slot = next_slot_ - SlotsOf(info.params);
  return control;
}

void Translator::OnBlock(const Instruction&, const BlockInfo& info) {
  FlushLocals();
  Enter(Control::Kind::kBlock, info);
}

void Translator::OnLoop(const Instruction&, const BlockInfo& info) {
  FlushLocals();
  MoveArgumentsHome(info.params.size());
  Control& control = Enter(Control::Kind::kLoop, info);
  code_.Bind(&control.label);
  ForgetMirrors();
  last_.valid = false;
}

void Translator::OnIf(const Instruction&, const BlockInfo& info) {
  const Operand condition = Pop();
  FlushLocals();
  MoveArgumentsHome(info.params.size());
  Control& control = Enter(Control::Kind::kIf, info);
  BranchIf(condition, /*sense=*/false, &control.otherwise);
}

void Translator::OnElse(const Instruction&, bool falls_through) {
  Control& control = controls_.back();
  if (falls_through) {
    MoveToLabel(control);
    code_.EmitBranch(handlers::Br, 0, 0, &control.label);
  }
  code_.Bind(&control.otherwise);
  control.kind = Control::Kind::kElse;
  ResetStack(control, control.params);
  ForgetMirrors();
  last_.valid = false;
}

void Translator::OnEnd(const Instruction&, bool falls_through) {
  Control& control = controls_.back();
  if (control.kind == Control::Kind::kFunction) {
    if (falls_through) EmitReturn();
    if (control.first_clause != CatchTable::kNone) {
      BindClauses(control);
      EmitReturnOfCaught();
    }
    controls_.pop_back();
    return;
  }
  CloseRegion();
  const bool is_loop = control.kind == Control::Kind::kLoop;
  const bool is_if = control.kind == Control::Kind::kIf;  // an `if` that had no `else`
  const bool is_caught_at = control.first_clause != CatchTable::kNone;
  const bool is_catch = control.kind == Control::Kind::kCatch;
  const bool merges = (!is_loop && control.label.targeted()) || is_if || is_caught_at || is_catch;
  // With one way in, values may stay where they are.
  if (falls_through && !merges) {
    controls_.pop_back();
    return;
  }
  if (falls_through) MoveToLabel(control);
  if (is_if) code_.Bind(&control.otherwise);
  if (!is_loop) code_.Bind(&control.label);
  BindClauses(control);
  ResetStack(control, control.results);
  ForgetMirrors();
  last_.valid = false;
  controls_.pop_back();
}

// Leaves the operands below the construct and `types` at their homes.
void Translator::ResetStack(const Control& control, absl::Span<const ValType> types) {
  moves_ += types.size();
  while (stack_.size() > control.base) Pop();
  next_slot_ = control.first_slot;
  for (ValType type : types) Push(ShapeOf(type));
}

void Translator::OnUnreachable(const Instruction& instruction) {
  code_.SetOffset(instruction.offset);
  code_.Emit(handlers::Unreachable, {});
}

void Translator::OnBr(const Instruction& instruction) { EmitJump(instruction.index); }

void Translator::EmitJump(uint32_t depth) {
  Control& target = LabelAt(depth);
  if (target.kind == Control::Kind::kFunction) {
    EmitReturn();
    return;
  }
  MoveToLabel(target);
  code_.EmitBranch(handlers::Br, 0, 0, &target.label);
}

template <typename Branch>
void Translator::JumpIf(uint32_t depth, const Branch& branch) {
  Control& target = LabelAt(depth);
  const bool is_return = target.kind == Control::Kind::kFunction;
  if (!is_return && !LabelNeedsMoves(target)) {
    branch(/*sense=*/true, &target.label);
    return;
  }
  Label skip;
  branch(/*sense=*/false, &skip);
  // What follows is seen only when the branch is not taken.
  const uint32_t int_mirror = int_mirror_;
  const uint32_t float_mirror = float_mirror_;
  EmitJump(depth);
  code_.Bind(&skip);
  int_mirror_ = int_mirror;
  float_mirror_ = float_mirror;
  last_.valid = false;
}

void Translator::OnBrIf(const Instruction& instruction) {
  const Operand condition = Pop();
  JumpIf(instruction.index, [&](bool sense, Label* target) { BranchIf(condition, sense, target); });
}

// All references are null as a zero in their slot.
void Translator::OnBrOn(const Instruction& instruction, const Resolved&) {
  const bool on_null = instruction.op == Opcode::BrOnNull;
  if (!on_null && instruction.op != Opcode::BrOnNonNull) return BrOnCast(instruction);
  Materialize(&Top());
  const Operand reference = Top();
  if (on_null) Pop();
  JumpIf(instruction.index, [&](bool sense, Label* target) {
    const Form form = InAcc(reference) ? Form::kAK : Form::kSK;
    code_.EmitBranch(CompareBranchHandler(Opcode::I64Eq, form, sense == on_null), reference.slot,
                     /*immediate=*/0, target);
    last_.valid = false;
  });
  if (on_null) {
    Restore(reference);
  } else {
    Pop();
  }
}

// The reference stays, whether or not the branch is taken.
void Translator::BrOnCast(const Instruction& instruction) {
  const bool on_fit = instruction.op == Opcode::BrOnCast;
  Materialize(&Top());
  const uint32_t slot = Top().slot;
  JumpIf(instruction.index, [&](bool sense, Label* target) {
    code_.EmitBranch(sense == on_fit ? handlers::BrOnCast : handlers::BrOnCastFail, slot, 0,
                     target);
    AppendTarget(instruction.to);
    last_.valid = false;
  });
}

void Translator::OnBrTable(const Instruction& instruction) {
  Operand index = Pop();
  Materialize(&index);
  const uint32_t count = static_cast<uint32_t>(instruction.labels.size());
  const uint32_t start = code_.EmitImmediate(handlers::BrTable, index.slot, 0, count - 1);
  for (uint32_t i = 0; i < count; i += 2) code_.AppendBits(0);
  // Targets that need moves, or return, go through a stub behind the table; one a target.
  absl::flat_hash_map<uint32_t, Label> stubs;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t depth = instruction.labels[i];
    Control& target = LabelAt(depth);
    const bool direct = target.kind != Control::Kind::kFunction && !LabelNeedsMoves(target);
    code_.SetDistance((start + 2) * 2 + i, start, direct ? &target.label : &stubs[depth]);
  }
  for (auto& [depth, stub] : stubs) {
    code_.Bind(&stub);
    ForgetMirrors();
    EmitJump(depth);
  }
  last_.valid = false;
}

void Translator::OnReturn(const Instruction&) { EmitReturn(); }

void Translator::BranchIf(Operand condition, bool sense, Label* target) {
  if (FuseCompare(sense, target, condition)) return;
  Materialize(&condition);
  if (InAcc(condition)) {
    code_.EmitBranch(sense ? handlers::BrIfAcc : handlers::BrIfNotAcc, 0, 0, target);
  } else {
    code_.EmitBranch(sense ? handlers::BrIf : handlers::BrIfNot, condition.slot, 0, target);
  }
  last_.valid = false;
}

// Absorbs a comparison, or an `i32.and`, whose value nothing but the branch sees.
bool Translator::FuseCompare(bool sense, Label* target, const Operand& condition) {
  if (!last_.valid || !last_.is_compare || condition.kind != Operand::Kind::kHome ||
      condition.slot != last_.slot) {
    return false;
  }
  const Last last = last_;
  Operand left = last.left;
  Operand right = last.right;
  if (left.kind == Operand::Kind::kConst && right.kind != Operand::Kind::kConst &&
      (last.op == Opcode::I32And || last.op == Opcode::I32Eq || last.op == Opcode::I32Ne)) {
    std::swap(left, right);
  }
  code_.Rewind(last.start);
  int_mirror_ = last.int_mirror;
  float_mirror_ = last.float_mirror;
  last_.valid = false;
  Materialize(&left);
  const bool immediate = FitsHalf(right);
  if (!immediate) Materialize(&right);
  const uint32_t second = immediate ? static_cast<uint16_t>(right.bits) : right.slot;
  if (last.op == Opcode::I32And) {
    const Handler handler = immediate ? (sense ? handlers::BrIfAndK : handlers::BrIfNotAndK)
                                      : (sense ? handlers::BrIfAnd : handlers::BrIfNotAnd);
    code_.EmitBranch(handler, left.slot, second, target);
    return true;
  }
  Form form = Form::kSS;
  if (immediate) {
    form = InAcc(left) ? Form::kAK : Form::kSK;
  } else if (InAcc(left)) {
    form = Form::kAS;
  } else if (InAcc(right)) {
    form = Form::kSA;
  }
  code_.EmitBranch(CompareBranchHandler(last.op, form, sense), left.slot, second, target);
  return true;
}

bool Translator::LabelNeedsMoves(const Control& target) {
  const auto types = target.label_types();
  moves_ += types.size();
  uint32_t slot = target.first_slot;
  const size_t first = stack_.size() - types.size();
  for (size_t i = 0; i < types.size(); ++i) {
    const Operand& operand = stack_[first + i];
    if (operand.kind != Operand::Kind::kHome || operand.slot != slot) return true;
    slot += SlotCount(types[i]);
  }
  return false;
}

// Copies the values a label takes to where the label expects them. Targets stand at or below their
// sources, so ascending order never overwrites a source. Descriptors stay as they are.
void Translator::MoveToLabel(const Control& target) {
  const auto types = target.label_types();
  moves_ += types.size();
  uint32_t slot = target.first_slot;
  const size_t first = stack_.size() - types.size();
  for (size_t i = 0; i < types.size(); ++i) {
    const Operand& operand = stack_[first + i];
    if (operand.kind != Operand::Kind::kHome || operand.slot != slot) EmitCopy(slot, operand);
    slot += SlotCount(types[i]);
  }
}

void Translator::EmitReturn() {
  last_.valid = false;
  if (type_->results.size() == 1 && type_->results[0] != ValType::kV128) {
    const Operand& result = Top();
    const bool is_float = result.value_class() == Class::kFloat;
    if (result.kind == Operand::Kind::kConst) {
      EmitCopy(0, result);
      code_.Emit(handlers::Return, {link_});
    } else if (InAcc(result)) {
      code_.Emit(is_float ? handlers::ReturnFloatAcc : handlers::ReturnIntAcc, {link_});
    } else {
      code_.Emit(is_float ? handlers::ReturnFloat : handlers::ReturnInt, {link_, result.slot});
    }
    return;
  }
  MoveResults();
  code_.Emit(handlers::Return, {link_});
}

// What a clause gave stands where results do; the caller looks for a single one in the accumulator.
void Translator::EmitReturnOfCaught() {
  if (type_->results.size() != 1 || type_->results[0] == ValType::kV128) {
    code_.Emit(handlers::Return, {link_});
    return;
  }
  const bool is_float = ShapeOf(type_->results[0]).value_class == Class::kFloat;
  code_.Emit(is_float ? handlers::ReturnFloat : handlers::ReturnInt, {link_, 0});
}

// Several results, or a vector: locals go to their homes first, since results overwrite the
// parameters' slots.
void Translator::MoveResults() {
  moves_ += type_->results.size();
  const size_t first = stack_.size() - type_->results.size();
  for (size_t i = first; i < stack_.size(); ++i) {
    if (stack_[i].kind == Operand::Kind::kLocal) EmitCopy(stack_[i].home, stack_[i]);
  }
  uint32_t slot = 0;
  for (size_t i = first; i < stack_.size(); ++i) {
    Operand source = stack_[i];
    if (source.kind == Operand::Kind::kLocal) {
      source.kind = Operand::Kind::kHome;
      source.slot = source.home;
    }
    EmitCopy(slot, source);
    slot += source.value_class() == Class::kVector ? 2 : 1;
  }
}

void Translator::MoveArgumentsHome(size_t count) {
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) MoveHome(&stack_[i]);
}

void Translator::OnCall(const Instruction& instruction, const Resolved& resolved) {
  const FuncType& callee = *resolved.func_type;
  const Opcode op = instruction.op;
  const bool indirect = op == Opcode::CallIndirect || op == Opcode::ReturnCallIndirect;
  const bool by_ref = op == Opcode::CallRef || op == Opcode::ReturnCallRef;
  const bool tail =
      op == Opcode::ReturnCall || op == Opcode::ReturnCallIndirect || op == Opcode::ReturnCallRef;
  moves_ += callee.params.size() + callee.results.size();
  Operand designator;  // the table's index or the reference
  if (indirect || by_ref) {
    designator = Pop();
    Materialize(&designator);
  }
  MoveArgumentsHome(callee.params.size());
  const uint32_t params = SlotsOf(callee.params);
  const uint32_t results = SlotsOf(callee.results);
  const uint32_t link = std::max(params, results);
  for (size_t i = 0; i < callee.params.size(); ++i) Pop();
  const uint32_t base = next_slot_;
  // Room for the arguments, a saved context, the arguments again and a link, and for the control
  // area of a tail call into another instance.
  frame_slots_ = std::max(frame_slots_, base + 2 * link + 8);
  if (tail) frame_slots_ = std::max(frame_slots_, 2 * link + link_ + 16);

  code_.SetOffset(instruction.offset);
  const Halves shape{base, link, params, tail ? link_ : results};
  if (indirect) {
    code_.Emit(tail ? handlers::ReturnCallIndirect : handlers::CallIndirect, shape);
    code_.AppendPair(instruction.index2, designator.slot);
    code_.AppendBits(resolved.type_id.value());
  } else if (by_ref) {
    code_.Emit(tail ? handlers::ReturnCallRef : handlers::CallRef, shape);
    code_.AppendBits(designator.slot);
  } else if (instruction.index < resolved_->imported_funcs) {
    code_.Emit(tail ? handlers::ReturnCallImport : handlers::CallImport, shape);
    code_.AppendBits(instruction.index);
  } else {
    code_.Emit(tail ? handlers::ReturnCall : handlers::Call, shape);
    code_.AppendPointer(module_->Code(FuncIdx(instruction.index)));
  }
  const bool may_cross = indirect || by_ref || instruction.index < resolved_->imported_funcs;
  if (may_cross && !tail) code_.Emit(handlers::CrossReturn, shape);

  last_.valid = false;
  ForgetMirrors();
  if (tail) return;
  for (ValType result : callee.results) Push(ShapeOf(result));
  if (callee.results.size() == 1 && callee.results[0] != ValType::kV128) {
    SetMirror(Top().value_class(), Top().slot);
  }
}

}  // namespace tenon::vm::interp
