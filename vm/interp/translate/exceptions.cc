// Exceptions: regions of code and their clauses (vm/interp/catch_table.h). core: #exec-try-table
// A try_table emits no code. What a clause gives goes straight to where its label expects values.
#include "vm/interp/interpreter.h"
#include "vm/interp/translate/translator_inl.h"

namespace tenon::vm::interp {

void Translator::OnTryTable(const Instruction& instruction, const BlockInfo& info) {
  FlushLocals();
  // No instruction of the region may absorb one before it.
  last_.valid = false;
  uint32_t region = controls_.back().region;
  if (!instruction.catches.empty()) {
    region = catches_.Open(code_.size(), region);
    for (const CatchClause& clause : instruction.catches) AddClause(region, clause);
  }
  Enter(Control::Kind::kBlock, info).region = region;
}

// Until a label is bound, its clauses are a list through their targets.
void Translator::AddClause(uint32_t region, const CatchClause& clause) {
  Control& label = LabelAt(clause.label);
  const bool is_loop = label.kind == Control::Kind::kLoop;
  CatchTable::Clause entry;
  // Results go to where the caller wants them.
  entry.slot = label.kind == Control::Kind::kFunction ? 0 : label.first_slot;
  if (!clause.catches_all()) entry.tag = clause.tag;
  if (clause.has_ref()) {
    moves_ += label.label_types().size();
    entry.ref_slot = entry.slot + SlotsOf(label.label_types()) - 1;
  }
  entry.target = is_loop ? label.label.bound : label.first_clause;
  const uint32_t index = catches_.Add(region, entry);
  if (!is_loop) label.first_clause = index;
}

void Translator::BindClauses(const Control& control) {
  for (uint32_t index = control.first_clause; index != CatchTable::kNone;) {
    CatchTable::Clause& clause = catches_.clause(index);
    index = clause.target;
    clause.target = code_.size();
  }
}

void Translator::CloseRegion() {
  const uint32_t outer = controls_[controls_.size() - 2].region;
  if (controls_.back().region == outer) return;
  catches_.Close(code_.size(), outer);
  last_.valid = false;  // nor may one behind the region absorb its last
}

void Translator::OnThrow(const Instruction& instruction, const Resolved& resolved) {
  const auto& values = resolved.func_type->params;
  moves_ += values.size();
  MoveArgumentsHome(values.size());
  for (size_t i = 0; i < values.size(); ++i) Pop();
  code_.SetOffset(instruction.offset);
  code_.EmitImmediate(handlers::Throw, next_slot_, 0, instruction.index);
  last_.valid = false;
}

void Translator::OnThrowRef(const Instruction& instruction) {
  Operand& reference = Pop();
  Materialize(&reference);
  code_.SetOffset(instruction.offset);
  code_.Emit(handlers::ThrowRef, {reference.slot});
  last_.valid = false;
}

// Legacy exceptions. A clause lands at its own code, where the exception's reference stands in the
// construct's first slot, for `rethrow`, and the values behind it.

void Translator::OnTry(const Instruction&, const BlockInfo& info) {
  FlushLocals();
  last_.valid = false;
  const uint32_t region = catches_.Open(code_.size(), controls_.back().region);
  Control& control = Enter(Control::Kind::kBlock, info);
  control.region = region;
  control.try_region = region;
}

void Translator::OnCatch(const Instruction& instruction, const Resolved& resolved,
                         bool falls_through) {
  CloseRegion();
  Control& control = controls_.back();
  control.region = controls_[controls_.size() - 2].region;
  control.kind = Control::Kind::kCatch;
  if (falls_through) {
    MoveToLabel(control);
    code_.EmitBranch(handlers::Br, 0, 0, &control.label);
  }
  ResetStack(control, {});
  CatchTable::Clause clause;
  clause.target = code_.size();
  clause.ref_slot = Push(ShapeOf(ValType::Ref(HeapKind::kExn, false))).slot;
  clause.slot = next_slot_;
  if (resolved.func_type != nullptr) {
    clause.tag = instruction.index;
    moves_ += resolved.func_type->params.size();
    for (ValType value : resolved.func_type->params) Push(ShapeOf(value));
  }
  catches_.Add(control.try_region, clause);
  ForgetMirrors();
  last_.valid = false;
}

void Translator::OnDelegate(const Instruction& instruction, bool falls_through) {
  catches_.SetOuter(controls_.back().region, LabelAt(instruction.index + 1).region);
  OnEnd(instruction, falls_through);
}

void Translator::OnRethrow(const Instruction& instruction) {
  code_.SetOffset(instruction.offset);
  code_.Emit(handlers::ThrowRef, {LabelAt(instruction.index).first_slot});
  last_.valid = false;
}

}  // namespace tenon::vm::interp
