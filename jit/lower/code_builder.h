// What every function of an image is built with, guests' as well as gates and entries: the fields
// of the context, slots, calls of functions and of the runtime.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "jit/lower/signature.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "vm/sem/trap.h"

namespace tenon::jit {

class ModuleLowering;

enum class Builtin : uint8_t {
  kTry,  // sys::tenon_sys_try
#define BUILTIN(name, result, parameters) k##name,
#include "vm/runtime/builtins.def"
};

// Offsets of what code reads: vm/runtime/vmctx.def.
enum class Field : uint32_t {
#define FUNC_FIELD(type, name, offset) kFunc_##name = offset,
#define RUN_FIELD(type, name, offset) kRun_##name = offset,
#define CONTEXT_FIELD(type, name, offset) kContext_##name = offset,
#define ADAPTER_FIELD(type, name, offset) kAdapter_##name = offset,
#define MEMORY_FIELD(type, name, offset) kMemory_##name = offset,
#define TABLE_FIELD(type, name, offset) kTable_##name = offset,
#include "vm/runtime/vmctx.def"
};

class CodeBuilder {
 public:
  // Builds `function`, which gets its first block; `context` is its context.
  CodeBuilder(ModuleLowering& module, llvm::Function* function, llvm::Value* context);

  llvm::IRBuilder<>& ir() { return ir_; }
  const Types& types() const;
  ModuleLowering& module() { return module_; }
  llvm::Function* function() const { return function_; }
  llvm::Value* context() const { return context_; }
  llvm::BasicBlock* NewBlock();
  llvm::Value* Int32(uint64_t value) { return ir_.getInt32(static_cast<uint32_t>(value)); }
  llvm::Value* Int64(uint64_t value) { return ir_.getInt64(value); }

  // A field that does not change while code can see it, but for a function object's code, which is
  // null before there is some: then that is right as well, only slower.
  llvm::Value* LoadConstant(llvm::Value* base, Field field, llvm::Type* type) {
    return LoadConstant(base, static_cast<uint64_t>(field), type);
  }
  llvm::Value* LoadConstant(llvm::Value* base, uint64_t offset, llvm::Type* type);
  // The address `offset` bytes behind `base`.
  llvm::Value* At(llvm::Value* base, uint64_t offset);
  // The element of an array of pointers or 32-bit numbers that the context points to.
  llvm::Value* ContextElement(Field array, uint32_t index, llvm::Type* type);

  llvm::Value* CallBuiltin(Builtin builtin, absl::Span<llvm::Value* const> arguments);
  // Traps where the condition holds; what follows is built for where it does not.
  void TrapIf(llvm::Value* condition, vm::TrapKind kind, uint32_t offset);
  // Ends the block.
  void Trap(llvm::Value* kind, uint32_t offset);
  void Trap(vm::TrapKind kind, uint32_t offset);
  // Goes on in a new block where the condition holds, and returns the block for where it does not,
  // which is unlikely and still to be filled.
  llvm::BasicBlock* Expect(llvm::Value* condition);

  // vm/runtime/slot.h
  llvm::Value* ReadSlot(llvm::Value* slots, uint32_t index, llvm::Type* type);
  void WriteSlot(llvm::Value* slots, uint32_t index, llvm::Value* value);
  void WriteSlots(llvm::Value* slots, absl::Span<llvm::Value* const> values);
  std::vector<llvm::Value*> ReadSlots(llvm::Value* slots, const std::vector<llvm::Type*>& types);
  // In the frame. Others may be given the same: for what is written and read around one call.
  llvm::Value* AllocateSlots(uint32_t count);

  // Calls a function of the signature; its results.
  std::vector<llvm::Value*> Call(const Signature& signature, llvm::Value* callee,
                                 llvm::Value* context, absl::Span<llvm::Value* const> arguments);
  // Calls a function object, which is not null.
  std::vector<llvm::Value*> CallObject(const Signature& signature, llvm::Value* func,
                                       absl::Span<llvm::Value* const> arguments);
  // Likewise calls that take the place of this frame; each ends the block. The function is one for
  // tail calls, as the callee is (ModuleLowering::TailOf), and has the same results.
  void TailCall(const Signature& signature, llvm::Value* callee, llvm::Value* context,
                absl::Span<llvm::Value* const> arguments);
  void TailCallObject(const Signature& signature, llvm::Value* func,
                      absl::Span<llvm::Value* const> arguments);
  // Calls a function for tail calls, and returns.
  std::vector<llvm::Value*> CallTail(const Signature& signature, llvm::Value* callee,
                                     llvm::Value* context,
                                     absl::Span<llvm::Value* const> arguments);
  // Behind a call by way of the runtime, with its results in `slots`: returns them, or makes the
  // tail call that it ended with (RunBlock::tail_entry).
  void ReturnFromRuntime(const Signature& signature, llvm::Value* slots);
  // Returns from the function, which is of the signature.
  void Return(const Signature& signature, absl::Span<llvm::Value* const> results);

 private:
  bool is_for_tail_calls() const;
  llvm::Value* results_memory() const;  // the function's own
  void FinishTailCall(llvm::CallInst* call);
  std::vector<llvm::Value*> FinishCall(const Signature& signature, llvm::CallInst* call,
                                       llvm::Value* memory);

  ModuleLowering& module_;
  llvm::Function* const function_;
  llvm::Value* const context_;
  llvm::BasicBlock* const entry_;
  llvm::IRBuilder<> ir_;
  std::array<llvm::Value*, 32> slots_ = {};  // by the logarithm of how many
};

}  // namespace tenon::jit
