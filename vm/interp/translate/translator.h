// The sink that turns a body into interpreter code in one pass, as it is validated.
//
// The translator mirrors the operand stack with descriptors. A `local.get` or a constant emits
// nothing: its descriptor is folded into the instruction that takes it. Every stack position has a
// home, a frame slot fixed by its height, so paths that merge agree on where values stand without
// moves. Before an instruction can change a local that is still on the stack by reference, or
// control can split, the reference is copied to its home.
//
// The accumulators mirror the slot written last (write-through): a descriptor whose slot is mirrored
// may be taken from the accumulator. At labels nothing is mirrored.
#pragma once

#include <cstdint>
#include <vector>

#include "vm/interp/handlers/handlers.h"
#include "vm/interp/translate/code_buffer.h"
#include "vm/runtime/module.h"
#include "vm/valid/sink.h"
#include "vm/valid/walker.h"

namespace tenon::vm::interp {

class Translator {
 public:
  explicit Translator(LoadedModule* module);

  // Before a body is walked: how long it is in bytes, which bounds its code.
  void BeginBody(uint32_t body_bytes);
  // The body made no more code than it may.
  bool within_budget() const { return !code_.overflowed(); }
  // The body of the function walked last. Leaves the translator ready for the next.
  std::unique_ptr<Body> TakeBody(const FuncCode* function);

  // The sink; see vm/valid/sink.h.
  void OnFunction(const FuncType& type, absl::Span<const ValType> locals);
  void OnFunctionEnd() {}
  void OnBlock(const Instruction&, const BlockInfo&);
  void OnLoop(const Instruction&, const BlockInfo&);
  void OnIf(const Instruction&, const BlockInfo&);
  void OnElse(const Instruction&, bool falls_through);
  void OnEnd(const Instruction&, bool falls_through);
  void OnUnreachable(const Instruction&);
  void OnBr(const Instruction&);
  void OnBrIf(const Instruction&);
  void OnBrTable(const Instruction&);
  void OnReturn(const Instruction&);
  void OnCall(const Instruction&, const Resolved&);
  void OnDrop(const Instruction&, const Resolved&);
  void OnSelect(const Instruction&, const Resolved&);
  void OnLocalGet(const Instruction&, const Resolved&);
  void OnLocalSet(const Instruction&, const Resolved&);
  void OnLocalTee(const Instruction&, const Resolved&);
  void OnOp(const Instruction&, const Resolved&);

 private:
  // Which accumulator mirrors values of a type.
  enum class Class : uint8_t { kInt, kFloat, kVector };
  static Class ClassOf(ValType type);

  // One position of the operand stack.
  struct Operand {
    enum class Kind : uint8_t { kHome, kLocal, kConst };
    Kind kind = Kind::kHome;
    Class value_class = Class::kInt;
    bool narrow = false;  // 32 bits wide
    uint32_t home = 0;    // its slot by height
    uint32_t slot = 0;    // where the value stands: home, or the local's
    union {
      uint64_t bits = 0;  // kConst
      uint32_t local;     // kLocal
    };
  };

  // The operand stack. Grows by doubling and keeps its storage between bodies.
  class OperandStack {
   public:
    size_t size() const { return size_; }
    Operand& back() { return storage_[size_ - 1]; }
    Operand& operator[](size_t index) { return storage_[index]; }
    const Operand& operator[](size_t index) const { return storage_[index]; }
    void push_back(const Operand& operand) {
      if (size_ == storage_.size()) storage_.resize(size_ * 2 + 64);
      storage_[size_++] = operand;
    }
    void pop_back() { --size_; }
    void clear() { size_ = 0; }

   private:
    std::vector<Operand> storage_;
    size_t size_ = 0;
  };

  struct Control {
    enum class Kind : uint8_t { kFunction, kBlock, kLoop, kIf, kElse };
    Kind kind = Kind::kBlock;
    uint32_t base = 0;         // operands below the construct's parameters
    uint32_t height = 0;       // slots below them
    absl::Span<const ValType> params;
    absl::Span<const ValType> results;
    Label label;               // a loop's start, else the end
    Label otherwise;           // an if's else branch
    absl::Span<const ValType> label_types() const { return kind == Kind::kLoop ? params : results; }
  };

