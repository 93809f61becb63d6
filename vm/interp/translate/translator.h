// The sink that turns a body into interpreter code in one pass, as it is validated. Operands fold:
// see the class below, and vm/interp/code.def for what is emitted.
#pragma once

#include <cstdint>
#include <vector>

#include "vm/interp/handlers/handlers.h"
#include "vm/interp/translate/code_buffer.h"
#include "vm/runtime/module.h"
#include "vm/valid/sink.h"
#include "vm/valid/walker.h"

namespace tenon::vm::interp {

// What a module keeps: its code, and what all its bodies ask for.
struct ModuleCode {
  explicit ModuleCode(const ResolvedModule& module);
  CodeArena arena;
  std::vector<uint32_t> global_offsets;  // of the globals defined, in slots of the context
};

// The translator mirrors the operand stack with descriptors. A `local.get` or a constant emits
// nothing: its descriptor is folded into the instruction that takes it. Every stack position has a
// home, a frame slot fixed by its height, so paths that merge agree on where values stand without
// moves. Before an instruction can change a local that is still on the stack by reference, or
// control can split, the reference is copied to its home.
//
// The accumulators mirror the slot written last (write-through): a descriptor whose slot is
// mirrored may be taken from the accumulator. At labels nothing is mirrored.
class Translator {
 public:
  // Before a body is walked: whose it is and where its bytes are. What it becomes goes to `code`
  // and takes at most `most_words`. False when there is no memory for it.
  [[nodiscard]] bool BeginBody(LoadedModule* module, ModuleCode* code, ByteRange body,
                               size_t most_words);
  // Makes the function walked last a body.
  const Body& TakeBody(const FuncCode* function);
  // Where the word of the function walked last came from, as an offset in the module's bytes.
  uint32_t OffsetOf(uint32_t word) const { return code_.OffsetOf(word); }

  // The sink; see vm/valid/sink.h.
  bool within_budget() const { return !code_.overflowed() && moves_ <= max_moves_; }
  void OnFunction(const FuncType& type, absl::Span<const ValType> locals);
  void OnFunctionEnd() {}
  void OnBlock(const Instruction&, const BlockInfo&);
  void OnLoop(const Instruction&, const BlockInfo&);
  void OnIf(const Instruction&, const BlockInfo&);
  void OnTryTable(const Instruction&, const BlockInfo&);
  void OnElse(const Instruction&, bool falls_through);
  void OnEnd(const Instruction&, bool falls_through);
  void OnUnreachable(const Instruction&);
  void OnBr(const Instruction&);
  void OnBrIf(const Instruction&);
  void OnBrTable(const Instruction&);
  void OnReturn(const Instruction&);
  void OnThrow(const Instruction&, const Resolved&);
  void OnThrowRef(const Instruction&);
  void OnTry(const Instruction&, const BlockInfo&);
  void OnCatch(const Instruction&, const Resolved&, bool falls_through);
  void OnDelegate(const Instruction&, bool falls_through);
  void OnRethrow(const Instruction&);
  void OnCall(const Instruction&, const Resolved&);
  void OnBrOn(const Instruction&, const Resolved&);
  void OnDrop(const Instruction&, const Resolved&);
  void OnSelect(const Instruction&, const Resolved&);
  void OnLocalGet(const Instruction&, const Resolved&);
  void OnLocalSet(const Instruction&, const Resolved&);
  void OnLocalTee(const Instruction&, const Resolved&);
  void OnConst(const Instruction&);
  void OnUnary(const Instruction&);
  void OnBinary(const Instruction&);
  void OnLoad(const Instruction&);
  void OnStore(const Instruction&);
  void OnOp(const Instruction&, const Resolved&);

 private:
  // Which accumulator mirrors values of a type.
  enum class Class : uint8_t { kInt, kFloat, kVector };

  // What the translator asks of a type, in one byte.
  struct Shape {
    Class value_class : 2 = Class::kInt;
    bool narrow : 1 = false;  // 32 bits wide
    uint32_t slots() const { return value_class == Class::kVector ? 2 : 1; }
  };
  static constexpr Shape kShapes[] = {
      {Class::kInt, false},     // bottom
      {Class::kInt, true},      // i32
      {Class::kInt, false},     // i64
      {Class::kFloat, true},    // f32
      {Class::kFloat, false},   // f64
      {Class::kVector, false},  // v128
      {Class::kInt, false},     // reference
  };
  static Shape ShapeOf(ValType type) { return kShapes[static_cast<int>(type.kind())]; }

