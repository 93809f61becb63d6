// Atomic accesses, all sequentially consistent; wait and notify are the runtime's.
// Specification: proposals/threads of WebAssembly/threads.
#include "absl/strings/match.h"
#include "jit/lower/function_lowering.h"
#include "vm/runtime/bounds.h"

namespace tenon::jit {
namespace {

using vm::Opcode;
constexpr llvm::AtomicOrdering kOrdering = llvm::AtomicOrdering::SequentiallyConsistent;

// By a row's text: "i32.atomic.rmw8.add_u".
llvm::AtomicRMWInst::BinOp ModificationOf(absl::string_view text) {
  using llvm::AtomicRMWInst;
  if (absl::StrContains(text, ".add")) return AtomicRMWInst::Add;
  if (absl::StrContains(text, ".sub")) return AtomicRMWInst::Sub;
  if (absl::StrContains(text, ".and")) return AtomicRMWInst::And;
  if (absl::StrContains(text, ".or")) return AtomicRMWInst::Or;
  return absl::StrContains(text, ".xor") ? AtomicRMWInst::Xor : AtomicRMWInst::Xchg;
}

}  // namespace

// The machine's address of an atomic access. One that is out of bounds as well as unaligned is out
// of bounds.
llvm::Value* FunctionLowering::AlignedAddress(const vm::Instruction& instruction,
                                              llvm::Value* address) {
  const auto bytes = static_cast<uint32_t>(vm::Info(instruction.op).access_bytes());
  llvm::Value* place = AddressOf(instruction, bytes, address);
  llvm::Value* rest =
      ir().CreateAnd(ir().CreatePtrToInt(place, types().i64), builder_.Int64(bytes - 1));
  llvm::BasicBlock* unaligned = builder_.Expect(ir().CreateICmpEQ(rest, builder_.Int64(0)));
  llvm::IRBuilder<>::InsertPointGuard guard(ir());
  ir().SetInsertPoint(unaligned);
  const uint32_t memory = instruction.index;
  if (vm::IsGuarded(source().memories[memory], module_.options().bounds)) {
    llvm::Value* end = ir().CreateAdd(ir().CreateZExt(address, types().i64),
                                      builder_.Int64(instruction.memarg.offset + bytes));
    builder_.TrapIf(ir().CreateICmpUGT(end, MemorySizeBytes(memory)),
                    vm::TrapKind::kOutOfBoundsMemoryAccess, instruction.offset);
  }
  builder_.Trap(vm::TrapKind::kUnalignedAtomic, instruction.offset);
  return place;
}

// The runtime checks, and gives one more than the result.
void FunctionLowering::WaitOp(const vm::Instruction& instruction) {
  const bool is_64 = Is64(instruction.index);
  llvm::Value* memory = builder_.Int32(instruction.index);
  llvm::Value* offset = builder_.Int64(instruction.memarg.offset);
  llvm::Value* more = nullptr;
  if (instruction.op == Opcode::MemoryAtomicNotify) {
    llvm::Value* count = Pop();
    more = builder_.CallBuiltin(Builtin::kAtomicNotify, {memory, PopAddress(is_64), offset, count});
  } else {
    const Builtin builtin = instruction.op == Opcode::MemoryAtomicWait32 ? Builtin::kAtomicWait32
                                                                         : Builtin::kAtomicWait64;
    llvm::Value* timeout = Pop();
    llvm::Value* expected = Pop();
    more = builder_.CallBuiltin(builtin, {memory, PopAddress(is_64), offset, expected, timeout});
  }
  Push(ir().CreateSub(more, builder_.Int32(1)));
}

void FunctionLowering::AtomicOp(const vm::Instruction& instruction) {
  if (instruction.op == Opcode::AtomicFence) {
    ir().CreateFence(kOrdering);
    return;
  }
  const vm::OpcodeInfo& row = vm::Info(instruction.op);
  const absl::string_view text = row.text;
  if (absl::StartsWith(text, "memory.")) return WaitOp(instruction);
  const auto bytes = static_cast<unsigned>(row.access_bytes());
  const llvm::Align align(bytes);
  const bool is_volatile = IsVolatile(instruction.index);
  llvm::Type* stored = ir().getIntNTy(bytes * 8);
  const auto pop_stored = [&] { return ir().CreateTrunc(Pop(), stored); };

  llvm::Value* before = nullptr;
  if (absl::StrContains(text, ".load")) {
    llvm::Value* place = AlignedAddress(instruction, Pop());
    llvm::LoadInst* load = ir().CreateAlignedLoad(stored, place, align, is_volatile);
    load->setAtomic(kOrdering);
    before = load;
  } else if (absl::StrContains(text, ".store")) {
    llvm::Value* value = pop_stored();
    llvm::Value* place = AlignedAddress(instruction, Pop());
    ir().CreateAlignedStore(value, place, align, is_volatile)->setAtomic(kOrdering);
    return;
  } else if (absl::StrContains(text, ".cmpxchg")) {
    llvm::Value* replacement = pop_stored();
    llvm::Value* expected = pop_stored();
    llvm::Value* place = AlignedAddress(instruction, Pop());
    llvm::AtomicCmpXchgInst* exchange =
        ir().CreateAtomicCmpXchg(place, expected, replacement, align, kOrdering, kOrdering);
    exchange->setVolatile(is_volatile);
    before = ir().CreateExtractValue(exchange, 0);
  } else {
    llvm::Value* operand = pop_stored();
    llvm::Value* place = AlignedAddress(instruction, Pop());
    llvm::AtomicRMWInst* modify =
        ir().CreateAtomicRMW(ModificationOf(text), place, operand, align, kOrdering);
    modify->setVolatile(is_volatile);
    before = modify;
  }
  Push(ir().CreateZExt(before, text[1] == '3' ? types().i32 : types().i64));
}

}  // namespace tenon::jit
