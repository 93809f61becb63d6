// Linear memory. core: #exec-instr-memory
// A guarded memory needs no check: what lies beyond its end faults (vm/runtime/bounds.h). The
// address is 32 bits, widened, so that base, address and a static offset add up in one machine
// operand.
#include "vm/runtime/memory.h"
#include "jit/lower/function_lowering.h"
#include "jit/optimize/anchor_addresses.h"
#include "llvm/IR/Intrinsics.h"
#include "vm/runtime/bounds.h"

namespace tenon::jit {
namespace {

using vm::Opcode;

// What a row's text and signature say of the type in memory.
struct Access {
  explicit Access(Opcode op) {
    const vm::OpcodeInfo& row = vm::Info(op);
    const absl::string_view text = row.text;
    bytes = static_cast<uint32_t>(row.access_bytes());
    is_signed = text.substr(text.size() - 2) == "_s";
    letter = row.signature[1] == ':' ? row.signature[2] : row.signature[1];
  }
  uint32_t bytes;
  bool is_signed;
  char letter;  // of the value
};

}  // namespace

bool FunctionLowering::Is64(uint32_t memory) const {
  return source().memories[memory].address == vm::AddressType::kI64;
}

bool FunctionLowering::IsVolatile(uint32_t memory) const {
  return module_.is_precise() || source().memories[memory].shared;
}

llvm::Value* FunctionLowering::MemorySizeBytes(uint32_t memory) {
  llvm::Value* cell = nullptr;
  if (memory == 0) {
    cell = builder_.LoadConstant(builder_.context(), Field::kContext_memory0_size, types().ptr);
  } else {
    cell = builder_.LoadConstant(
        builder_.ContextElement(Field::kContext_memories, memory, types().ptr),
        Field::kMemory_size_cell_, types().ptr);
  }
  llvm::LoadInst* load = ir().CreateAlignedLoad(types().i64, cell, llvm::Align(8));
  if (source().memories[memory].shared) load->setAtomic(llvm::AtomicOrdering::Acquire);
  load->setMetadata(llvm::LLVMContext::MD_tbaa, module_.AccessTag("memory size"));
  return load;
}

// The first address that is out of bounds: `size - (offset + bytes - 1)`, or 0. It is the same for
// all rounds of a loop that does not grow the memory (jit/optimize/hoist_checks.h).
llvm::Value* FunctionLowering::EndOfAddresses(uint32_t memory, uint64_t offset, uint32_t bytes) {
  uint64_t reach;
  if (__builtin_add_overflow(offset, uint64_t{bytes} - 1, &reach)) return builder_.Int64(0);
  const vm::MemoryType& type = source().memories[memory];
  llvm::Value* size = MemorySizeBytes(memory);
  // It never shrinks.
  if (reach < type.limits.min << type.page_size_log2) {
    return ir().CreateNUWSub(size, builder_.Int64(reach));
  }
  return ir().CreateBinaryIntrinsic(llvm::Intrinsic::usub_sat, size, builder_.Int64(reach));
}

// The machine's address of what an instruction accesses, after the checks that it needs.
llvm::Value* FunctionLowering::AddressOf(const vm::Instruction& instruction, uint32_t bytes,
                                         llvm::Value* address) {
  const uint32_t memory = instruction.index;
  const uint64_t offset = instruction.memarg.offset;
  const bool is_64 = Is64(memory);
  llvm::Value* base = nullptr;
  if (memory == 0) {
    base = builder_.LoadConstant(builder_.context(), Field::kContext_memory0, types().ptr);
  } else {
    base = builder_.LoadConstant(
        builder_.ContextElement(Field::kContext_memories, memory, types().ptr),
        Field::kMemory_base_, types().ptr);
  }
  if (!is_64) address = ir().CreateZExt(address, types().i64);

  const bool is_guarded = vm::IsGuarded(source().memories[memory], module_.options().bounds);
  if (!is_guarded || offset > vm::kMemoryGuardBytes - vm::kMemoryMarginBytes - bytes) {
    builder_.TrapIf(ir().CreateICmpUGE(address, EndOfAddresses(memory, offset, bytes)),
                    vm::TrapKind::kOutOfBoundsMemoryAccess, instruction.offset);
  }
  return builder_.At(ir().CreateGEP(types().i8, base, address), offset);
}

// Accesses that the pass of jit/optimize/anchor_addresses.h may move have a tag of their own.
llvm::MDNode* FunctionLowering::MemoryTag(uint32_t memory) {
  const vm::MemoryType& type = source().memories[memory];
  const bool is_known = memory >= source().imported_memories || module_.options().relies_on_margins;
  const bool has_margin = is_known && type.limits.min <= vm::kMaxPagesWithMargin;
  const bool is_guarded = vm::IsGuarded(type, module_.options().bounds) && has_margin;
  return module_.AccessTag(is_guarded ? kGuardedAccess : kMemoryAccess);
}

llvm::Value* FunctionLowering::Load(uint32_t memory, llvm::Type* type, llvm::Value* address) {
  llvm::LoadInst* load = ir().CreateAlignedLoad(type, address, llvm::Align(1), IsVolatile(memory));
  load->setMetadata(llvm::LLVMContext::MD_tbaa, MemoryTag(memory));
  return load;
}

void FunctionLowering::Store(uint32_t memory, llvm::Value* value, llvm::Value* address) {
  llvm::StoreInst* store =
      ir().CreateAlignedStore(value, address, llvm::Align(1), IsVolatile(memory));
  store->setMetadata(llvm::LLVMContext::MD_tbaa, MemoryTag(memory));
}

void FunctionLowering::OnLoad(const vm::Instruction& instruction) {
  const Access access(instruction.op);
  llvm::Value* address = AddressOf(instruction, access.bytes, Pop());
  llvm::Type* const stored = ir().getIntNTy(access.bytes * 8);
  switch (access.letter) {
    case 'f': return Push(Load(instruction.index, types().f32, address));
    case 'd': return Push(Load(instruction.index, types().f64, address));
    case 'v': return Push(VectorLoad(instruction, address));
    default: break;
  }
  llvm::Type* type = access.letter == 'i' ? types().i32 : types().i64;
  llvm::Value* value = Load(instruction.index, stored, address);
  Push(access.is_signed ? ir().CreateSExt(value, type) : ir().CreateZExt(value, type));
}

void FunctionLowering::OnStore(const vm::Instruction& instruction) {
  const Access access(instruction.op);
  llvm::Value* value = Pop();
  llvm::Value* address = AddressOf(instruction, access.bytes, Pop());
  if (access.letter == 'i' || access.letter == 'l') {
    value = ir().CreateTrunc(value, ir().getIntNTy(access.bytes * 8));
  }
  Store(instruction.index, value, address);
}

void FunctionLowering::MemoryOp(const vm::Instruction& instruction) {
  const uint32_t memory = instruction.index;
  llvm::Value* number = builder_.Int32(memory);
  switch (instruction.op) {
    case Opcode::MemorySize: {
      const int page_log2 = source().memories[memory].page_size_log2;
      return PushAddress(Is64(memory),
                         ir().CreateLShr(MemorySizeBytes(memory), builder_.Int64(page_log2)));
    }
    case Opcode::MemoryGrow: {
      llvm::Value* pages = PopAddress(Is64(memory));
      return PushAddress(Is64(memory), builder_.CallBuiltin(Builtin::kMemoryGrow, {number, pages}));
    }
    case Opcode::MemoryFill: {
      llvm::Value* count = PopAddress(Is64(memory));
      llvm::Value* byte = Pop();
      llvm::Value* to = PopAddress(Is64(memory));
      builder_.CallBuiltin(Builtin::kMemoryFill, {number, to, byte, count});
      return;
    }
    case Opcode::MemoryCopy: {
      const bool to_64 = Is64(memory);
      const bool from_64 = Is64(instruction.index2);
      llvm::Value* count = PopAddress(to_64 && from_64);
      llvm::Value* from = PopAddress(from_64);
      llvm::Value* to = PopAddress(to_64);
      builder_.CallBuiltin(Builtin::kMemoryCopy,
                           {number, builder_.Int32(instruction.index2), to, from, count});
      return;
    }
    case Opcode::MemoryInit: {  // the segment comes first
      llvm::Value* count = PopAddress(false);
      llvm::Value* from = PopAddress(false);
      llvm::Value* to = PopAddress(Is64(instruction.index2));
      builder_.CallBuiltin(Builtin::kMemoryInit,
                           {number, builder_.Int32(instruction.index2), to, from, count});
      return;
    }
    default: builder_.CallBuiltin(Builtin::kDataDrop, {number});
  }
}

}  // namespace tenon::jit
