// The translator's operand stack, accumulators and function frame.

#include <algorithm>
#include <utility>

#include "vm/interp/interpreter.h"
#include "vm/interp/translate/translator_inl.h"
#include "vm/runtime/instance.h"

namespace tenon::vm::interp {

namespace {

// Of all bodies of a module together: twice what compilers' output takes.
constexpr size_t kModuleWordsPerByte = 4;
constexpr size_t kModuleWordsOfAny = size_t{1} << 16;

// Values that constructs and calls take and give: a call of two bytes may have a thousand. They are
// looked at one by one, so a body may not have too many for its length.
constexpr uint64_t kMaxMovesPerByte = 16;
constexpr uint64_t kMovesOfAny = 1'000'000;

size_t MaxWords(const Module& module) {
  if (module.bodies.empty()) return 0;
  const ByteRange last = module.bodies.back().code;
  return kModuleWordsOfAny +
         kModuleWordsPerByte * (last.offset + last.size - module.bodies.front().code.offset);
}

}  // namespace

ModuleCode::ModuleCode(const ResolvedModule& module) : arena(MaxWords(*module.module)) {
  uint32_t total = 0;
  global_offsets = GlobalOffsets(module, &total);
}

bool Translator::BeginBody(LoadedModule* module, ModuleCode* code, ByteRange body,
                           size_t most_words) {
  module_ = module;
  resolved_ = module->Whole();
  memory0_mode_ = resolved_->memories.empty() ? AccessMode::kGuarded : ModeOf(0);
  global_offsets_ = code->global_offsets.data();
  moves_ = 0;
  max_moves_ = kMovesOfAny + kMaxMovesPerByte * body.size;
  code_.SetOffset(body.offset);
  return code_.Begin(&code->arena, body.size, most_words);
}

void Translator::OnFunction(const FuncType& type, absl::Span<const ValType> locals) {
  stack_.clear();
  controls_.clear();
  catches_.clear();
  last_.valid = false;
  ForgetMirrors();
  type_ = &type;
  const uint32_t param_slots = SlotsOf(type.params);
  link_ = std::max(param_slots, SlotsOf(type.results));
  locals_.clear();
  local_refs_ = 0;
  uint32_t next = 0;
  for (size_t i = 0; i < locals.size(); ++i) {
    if (i == type.params.size()) next = link_ + 2;
    const Shape shape = ShapeOf(locals[i]);
    locals_.push_back({{.local = static_cast<uint32_t>(i),
                        .slot = static_cast<uint16_t>(next),
                        .kind = Operand::Kind::kLocal,
                        .shape = shape}});
    next += shape.slots();
  }
  next_slot_ = locals.size() > type.params.size() ? next : link_ + 2;
  frame_slots_ = next_slot_;
  enter_ = code_.Emit(handlers::Enter, {0, 0, link_ + 2, next_slot_ - (link_ + 2)});
  Enter(Control::Kind::kFunction, BlockInfo{{}, type.results});
}

const Body& Translator::TakeBody(const FuncCode* function) {
  // Slots are 16 bits wide in the code. No default stack could hold a larger frame.
  if (frame_slots_ > 0xffff) {
    code_.Rewind(0);
    code_.Emit(handlers::FrameTooLarge, {});
  } else {
    code_.at(enter_ + 1).words[0] = frame_slots_;
  }
  code_.Fuse(Fusions::Of(memory0_mode_));
  return code_.Commit({.link = link_, .function = function}, std::move(catches_));
}

void Translator::OperandStack::Grow() {
  const size_t size = storage_.size();
  storage_.resize(size * 2 + 64);
  top_ = storage_.data() + size;
  end_ = storage_.data() + storage_.size();
}

void Translator::MoveHome(Operand* operand) {
  if (operand->kind == Operand::Kind::kHome) return;
  EmitCopy(operand->home, *operand);
  CountReference(*operand, -1);
  operand->kind = Operand::Kind::kHome;
  operand->slot = operand->home;
}

void Translator::EmitCopy(uint32_t target, const Operand& operand) {
  last_.valid = false;
  if (operand.is_const()) {
    const bool is_float = operand.value_class() == Class::kFloat;
    if (operand.shape.narrow) {
      code_.EmitImmediate(is_float ? handlers::ConstF32 : handlers::ConstI32, target, 0,
                          static_cast<uint32_t>(operand.bits));
    } else {
      code_.Emit(is_float ? handlers::ConstF64 : handlers::ConstI64, {target});
      code_.AppendBits(operand.bits);
    }
  } else if (operand.value_class() == Class::kVector) {
    code_.Emit(handlers::CopyVector, {target, operand.slot});
  } else if (operand.value_class() == Class::kFloat) {
    code_.Emit(InAcc(operand) ? handlers::CopyFloatAcc : handlers::CopyFloat,
               {target, operand.slot});
  } else {
    code_.Emit(InAcc(operand) ? handlers::CopyIntAcc : handlers::CopyInt, {target, operand.slot});
  }
  SetMirror(operand.value_class(), target);
}

// Each operand is passed once only: references that remain are pushed above it later.
void Translator::FlushLocals() {
  for (size_t i = stack_.size(); local_refs_ > 0; --i) {
    if (stack_[i - 1].kind == Operand::Kind::kLocal) MoveHome(&stack_[i - 1]);
  }
}

void Translator::PreserveLocal(uint32_t local) {
  constexpr int kNear = 16;
  int passed = 0;
  for (size_t i = stack_.size(); locals_[local].refs > 0; --i) {
    Operand& operand = stack_[i - 1];
    if (operand.kind == Operand::Kind::kLocal && operand.local == local) MoveHome(&operand);
    // Many assignments under a tall stack must not cost their product.
    if (++passed == kNear) return FlushLocals();
  }
}

void Translator::ForgetMirrors() {
  int_mirror_ = kNoSlot;
  float_mirror_ = kNoSlot;
}

void Translator::EmitResult(Handler handler, ValType type, uint32_t h1, uint32_t h2, uint32_t h3) {
  const uint32_t slot = Push(ShapeOf(type)).slot;
  NoteResult(code_.Emit(handler, {slot, h1, h2, h3}));
}

void Translator::EmitResultImmediate(Handler handler, ValType type, uint32_t h1,
                                     uint32_t immediate) {
  const uint32_t slot = Push(ShapeOf(type)).slot;
  NoteResult(code_.EmitImmediate(handler, slot, h1, immediate));
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
  const Operand& value = Pop();
  const uint32_t slot = locals_[local].reference.slot;
  const bool is_self = value.kind == Operand::Kind::kLocal && value.local == local;
  if (!is_self) {
    const bool just_computed =
        last_.valid && value.kind == Operand::Kind::kHome && value.slot == last_.slot;
    if (just_computed && locals_[local].refs == 0) {
      code_.at(last_.start + 1).halves[0] = static_cast<uint16_t>(slot);
      SetMirror(value.value_class(), slot);
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
  Operand& condition = Pop();
  Operand& otherwise = Pop();
  Operand& chosen = Pop();
  Materialize(&chosen);
  Materialize(&otherwise);
  Materialize(&condition);
  const Class value_class = ShapeOf(resolved.type).value_class;
  const bool in_acc = InAcc(condition) && value_class != Class::kVector;
  Handler handler = handlers::SelectVector;
  if (value_class == Class::kInt) handler = in_acc ? handlers::SelectIntAcc : handlers::SelectInt;
  if (value_class == Class::kFloat) {
    handler = in_acc ? handlers::SelectFloatAcc : handlers::SelectFloat;
  }
  EmitResult(handler, resolved.type, chosen.slot, otherwise.slot, condition.slot);
}

}  // namespace tenon::vm::interp
