// Memory and table instructions that are calls in all but name, and references. All are slow
// handlers: out of the fast section, checked in 64-bit arithmetic. What moves a lot looks meanwhile
// and at its end whether the store must end: a signal can't make it leave.
// core: #exec-instr-memory, #exec-instr-table, #exec-instr-ref
#include "vm/runtime/bulk.h"
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/memory.h"
#include "vm/runtime/table.h"

namespace tenon::vm::interp::handlers {

namespace {

// An address, size or index operand of a memory or table.
uint64_t AddressOperand(AddressType type, const Slot* slot) {
  return type == AddressType::kI64 ? ReadSlot<uint64_t>(slot) : ReadSlot<uint32_t>(slot);
}

// What counts units from one memory or table to another: it must fit both.
AddressType CountType(AddressType to, AddressType from) {
  return to == AddressType::kI64 && from == AddressType::kI64 ? to : AddressType::kI32;
}

// memory.grow, table.grow and the size instructions yield an address; -1 is failure.
uint64_t AddressResult(AddressType type, uint64_t value) {
  return type == AddressType::kI64 ? value : static_cast<uint32_t>(value);
}

uint32_t U32(const Slot* fp, const Word* ip, int half) {
  return ReadSlot<uint32_t>(fp + ip[1].half(half));
}

}  // namespace

SLOW_HANDLER(CheckBounds) {
  const Memory* memory = ctx->memories[ip[2].word(0)];
  const uint64_t address = ReadSlot<uint32_t>(fp + ip[1].half(1));
  const uint64_t offset = ip[3].bits;
  if (!InBounds(address + offset, ip[1].word(1), memory->size_bytes())) {
    TENON_TRAP(TrapKind::kOutOfBoundsMemoryAccess);
  }
  TENON_NEXT(4);
}

SLOW_HANDLER(AddOffset) {
  uint64_t sum;
  if (__builtin_add_overflow(ReadSlot<uint64_t>(fp + ip[1].half(1)), ip[2].bits, &sum)) {
    TENON_TRAP(TrapKind::kOutOfBoundsMemoryAccess);
  }
  SetResult(fp + ip[1].half(0), sum, &acc, &facc);
  TENON_NEXT(3);
}

SLOW_HANDLER(MemorySize) {
  const Memory* memory = ctx->memories[ip[2].word(0)];
  SetResult(fp + ip[1].half(0), AddressResult(memory->type().address, memory->size_pages()), &acc,
            &facc);
  TENON_NEXT(3);
}

SLOW_HANDLER(MemoryGrow) {
  Memory* memory = ctx->memories[ip[2].word(0)];
  const AddressType type = memory->type().address;
  const auto before = memory->Grow(AddressOperand(type, fp + ip[1].half(1)));
  SetResult(fp + ip[1].half(0), AddressResult(type, before.value_or(~uint64_t{0})), &acc, &facc);
  TENON_NEXT_UNLESS_ENDED(3);
}

// half(0) memory address, half(1) segment offset, half(2) count; word(0) segment, word(1) memory.
SLOW_HANDLER(MemoryInit) {
  Memory* memory = ctx->memories[ip[2].word(1)];
  const auto segment = ctx->instance->data_segment(ip[2].word(0));
  const uint64_t source = U32(fp, ip, 1);
  const uint64_t count = U32(fp, ip, 2);
  const uint64_t target = AddressOperand(memory->type().address, fp + ip[1].half(0));
  if (!InitMemory(*ctx->run, *memory, target, segment, source, count)) {
    TENON_TRAP(TrapKind::kOutOfBoundsMemoryAccess);
  }
  TENON_NEXT_UNLESS_ENDED(3);
}

// half(0) destination, half(1) source, half(2) count; word(0) and word(1) likewise.
SLOW_HANDLER(MemoryCopy) {
  Memory* to = ctx->memories[ip[2].word(0)];
  Memory* from = ctx->memories[ip[2].word(1)];
  const AddressType to_type = to->type().address;
  const AddressType from_type = from->type().address;
  const uint64_t count = AddressOperand(CountType(to_type, from_type), fp + ip[1].half(2));
  const uint64_t target = AddressOperand(to_type, fp + ip[1].half(0));
  const uint64_t source = AddressOperand(from_type, fp + ip[1].half(1));
  if (!CopyMemory(*ctx->run, *to, target, *from, source, count)) {
    TENON_TRAP(TrapKind::kOutOfBoundsMemoryAccess);
  }
  TENON_NEXT_UNLESS_ENDED(3);
}

SLOW_HANDLER(MemoryFill) {
  Memory* memory = ctx->memories[ip[2].word(0)];
  const AddressType type = memory->type().address;
  const uint64_t target = AddressOperand(type, fp + ip[1].half(0));
  const uint64_t count = AddressOperand(type, fp + ip[1].half(2));
  if (!FillMemory(*ctx->run, *memory, target, static_cast<uint8_t>(U32(fp, ip, 1)), count)) {
    TENON_TRAP(TrapKind::kOutOfBoundsMemoryAccess);
  }
  TENON_NEXT_UNLESS_ENDED(3);
}

SLOW_HANDLER(DataDrop) {
  ctx->instance->DropData(ip[2].word(0));
  TENON_NEXT(3);
}

// half(0) destination, half(1) index.
SLOW_HANDLER(TableGet) {
  TableInstance* table = ctx->tables[ip[2].word(0)];
  const uint64_t index = AddressOperand(table->type().address, fp + ip[1].half(1));
  if (index >= table->size()) TENON_TRAP(TrapKind::kOutOfBoundsTableAccess);
  SetResult(fp + ip[1].half(0), table->data()[index].bits, &acc, &facc);
  TENON_NEXT(3);
}

// half(0) index, half(1) value.
SLOW_HANDLER(TableSet) {
  TableInstance* table = ctx->tables[ip[2].word(0)];
  const uint64_t index = AddressOperand(table->type().address, fp + ip[1].half(0));
  if (index >= table->size()) TENON_TRAP(TrapKind::kOutOfBoundsTableAccess);
  table->data()[index] = fp[ip[1].half(1)];
  TENON_NEXT(3);
}

SLOW_HANDLER(TableSize) {
  TableInstance* table = ctx->tables[ip[2].word(0)];
  SetResult(fp + ip[1].half(0), AddressResult(table->type().address, table->size()), &acc, &facc);
  TENON_NEXT(3);
}

// half(0) destination, half(1) initial value, half(2) delta.
SLOW_HANDLER(TableGrow) {
  TableInstance* table = ctx->tables[ip[2].word(0)];
  const AddressType type = table->type().address;
  const auto before = table->Grow(AddressOperand(type, fp + ip[1].half(2)), fp[ip[1].half(1)]);
  SetResult(fp + ip[1].half(0), AddressResult(type, before.value_or(~uint64_t{0})), &acc, &facc);
  TENON_NEXT_UNLESS_ENDED(3);
}

// half(0) table index, half(1) segment offset, half(2) count; word(0) segment, word(1) table.
SLOW_HANDLER(TableInit) {
  TableInstance* table = ctx->tables[ip[2].word(1)];
  const auto segment = ctx->instance->elem_segment(ip[2].word(0));
  const uint64_t target = AddressOperand(table->type().address, fp + ip[1].half(0));
  const uint64_t source = U32(fp, ip, 1);
  const uint64_t count = U32(fp, ip, 2);
  if (!InitTable(*table, target, segment, source, count)) {
    TENON_TRAP(TrapKind::kOutOfBoundsTableAccess);
  }
  TENON_NEXT_UNLESS_ENDED(3);
}

// half(0) destination, half(1) source, half(2) count; word(0) and word(1) likewise.
SLOW_HANDLER(TableCopy) {
  TableInstance* to = ctx->tables[ip[2].word(0)];
  TableInstance* from = ctx->tables[ip[2].word(1)];
  const AddressType to_type = to->type().address;
  const AddressType from_type = from->type().address;
  const uint64_t target = AddressOperand(to_type, fp + ip[1].half(0));
  const uint64_t source = AddressOperand(from_type, fp + ip[1].half(1));
  const uint64_t count = AddressOperand(CountType(to_type, from_type), fp + ip[1].half(2));
  if (!CopyTable(*to, target, *from, source, count)) {
    TENON_TRAP(TrapKind::kOutOfBoundsTableAccess);
  }
  TENON_NEXT_UNLESS_ENDED(3);
}

// half(0) index, half(1) value, half(2) count.
SLOW_HANDLER(TableFill) {
  TableInstance* table = ctx->tables[ip[2].word(0)];
  const AddressType type = table->type().address;
  const uint64_t start = AddressOperand(type, fp + ip[1].half(0));
  const uint64_t count = AddressOperand(type, fp + ip[1].half(2));
  if (!FillTable(*table, start, fp[ip[1].half(1)], count)) {
    TENON_TRAP(TrapKind::kOutOfBoundsTableAccess);
  }
  TENON_NEXT_UNLESS_ENDED(3);
}

SLOW_HANDLER(ElemDrop) {
  ctx->instance->DropElem(ip[2].word(0));
  TENON_NEXT(3);
}

SLOW_HANDLER(RefFunc) {
  const Func* func = ctx->instance->FuncRef(FuncIdx(ip[1].word(1)));
  SetResult(fp + ip[1].half(0), static_cast<uint64_t>(reinterpret_cast<uintptr_t>(func)), &acc,
            &facc);
  TENON_NEXT(2);
}

SLOW_HANDLER(RefIsNull) {
  const uint32_t is_null = fp[ip[1].half(1)].bits == 0;
  SetResult(fp + ip[1].half(0), is_null, &acc, &facc);
  TENON_NEXT(2);
}

SLOW_HANDLER(CheckNonNull) {
  if (fp[ip[1].half(1)].bits == 0) [[unlikely]]
    TENON_TRAP(TrapKind::kNullReference);
  TENON_NEXT(2);
}

}  // namespace tenon::vm::interp::handlers
