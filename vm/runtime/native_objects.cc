// What compiled code calls for objects, exceptions, and what it can't do itself; see native.cc and
// builtins.def.
#include "absl/strings/str_cat.h"
#include "vm/runtime/atomic.h"
#include "vm/runtime/gc/array.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/native.h"
#include "vm/runtime/store.h"
#include "vm/sem/sem.h"
#include "vm/syntax/opcode.h"
#include "vm/sys/cpu.h"

namespace tenon::vm {
namespace {

bool Fail(Context* ctx, TrapKind kind) {
  RunBlock& run = *ctx->run;
  if (run.trap != 0 || MustEnd(run)) return false;
  run.trap = 1 + static_cast<uint32_t>(kind);
  if (kind == TrapKind::kOutOfMemory) {
    const uint64_t bytes = run.heap != nullptr ? run.heap->committed_bytes() : 0;
    run.store->pending_trap().detail = absl::StrCat(
        "no room for an object in the garbage-collected heap, which takes ", bytes, " bytes");
  }
  return false;
}

// Zero makes compiled code leave.
Ref Found(Context* ctx, std::expected<Ref, TrapKind> object) {
  if (!object) {
    Fail(ctx, object.error());
    return kNullRef;
  }
  return MustEnd(*ctx->run) ? kNullRef : *object;
}

bool Done(Context* ctx, std::optional<TrapKind> trap) {
  if (trap) return Fail(ctx, *trap);
  return !MustEnd(*ctx->run);
}

const Layout& LayoutOf(Context* ctx, uint32_t type) {
  return ctx->run->store->engine().layouts().Of(ctx->type_ids[type]);
}

uint32_t OneMore(Context* ctx, sem::OrTrap<uint32_t> result) {
  if (result) return MustEnd(*ctx->run) ? 0 : 1 + *result;
  Fail(ctx, result.error());
  return 0;
}

template <auto kFused>
TENON_WITH_FMA void FusedMulAdd(Slot* slots) {
  WriteSlot(slots,
            kFused(ReadSlot<V128>(slots), ReadSlot<V128>(slots + 2), ReadSlot<V128>(slots + 4)));
}

// As the interpreter has it on this processor.
template <auto kPlain, auto kFused>
void MulAdd(Slot* slots) {
  if (sys::HasFma()) return FusedMulAdd<kFused>(slots);
  WriteSlot(slots,
            kPlain(ReadSlot<V128>(slots), ReadSlot<V128>(slots + 2), ReadSlot<V128>(slots + 4)));
}

Ref OrOutOfMemory(Context* ctx, Ref object) {
  if (object == kNullRef) Fail(ctx, TrapKind::kOutOfMemory);
  return object;
}

}  // namespace

#define TENON_BUILTIN extern "C" __attribute__((used))

TENON_BUILTIN Ref tenon_builtin_NewException(Context* ctx, uint32_t tag, const Slot* values) {
  return OrOutOfMemory(ctx, ctx->run->store->NewException(*ctx->tags[tag], values));
}

TENON_BUILTIN bool tenon_builtin_Throw(Context* ctx, Ref exception) {
  ctx->run->store->Throw(exception);
  return false;
}

TENON_BUILTIN Ref tenon_builtin_TakeException(Context* ctx) {
  const Ref exception = ctx->run->exception;
  ctx->run->store->ForgetException();
  return exception;
}

TENON_BUILTIN Ref tenon_builtin_NewStruct(Context* ctx, uint32_t type) {
  Heap* const heap = ctx->run->store->heap();
  return OrOutOfMemory(ctx, heap != nullptr ? heap->Allocate(LayoutOf(ctx, type)) : kNullRef);
}

TENON_BUILTIN Ref tenon_builtin_NewArray(Context* ctx, uint32_t type, uint32_t length) {
  Heap* const heap = ctx->run->store->heap();
  return OrOutOfMemory(
      ctx, heap != nullptr ? heap->AllocateArray(LayoutOf(ctx, type), length) : kNullRef);
}

TENON_BUILTIN Ref tenon_builtin_NewFilledArray(Context* ctx, uint32_t type, uint32_t length,
                                               const Slot* value) {
  return Found(ctx, NewFilledArray(*ctx->run, LayoutOf(ctx, type), value, length));
}

TENON_BUILTIN Ref tenon_builtin_NewArrayOfData(Context* ctx, uint32_t type, uint32_t segment,
                                               uint32_t offset, uint32_t length) {
  return Found(ctx, NewArrayOfData(*ctx->run, LayoutOf(ctx, type),
                                   ctx->instance->data_segment(segment), offset, length));
}

TENON_BUILTIN Ref tenon_builtin_NewArrayOfElem(Context* ctx, uint32_t type, uint32_t segment,
                                               uint32_t offset, uint32_t length) {
  return Found(ctx, NewArrayOfElem(*ctx->run, LayoutOf(ctx, type),
                                   ctx->instance->elem_segment(segment), offset, length));
}

TENON_BUILTIN bool tenon_builtin_ArrayFill(Context* ctx, Ref array, uint32_t start,
                                           const Slot* value, uint32_t count) {
  return Done(ctx, FillArray(*ctx->run, array, start, value, count));
}

TENON_BUILTIN bool tenon_builtin_ArrayCopy(Context* ctx, Ref to, uint32_t target, Ref from,
                                           uint32_t source, uint32_t count) {
  return Done(ctx, CopyArray(*ctx->run, to, target, from, source, count));
}

TENON_BUILTIN bool tenon_builtin_ArrayInitData(Context* ctx, Ref array, uint32_t start,
                                               uint32_t segment, uint32_t offset, uint32_t count) {
  return Done(ctx, InitArrayFromData(*ctx->run, array, start, ctx->instance->data_segment(segment),
                                     offset, count));
}

TENON_BUILTIN bool tenon_builtin_ArrayInitElem(Context* ctx, Ref array, uint32_t start,
                                               uint32_t segment, uint32_t offset, uint32_t count) {
  return Done(ctx, InitArrayFromElem(*ctx->run, array, start, ctx->instance->elem_segment(segment),
                                     offset, count));
}

TENON_BUILTIN uint32_t tenon_builtin_AtomicWait32(Context* ctx, uint32_t memory, uint64_t base,
                                                  uint64_t offset, uint32_t expected,
                                                  int64_t timeout) {
  return OneMore(ctx,
                 AtomicWait(*ctx->run, *ctx->memories[memory], base, offset, expected, timeout));
}

TENON_BUILTIN uint32_t tenon_builtin_AtomicWait64(Context* ctx, uint32_t memory, uint64_t base,
                                                  uint64_t offset, uint64_t expected,
                                                  int64_t timeout) {
  return OneMore(ctx,
                 AtomicWait(*ctx->run, *ctx->memories[memory], base, offset, expected, timeout));
}

TENON_BUILTIN uint32_t tenon_builtin_AtomicNotify(Context* ctx, uint32_t memory, uint64_t base,
                                                  uint64_t offset, uint32_t count) {
  return OneMore(ctx, AtomicNotify(*ctx->memories[memory], base, offset, count));
}

// By Opcode; three operands in slots, the result in place of the first.
TENON_BUILTIN void tenon_builtin_RelaxedMulAdd(Context*, uint32_t op, Slot* slots) {
  switch (static_cast<Opcode>(op)) {
#define MUL_ADD(name) \
  case Opcode::name: return MulAdd<&sem::name, &sem::native::name>(slots)
    MUL_ADD(F32x4RelaxedMadd);
    MUL_ADD(F32x4RelaxedNmadd);
    MUL_ADD(F64x2RelaxedMadd);
    MUL_ADD(F64x2RelaxedNmadd);
#undef MUL_ADD
    default: return;
  }
}

TENON_BUILTIN uint32_t tenon_builtin_IsObjectBelow(Context* ctx, uint32_t found,
                                                   uint32_t expected) {
  return KindOf(found) == KindOf(expected) &&
         ctx->run->store->engine().types().IsSubType(TypeOf(found), TypeOf(expected));
}

}  // namespace tenon::vm