  // The instruction emitted last, while a following one may still change or absorb it.
  struct Last {
    bool valid = false;
    bool is_compare = false;
    uint32_t start = 0;     // its first word
    uint32_t slot = 0;      // its destination
    Opcode op = Opcode::Nop;
    Operand left, right;    // a comparison's operands
    uint32_t int_mirror = 0, float_mirror = 0;  // before it
  };

  // The outcome of choosing an operand form.
  struct Operands {
    Form form = Form::kSS;
    uint32_t left = 0, right = 0;  // slots, as far as the form has them
    uint64_t immediate = 0;
  };

  // Operand stack.
  Operand& Top() { return stack_.back(); }
  Operand Pop();
  uint32_t Push(ValType type);         // a value at its home; returns the slot
  void PushConst(ValType type, uint64_t bits);
  void PushLocal(uint32_t local);
  bool InAcc(const Operand& operand) const;
  void Materialize(Operand* operand);  // to its home, unless it stands in some slot already
  void MoveHome(Operand* operand);     // to its home in any case
  void EmitCopy(uint32_t target, const Operand& operand);
  void FlushLocals();                  // copies every local on the stack to its home
  void PreserveLocal(uint32_t local);  // before it is assigned
  uint32_t HeightSlot() const { return temp_base_ + height_; }

  // Accumulators.
  void SetMirror(Class value_class, uint32_t slot);
  void ForgetSlot(uint32_t slot, uint32_t count);
  void ForgetMirrors();

  // Instructions with a destination: emits, pushes the result, notes it as the last one.
  void EmitResult(Handler handler, ValType type, uint32_t h1, uint32_t h2 = 0, uint32_t h3 = 0);
  void EmitResultImmediate(Handler handler, ValType type, uint32_t h1, uint32_t immediate);
  void NoteResult(uint32_t start, ValType type, uint32_t slot);

  // Families.
  Operands ChooseForm(Operand* left, Operand* right, bool commutes);
  bool FitsImmediate(const Operand& operand) const;
  void Unary(const Instruction& instruction);
  void Binary(const Instruction& instruction);
  void EqualZero(const Instruction& instruction);
  void VectorOp(const Instruction& instruction);
  void Load(const Instruction& instruction);
  void Store(const Instruction& instruction);
  void LaneMemory(const Instruction& instruction);
  void Global(const Instruction& instruction, const Resolved& resolved);
  void Bulk(Handler handler, const Instruction& instruction, int operand_count,
            ValType result = ValType());
  bool CheckOffset(const Instruction& instruction, Operand* address);
  void LocalAssign(uint32_t local, bool keep);

  // Control.
  Control& Enter(Control::Kind kind, const BlockInfo& info);
  Control& LabelAt(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  void BranchIf(Operand condition, bool sense, Label* target);
  bool FuseCompare(bool sense, Label* target, const Operand& condition);
  bool LabelNeedsMoves(const Control& target) const;
  void MoveToLabel(const Control& target);
  void EmitJump(uint32_t depth);
  void EmitReturn();
  void MoveResults();
  void ResetStack(const Control& control, absl::Span<const ValType> types);
  void MoveArgumentsHome(size_t count);

  LoadedModule* module_;
  const ResolvedModule& resolved_;
  std::vector<uint32_t> global_offsets_;
  CodeBuffer code_;
  OperandStack stack_;
  std::vector<Control> controls_;
  std::vector<uint32_t> local_slots_;
  std::vector<ValType> local_types_;
  std::vector<uint32_t> local_refs_;  // how often each local is on the stack by reference
  const FuncType* type_ = nullptr;
  uint32_t link_ = 0;
  uint32_t temp_base_ = 0;
  uint32_t height_ = 0;       // slots in use above temp_base_
  uint32_t frame_slots_ = 0;  // the most that any instruction needs
  size_t flushed_ = 0;        // operands below are no local references
  uint32_t enter_ = 0;        // word of the Enter instruction
  static constexpr uint32_t kNoSlot = ~0u;
  uint32_t int_mirror_ = kNoSlot;
  uint32_t float_mirror_ = kNoSlot;
  Last last_;
};

// What a module keeps between translations: the translator's and the walker's buffers.
struct TranslationState {
  explicit TranslationState(LoadedModule* module) : translator(module) {}
  Translator translator;
  WalkerScratch scratch;
};

}  // namespace tenon::vm::interp
