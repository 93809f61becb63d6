// The sink of the walker that makes a function's IR. The operand stack holds values; where paths
// meet, values become phis; locals are stack slots, which LLVM turns into values itself. One file a
// family of instructions: control.cc, call.cc, exception.cc, numeric.cc, memory.cc, atomic.cc,
// table.cc, object.cc, cast.cc, vector.cc.
#pragma once

#include <vector>

#include "absl/functional/function_ref.h"
#include "jit/lower/code_builder.h"
#include "jit/lower/module_lowering.h"
#include "vm/runtime/gc/cast_target.h"
#include "vm/runtime/gc/layout.h"
#include "vm/valid/sink.h"

namespace tenon::jit {

class FunctionLowering : public vm::NullSink {
 public:
  FunctionLowering(ModuleLowering& module, vm::FuncIdx func);

  // What is built from now on is of that instruction (positioned.h).
  void At(const llvm::DebugLoc& location) { builder_.ir().SetCurrentDebugLocation(location); }

  // The sink; see vm/valid/sink.h.
  bool within_budget() const { return moves_ <= max_moves_; }
  void OnFunction(const vm::FuncType& type, absl::Span<const vm::ValType> locals);
  void OnBlock(const vm::Instruction&, const vm::BlockInfo&);
  void OnLoop(const vm::Instruction&, const vm::BlockInfo&);
  void OnIf(const vm::Instruction&, const vm::BlockInfo&);
  void OnElse(const vm::Instruction&, bool falls_through);
  void OnEnd(const vm::Instruction&, bool falls_through);
  void OnTryTable(const vm::Instruction&, const vm::BlockInfo&);
  void OnThrow(const vm::Instruction&, const vm::Resolved&);
  void OnThrowRef(const vm::Instruction&);
  void OnTry(const vm::Instruction&, const vm::BlockInfo&);
  void OnCatch(const vm::Instruction&, const vm::Resolved&, bool falls_through);
  void OnDelegate(const vm::Instruction&, bool falls_through);
  void OnRethrow(const vm::Instruction&);
  void OnUnreachable(const vm::Instruction&);
  void OnBr(const vm::Instruction&);
  void OnBrIf(const vm::Instruction&);
  void OnBrTable(const vm::Instruction&);
  void OnReturn(const vm::Instruction&);
  void OnCall(const vm::Instruction&, const vm::Resolved&);
  void OnBrOn(const vm::Instruction&, const vm::Resolved&);
  void OnDrop(const vm::Instruction&, const vm::Resolved&);
  void OnSelect(const vm::Instruction&, const vm::Resolved&);
  void OnLocalGet(const vm::Instruction&, const vm::Resolved&);
  void OnLocalSet(const vm::Instruction&, const vm::Resolved&);
  void OnLocalTee(const vm::Instruction&, const vm::Resolved&);
  void OnConst(const vm::Instruction&);
  void OnUnary(const vm::Instruction&);
  void OnBinary(const vm::Instruction&);
  void OnLoad(const vm::Instruction&);
  void OnStore(const vm::Instruction&);
  void OnOp(const vm::Instruction&, const vm::Resolved&);

 private:
  using Values = absl::Span<llvm::Value* const>;

  static constexpr size_t kNoRegion = ~size_t{0};
  // See exception.cc.
  struct Region {
    size_t outer = kNoRegion;
    llvm::BasicBlock* dispatch = nullptr;  // null: nothing throws there yet
    llvm::PHINode* exception = nullptr;
  };

  struct Control {
    // A legacy try is kCatch from its first clause on.
    enum class Kind : uint8_t { kFunction, kBlock, kLoop, kIf, kElse, kTry, kCatch };
    Kind kind = Kind::kBlock;
    size_t base = 0;  // operands below the construct's parameters
    absl::Span<const vm::ValType> params;
    absl::Span<const vm::ValType> results;
    llvm::BasicBlock* label = nullptr;      // where branches go; null until there is one
    std::vector<llvm::PHINode*> phis;       // what they carry
    llvm::BasicBlock* otherwise = nullptr;  // an if's other branch
    std::vector<llvm::Value*> arguments;    // an if's, for its other branch
    size_t region = kNoRegion;              // where its code throws to
    size_t own_region = kNoRegion;          // that its clauses are of
    std::vector<vm::CatchClause> catches;   // a try_table's
    llvm::Value* exception = nullptr;       // a legacy try's, in its clauses
    llvm::BasicBlock* unmatched = nullptr;  // what none of them has taken yet; null after catch_all
    absl::Span<const vm::ValType> label_types() const {
      return kind == Kind::kLoop ? params : results;
    }
  };

