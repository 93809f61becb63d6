// The translator's operand stack, accumulators and function frame.
#include "vm/interp/translate/translator.h"

#include <algorithm>

#include "vm/interp/interpreter.h"
#include "vm/runtime/instance.h"

namespace tenon::vm::interp {

Translator::Translator(LoadedModule* module) : module_(module), resolved_(*module->resolved) {
  uint32_t total = 0;
  global_offsets_ = GlobalOffsets(resolved_, &total);
}

void Translator::BeginBody(uint32_t body_bytes) {
  // Compilers' output stays below two words a byte.
  constexpr uint32_t kWordsPerByte = 16;
  constexpr uint32_t kWordsOfAny = 4096;
  code_.set_max_words(kWordsOfAny + kWordsPerByte * body_bytes);
}

void Translator::OnFunction(const FuncType& type, absl::Span<const ValType> locals) {
  code_.Clear();
  stack_.clear();
  controls_.clear();
  last_.valid = false;
  ForgetMirrors();
  flushed_ = 0;
  height_ = 0;
  type_ = &type;
  const uint32_t param_slots = SlotsOf(type.params);
  link_ = std::max(param_slots, SlotsOf(type.results));
  local_types_.assign(locals.begin(), locals.end());
  local_refs_.assign(locals.size(), 0);
  local_slots_.clear();
  uint32_t next = 0;
  for (size_t i = 0; i < locals.size(); ++i) {
    if (i == type.params.size()) next = link_ + 2;
    local_slots_.push_back(next);
    next += SlotCount(locals[i]);
  }
  temp_base_ = locals.size() > type.params.size() ? next : link_ + 2;
  frame_slots_ = temp_base_;
  enter_ = code_.Emit(handlers::Enter, {0, 0, link_ + 2, temp_base_ - (link_ + 2)});
  Enter(Control::Kind::kFunction, BlockInfo{{}, type.results});
}

std::unique_ptr<Body> Translator::TakeBody(const FuncCode* function) {
  // Slots are 16 bits wide in the code. No default stack could hold a larger frame.
  if (frame_slots_ > 0xffff) {
    code_.Clear();
    code_.Emit(handlers::FrameTooLarge, {});
  } else {
    code_.at(enter_ + 1).words[0] = frame_slots_;
  }
  code_.Fuse();
  auto body = std::make_unique<Body>();
  body->size = code_.size();
  body->code = std::make_unique_for_overwrite<Word[]>(code_.size());
  std::copy(code_.words().begin(), code_.words().end(), body->code.get());
  body->link = link_;
  body->positions = code_.TakePositions();
  const uint32_t local = function->index.value() - resolved_.imported_funcs;
  body->positions.insert(body->positions.begin(),
                         CodePosition{0, resolved_.module->bodies[local].code.offset});
  body->function = function;
  code_.Clear();
  return body;
}

namespace {

// What the translator asks of a type, by its kind.
struct TypeFacts {
  uint8_t value_class;
  bool narrow;
  uint8_t slots;
};
constexpr TypeFacts kTypeFacts[] = {
    {0, false, 1},  // bottom
    {0, true, 1},   // i32
    {0, false, 1},  // i64
    {1, true, 1},   // f32
    {1, false, 1},  // f64
    {2, false, 2},  // v128
    {0, false, 1},  // reference
};
const TypeFacts& FactsOf(ValType type) { return kTypeFacts[static_cast<int>(type.kind())]; }

}  // namespace

Translator::Class Translator::ClassOf(ValType type) {
  return static_cast<Class>(FactsOf(type).value_class);
}

Translator::Operand Translator::Pop() {
  const Operand operand = stack_.back();
  stack_.pop_back();
  if (stack_.size() < flushed_) flushed_ = stack_.size();
  if (operand.kind == Operand::Kind::kLocal) --local_refs_[operand.local];
  height_ -= operand.value_class == Class::kVector ? 2 : 1;
  return operand;
}

uint32_t Translator::Push(ValType type) {
  const TypeFacts& facts = FactsOf(type);
  const uint32_t home = HeightSlot();
  Operand operand;
  operand.value_class = static_cast<Class>(facts.value_class);
  operand.narrow = facts.narrow;
  operand.home = operand.slot = home;
  stack_.push_back(operand);
  height_ += facts.slots;
  if (frame_slots_ < home + facts.slots) frame_slots_ = home + facts.slots;
  return home;
}

void Translator::PushConst(ValType type, uint64_t bits) {
  Push(type);
  Operand& operand = Top();
  operand.kind = Operand::Kind::kConst;
  operand.bits = bits;
}

void Translator::PushLocal(uint32_t local) {
  Push(local_types_[local]);
  Operand& operand = Top();
  operand.kind = Operand::Kind::kLocal;
  operand.local = local;
  operand.slot = local_slots_[local];
  ++local_refs_[local];
}

bool Translator::InAcc(const Operand& operand) const {
  if (operand.kind == Operand::Kind::kConst) return false;
  if (operand.value_class == Class::kInt) return operand.slot == int_mirror_;
  return operand.value_class == Class::kFloat && operand.slot == float_mirror_;
}

void Translator::Materialize(Operand* operand) {
  if (operand->kind != Operand::Kind::kConst) return;
  EmitCopy(operand->home, *operand);
  operand->kind = Operand::Kind::kHome;
  operand->slot = operand->home;
}

void Translator::MoveHome(Operand* operand) {
  if (operand->kind == Operand::Kind::kHome) return;
  EmitCopy(operand->home, *operand);
  if (operand->kind == Operand::Kind::kLocal) --local_refs_[operand->local];
  operand->kind = Operand::Kind::kHome;
  operand->slot = operand->home;
}

void Translator::EmitCopy(uint32_t target, const Operand& operand) {
  last_.valid = false;
  if (operand.kind == Operand::Kind::kConst) {
    const bool is_float = operand.value_class == Class::kFloat;
    if (operand.narrow) {
      code_.EmitImmediate(is_float ? handlers::ConstF32 : handlers::ConstI32, target, 0,
                          static_cast<uint32_t>(operand.bits));
    } else {
      code_.Emit(is_float ? handlers::ConstF64 : handlers::ConstI64, {target});
      code_.AppendBits(operand.bits);
    }
  } else if (operand.value_class == Class::kVector) {
    code_.Emit(handlers::CopyVector, {target, operand.slot});
  } else if (operand.value_class == Class::kFloat) {
    code_.Emit(InAcc(operand) ? handlers::CopyFloatAcc : handlers::CopyFloat,
               {target, operand.slot});
  } else {
    code_.Emit(InAcc(operand) ? handlers::CopyIntAcc : handlers::CopyInt, {target, operand.slot});
  }
  SetMirror(operand.value_class, target);
}

void Translator::FlushLocals() {
  for (size_t i = flushed_; i < stack_.size(); ++i) {
    if (stack_[i].kind == Operand::Kind::kLocal) MoveHome(&stack_[i]);
  }
  flushed_ = stack_.size();
}

void Translator::PreserveLocal(uint32_t local) {
  for (size_t i = stack_.size(); i > 0 && local_refs_[local] > 0; --i) {
    Operand& operand = stack_[i - 1];
    if (operand.kind == Operand::Kind::kLocal && operand.local == local) MoveHome(&operand);
  }
}

void Translator::SetMirror(Class value_class, uint32_t slot) {
  ForgetSlot(slot, value_class == Class::kVector ? 2 : 1);
  if (value_class == Class::kInt) int_mirror_ = slot;
  if (value_class == Class::kFloat) float_mirror_ = slot;
}

void Translator::ForgetSlot(uint32_t slot, uint32_t count) {
  if (int_mirror_ != kNoSlot && int_mirror_ - slot < count) int_mirror_ = kNoSlot;
  if (float_mirror_ != kNoSlot && float_mirror_ - slot < count) float_mirror_ = kNoSlot;
}

void Translator::ForgetMirrors() {
  int_mirror_ = kNoSlot;
  float_mirror_ = kNoSlot;
}

void Translator::NoteResult(uint32_t start, ValType type, uint32_t slot) {
  last_.valid = true;
  last_.is_compare = false;
  last_.start = start;
  last_.slot = slot;
  last_.int_mirror = int_mirror_;
  last_.float_mirror = float_mirror_;
  SetMirror(ClassOf(type), slot);
}

void Translator::EmitResult(Handler handler, ValType type, uint32_t h1, uint32_t h2, uint32_t h3) {
  const uint32_t slot = Push(type);
  NoteResult(code_.Emit(handler, {slot, h1, h2, h3}), type, slot);
}

void Translator::EmitResultImmediate(Handler handler, ValType type, uint32_t h1,
                                     uint32_t immediate) {
  const uint32_t slot = Push(type);
  NoteResult(code_.EmitImmediate(handler, slot, h1, immediate), type, slot);
}

void Translator::OnLocalGet(const Instruction& instruction, const Resolved&) {
  PushLocal(instruction.index);
}

void Translator::OnLocalSet(const Instruction& instruction, const Resolved&) {
  LocalAssign(instruction.index, /*keep=*/false);
}

void Translator::OnLocalTee(const Instruction& instruction, const Resolved&) {
  LocalAssign(instruction.index, /*keep=*/true);
}

// Assigns the top of the stack to a local. When the value was just computed, its instruction writes
// the local directly.
void Translator::LocalAssign(uint32_t local, bool keep) {
  const Operand value = Pop();
  const uint32_t slot = local_slots_[local];
  const bool is_self = value.kind == Operand::Kind::kLocal && value.local == local;
  if (!is_self) {
    const bool just_computed =
        last_.valid && value.kind == Operand::Kind::kHome && value.slot == last_.slot;
    if (just_computed && local_refs_[local] == 0) {
      code_.at(last_.start + 1).halves[0] = static_cast<uint16_t>(slot);
      SetMirror(value.value_class, slot);
      last_.valid = false;
    } else {
      PreserveLocal(local);
      EmitCopy(slot, value);
    }
  }
  if (keep) PushLocal(local);
}

void Translator::OnDrop(const Instruction&, const Resolved&) { Pop(); }

void Translator::OnSelect(const Instruction&, const Resolved& resolved) {
  Operand condition = Pop();
  Operand otherwise = Pop();
  Operand chosen = Pop();
  Materialize(&chosen);
  Materialize(&otherwise);
  Materialize(&condition);
  const Class value_class = ClassOf(resolved.type);
  const bool in_acc = InAcc(condition) && value_class != Class::kVector;
  Handler handler = handlers::SelectVector;
  if (value_class == Class::kInt) handler = in_acc ? handlers::SelectIntAcc : handlers::SelectInt;
  if (value_class == Class::kFloat) {
    handler = in_acc ? handlers::SelectFloatAcc : handlers::SelectFloat;
  }
  EmitResult(handler, resolved.type, chosen.slot, otherwise.slot, condition.slot);
}

}  // namespace tenon::vm::interp