  // One position of the operand stack. Slots are 16 bits wide, as in the code; a frame that needs
  // more is noticed in the end (frame_slots_).
  struct Operand {
    enum class Kind : uint8_t { kHome, kLocal, kConst };
    union {
      uint64_t bits = 0;  // kConst
      uint32_t local;     // kLocal
    };
    uint16_t home = 0;  // its slot by height
    uint16_t slot = 0;  // where the value stands: home, or the local's
    Kind kind = Kind::kHome;
    Shape shape;
    bool is_const() const { return kind == Kind::kConst; }
    Class value_class() const { return shape.value_class; }
  };
  static_assert(sizeof(Operand) == 16);

  // The operand stack. Grows by doubling and keeps its storage between bodies. What was popped
  // stays readable until the next push.
  class OperandStack {
   public:
    size_t size() const { return static_cast<size_t>(top_ - storage_.data()); }
    Operand& back() { return top_[-1]; }
    Operand& operator[](size_t index) { return storage_[index]; }
    const Operand& operator[](size_t index) const { return storage_[index]; }
    // A new top, with the content of an operand popped before, if any.
    Operand& Extend() {
      if (top_ == end_) [[unlikely]]
        Grow();
      return *top_++;
    }
    Operand& Pop() { return *--top_; }
    void clear() { top_ = storage_.data(); }

   private:
    void Grow();
    std::vector<Operand> storage_;
    Operand* top_ = nullptr;  // one beyond the last
    Operand* end_ = nullptr;
  };

  struct Local {
    Operand reference;  // what `local.get` pushes; the home is still to be filled in
    uint32_t refs = 0;  // how often it is on the operand stack by reference
  };

  struct Control {
    enum class Kind : uint8_t { kFunction, kBlock, kLoop, kIf, kElse, kCatch };
    Kind kind = Kind::kBlock;
    uint32_t base = 0;        // operands below the construct's parameters
    uint32_t first_slot = 0;  // home of the first of them
    absl::Span<const ValType> params;
    absl::Span<const ValType> results;
    Label label;                                // a loop's start, else the end
    Label otherwise;                            // an if's else branch
    uint32_t region = CatchTable::kNone;        // in force inside
    uint32_t try_region = CatchTable::kNone;    // a try's own, which its clauses belong to
    uint32_t first_clause = CatchTable::kNone;  // of those that wait for the label; see AddClause
    absl::Span<const ValType> label_types() const { return kind == Kind::kLoop ? params : results; }
  };

  // The instruction emitted last, while a following one may still change or absorb it.
  struct Last {
    bool valid = false;
    bool is_compare = false;
    uint32_t start = 0;  // its first word
    uint32_t slot = 0;   // its destination
    Opcode op = Opcode::Nop;
    Operand left, right;                        // a comparison's operands
    uint32_t int_mirror = 0, float_mirror = 0;  // before it
  };

  // Operand stack.
  Operand& Top() { return stack_.back(); }
  Operand& Pop();                        // readable until the next push
  Operand& Push(Shape shape);            // a value at its home
  void Restore(const Operand& operand);  // pushes what was popped
  void Occupy(Operand* operand);         // fills in the home of a new top
  void SetTop(Shape shape);  // the top gives way to a value at its home; neither is a vector
  void PushConst(Shape shape, uint64_t bits);
  void PushLocal(uint32_t local);
  void CountReference(const Operand& operand, int change);
  bool InAcc(const Operand& operand) const;
  void Materialize(Operand* operand);  // to its home, unless it stands in some slot already
  void MoveHome(Operand* operand);     // to its home in any case
  void EmitCopy(uint32_t target, const Operand& operand);
  void FlushLocals();                  // copies every local on the stack to its home
  void PreserveLocal(uint32_t local);  // before it is assigned

  // Accumulators.
  void SetMirror(Class value_class, uint32_t slot);
  void ForgetMirrors();