  llvm::IRBuilder<>& ir() { return builder_.ir(); }
  const Types& types() const { return builder_.types(); }
  const vm::ResolvedModule& source() const { return module_.source(); }
  llvm::Type* TypeOf(vm::ValType type) const { return types().Of(type, *source().types); }

  // Operand stack.
  void Push(llvm::Value* value) { stack_.push_back(value); }
  llvm::Value* Pop();
  llvm::Value* PopAddress(bool is_64);  // widened to 64 bits
  void PushAddress(bool is_64, llvm::Value* value);
  void PushCondition(llvm::Value* condition);  // an i1 as an i32
  llvm::Value* PopCondition();
  std::vector<llvm::Value*> PopMany(size_t count);
  Values Top(size_t count) const;

  // Control (control.cc).
  llvm::AllocaInst* LocalAt(uint64_t index);  // made when first asked for: bodies declare thousands
  Control& Enter(Control::Kind kind, const vm::BlockInfo& info);
  Control& LabelAt(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  void MakeLabel(Control* control);
  void CarryToLabel(const Control& target, llvm::BasicBlock* from);
  void Jump(Control* target);
  llvm::BasicBlock* TargetOf(uint32_t depth);  // for a branch in the current block
  void BranchIf(llvm::Value* condition, uint32_t depth);
  void ResetStack(const Control& control, absl::Span<llvm::Value* const> values);

  // Calls (call.cc).
  struct Callee {
    llvm::Value* object = nullptr;   // null: the module's own function
    llvm::Function* code = nullptr;  // if that is known
    std::optional<FuncOfProgram> known;
  };
  Callee CalleeOf(const vm::Instruction&);
  llvm::Value* ContextOf(const Callee& callee);
  void TailCall(const Signature& signature, const Callee& callee, Values arguments);
  llvm::Value* CheckedElement(const vm::Instruction&, llvm::Value* index);

  // Exceptions (exception.cc).
  size_t region() const { return controls_.back().region; }
  size_t OpenRegion();
  void CloseRegion();
  void ThrowTo(size_t region, llvm::Value* exception);
  llvm::Value* TagOf(llvm::Value* exception);
  llvm::Value* IsTag(llvm::Value* found, uint32_t tag);
  void PushValuesOf(llvm::Value* exception, uint32_t tag);
  void TakeClause(const vm::CatchClause& clause, llvm::Value* exception);
  void FillDispatch(const Control& control, size_t outer);
  bool MayThrow(const vm::Instruction& call) const;
  std::vector<llvm::Value*> CallInRegion(const vm::Instruction&, const Signature& signature,
                                         llvm::Value* func, Values arguments);

  // Objects (object.cc) and casts (cast.cc).
  llvm::Value* ObjectAddress(llvm::Value* reference);
  llvm::Type* StoredType(const vm::FieldLayout& field, llvm::Type* value) const;
  llvm::Value* LoadField(llvm::Value* object, const vm::FieldLayout& field, llvm::Type* type,
                         bool is_signed = false, bool is_mutable = false);
  void StoreField(llvm::Value* object, const vm::FieldLayout& field, llvm::Value* value,
                  bool is_new);
  void TrapIfNull(llvm::Value* reference, vm::TrapKind kind, const vm::Instruction&);
  llvm::Value* ArrayLength(llvm::Value* array);
  void StructOp(const vm::Instruction&, const vm::Resolved&);
  void NewArray(const vm::Instruction&, const vm::Resolved&);
  void ArrayElement(const vm::Instruction&, const vm::Resolved&);
  void ArrayBulk(const vm::Instruction&);
  void ObjectOp(const vm::Instruction&, const vm::Resolved&);
  llvm::Value* ObjectFits(llvm::Value* found, const vm::CastTarget& target, vm::ValType to);
  llvm::Value* OrAsk(llvm::Value* condition, absl::FunctionRef<llvm::Value*()> ask);
  llvm::Value* Fits(llvm::Value* reference, vm::ValType to);
  void CastOp(const vm::Instruction&);

  // Numeric (numeric.cc). Null: not lowered by hand.
  llvm::Value* IntUnary(vm::Opcode op, llvm::Value* operand);
  llvm::Value* FloatUnary(vm::Opcode op, llvm::Value* operand);
  llvm::Value* IntBinary(const vm::Instruction&, llvm::Value* left, llvm::Value* right);
  llvm::Value* FloatBinary(vm::Opcode op, llvm::Value* left, llvm::Value* right);
  llvm::Value* Compare(vm::Opcode op, llvm::Value* left, llvm::Value* right);
  llvm::Value* Convert(const vm::Instruction&, llvm::Value* operand);
  llvm::Value* Divide(const vm::Instruction&, llvm::Value* left, llvm::Value* right);
  llvm::Value* Truncate(const vm::Instruction&, llvm::Value* operand);
  void Semantics(const vm::Instruction& instruction);

  // Memory (memory.cc).
  llvm::Value* AddressOf(const vm::Instruction& instruction, uint32_t bytes, llvm::Value* address);
  llvm::Value* MemorySizeBytes(uint32_t memory);
  llvm::Value* EndOfAddresses(uint32_t memory, uint64_t offset, uint32_t bytes);
  llvm::MDNode* MemoryTag(uint32_t memory);
  bool IsVolatile(uint32_t memory) const;
  llvm::Value* Load(uint32_t memory, llvm::Type* type, llvm::Value* address);
  void Store(uint32_t memory, llvm::Value* value, llvm::Value* address);
  bool Is64(uint32_t memory) const;
  void MemoryOp(const vm::Instruction&);

  // Atomic accesses (atomic.cc).
  llvm::Value* AlignedAddress(const vm::Instruction&, llvm::Value* address);
  void AtomicOp(const vm::Instruction&);
  void WaitOp(const vm::Instruction&);

  // Tables, globals, references (table.cc).
  bool IsTable64(uint32_t table) const;
  llvm::Value* TableSize(uint32_t table);
  llvm::Value* TableField(uint32_t table, Field field, llvm::Type* type);
  llvm::Value* ElementAddress(uint32_t table, llvm::Value* index);  // neither checks the index
  llvm::Value* LoadElement(uint32_t table, llvm::Value* index, llvm::Type* type);
  void CheckIndex(const vm::Instruction&, llvm::Value* index);
  void TableOp(const vm::Instruction&, const vm::Resolved&);
  void ReferenceOp(const vm::Instruction&, const vm::Resolved&);
  void GlobalGet(uint32_t global, llvm::Type* type);
  void GlobalSet(uint32_t global);
  std::pair<llvm::Value*, llvm::MDNode*> GlobalAddress(uint32_t global);
  llvm::Value* Scratch();  // a slot of the frame

  // Vectors (vector.cc).
  void VectorOp(const vm::Instruction&);
  llvm::Value* VectorLoad(const vm::Instruction&, llvm::Value* address);
  void LaneMemory(const vm::Instruction&);
  void PushVector(llvm::Value* lanes);  // of any kind

  ModuleLowering& module_;
  const vm::FuncIdx func_;
  const Signature& signature_;
  CodeBuilder builder_;
  std::vector<llvm::Value*> stack_;
  std::vector<Control> controls_;
  std::vector<Region> regions_;
  size_t params_ = 0;
  absl::Span<const vm::ValType> local_types_;  // the walker's
  std::vector<llvm::AllocaInst*> locals_;      // null until the body mentions one
  llvm::Instruction* body_ = nullptr;          // that it begins with
  llvm::Value* scratch_ = nullptr;
  uint64_t moves_ = 0;  // values that constructs, branches and calls have taken or given
  uint64_t max_moves_ = 0;
};

}  // namespace tenon::jit