  // After an instruction that made the top of the stack. The latter emit it, too.
  void NoteResult(uint32_t start);
  void EmitResult(Handler handler, ValType type, uint32_t h1, uint32_t h2 = 0, uint32_t h3 = 0);
  void EmitResultImmediate(Handler handler, ValType type, uint32_t h1, uint32_t immediate);

  // Families.
  // Whether an integer constant can stand in a 16-bit operand, or any constant in a 32-bit one.
  static bool FitsHalf(const Operand& operand);
  static bool FitsImmediate(const Operand& operand);
  void Binary(Opcode op, uint32_t offset);
  void EqualZero(const Instruction& instruction);
  void VectorOp(const Instruction& instruction);
  void WideOp(const Instruction& instruction);
  void Atomic(const Instruction& instruction);
  void LaneMemory(const Instruction& instruction);
  void Global(const Instruction& instruction, const Resolved& resolved);
  void Bulk(Handler handler, const Instruction& instruction, int operand_count,
            ValType result = ValType());
  AccessMode ModeOf(uint32_t memory) const;
  uint32_t TakeOffset(const Instruction& instruction, AccessMode mode, Operand* address);
  uint32_t FoldOffset(const Instruction& instruction, Operand* address);
  void LocalAssign(uint32_t local, bool keep);

  // References (references.cc). False: not an instruction on references.
  bool Reference(const Instruction& instruction, const Resolved& resolved);
  const Layout& LayoutOf(const Resolved& resolved);
  void ReferenceUnary(const Instruction& instruction);
  void Cast(const Instruction& instruction);
  void BrOnCast(const Instruction& instruction);
  void AppendTarget(ValType to);
  void NewFromStack(const Instruction& instruction, const Resolved& resolved);
  void NewArray(const Instruction& instruction, const Resolved& resolved);
  void EmitNew(const Instruction& instruction, const Resolved& resolved, Halves operands);
  void StructField(const Instruction& instruction, const Resolved& resolved);
  void ArrayElement(const Instruction& instruction, const Resolved& resolved);
  void ArrayBulk(const Instruction& instruction, const Resolved& resolved);

  // Control.
  Control& Enter(Control::Kind kind, const BlockInfo& info);
  Control& LabelAt(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  void BranchIf(Operand condition, bool sense, Label* target);
  // Jumps where branch(sense, label) would: it is to emit a branch that is taken when the condition
  // is as `sense` says.
  template <typename Branch>
  void JumpIf(uint32_t depth, const Branch& branch);
  bool FuseCompare(bool sense, Label* target, const Operand& condition);
  bool LabelNeedsMoves(const Control& target);
  void MoveToLabel(const Control& target);
  void EmitJump(uint32_t depth);
  void EmitReturn();
  void EmitReturnOfCaught();
  void MoveResults();
  void ResetStack(const Control& control, absl::Span<const ValType> types);
  void MoveArgumentsHome(size_t count);

  // Exceptions.
  void AddClause(uint32_t region, const CatchClause& clause);
  void BindClauses(const Control& control);
  void CloseRegion();  // of the innermost construct, if it has one of its own

  LoadedModule* module_ = nullptr;
  const ResolvedModule* resolved_ = nullptr;
  AccessMode memory0_mode_ = AccessMode::kGuarded;
  const uint32_t* global_offsets_ = nullptr;
  CodeBuffer code_;
  CatchTable catches_;
  OperandStack stack_;
  std::vector<Control> controls_;
  std::vector<Local> locals_;
  uint32_t local_refs_ = 0;  // sum of the locals' refs
  const FuncType* type_ = nullptr;
  uint32_t link_ = 0;
  uint32_t next_slot_ = 0;    // home of the next operand
  uint32_t frame_slots_ = 0;  // the most that any instruction needs
  uint32_t enter_ = 0;        // word of the Enter instruction
  static constexpr uint32_t kNoSlot = ~0u;
  uint32_t int_mirror_ = kNoSlot;
  uint32_t float_mirror_ = kNoSlot;
  Last last_;
  uint64_t moves_ = 0;  // values that constructs and calls have taken or given
  uint64_t max_moves_ = 0;
};

}  // namespace tenon::vm::interp
