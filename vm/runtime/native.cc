#include "vm/runtime/native.h"

#include "absl/strings/str_cat.h"
#include "vm/runtime/bulk.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/native_trace.h"
#include "vm/runtime/store.h"

// What compiled code calls. A function whose result is 'c' or 'n' returns false after a trap or an
// exception: compiled code is then left. All run on the host's stack.
namespace tenon::vm {
namespace {

// Native stack of the host's that a call and a nested entry may need.
constexpr uintptr_t kHeadroomBytes = 64 * 1024;
// What entering compiled code takes of the native stack, before faults there are the guest's.
constexpr uintptr_t kEntryBytes = 256;

bool Fail(Context* ctx, TrapKind kind) {
  RunBlock& run = *ctx->run;
  if (run.trap == 0 && !MustEnd(run)) run.trap = 1 + static_cast<uint32_t>(kind);
  return false;
}

bool CheckMemory(Context* ctx, bool in_bounds) {
  if (!in_bounds) return Fail(ctx, TrapKind::kOutOfBoundsMemoryAccess);
  return !MustEnd(*ctx->run);
}

bool CheckTable(Context* ctx, bool in_bounds) {
  if (!in_bounds) return Fail(ctx, TrapKind::kOutOfBoundsTableAccess);
  return !MustEnd(*ctx->run);
}

const char* AsChars(absl::Span<const uint8_t> bytes) {
  return reinterpret_cast<const char*>(bytes.data());
}

// core: #exec-invoke, of a function without machine code
bool CallHost(Context* ctx, const Func& func, Slot* slots) {
  RunBlock& run = *ctx->run;
  HostCall call{*run.store, func.host->data, slots, *func.type, ctx};
  EntryRecord* const entry = run.entry;
  const bool ok = func.host->callback(call);
  run.entry = entry;
  sys::SetCurrentEntry(entry);
  if (!ok && run.exception == kNullRef && !MustEnd(run)) run.store->SetTrap(TrapKind::kHost);
  return run.trap == 0 && run.exception == kNullRef && !MustEnd(run);
}

}  // namespace

// One that only a thunk's assembler names.
#define TENON_BUILTIN extern "C" __attribute__((used))

TENON_BUILTIN bool tenon_builtin_Trap(Context* ctx, uint32_t kind, uint32_t offset) {
  ctx->run->store->SetNativeOffset(offset);
  return Fail(ctx, static_cast<TrapKind>(kind));
}

TENON_BUILTIN bool tenon_builtin_UninitializedElement(Context* ctx, uint64_t index,
                                                      uint32_t offset) {
  if (ctx->run->trap == 0) ctx->run->store->pending_trap().detail = absl::StrCat(index);
  return tenon_builtin_Trap(ctx, static_cast<uint32_t>(TrapKind::kUninitializedElement), offset);
}

TENON_BUILTIN bool tenon_builtin_CallFunc(Context* ctx, const Func* func, Slot* slots) {
  ctx->run->tail_entry = nullptr;
  if (func->host != nullptr) return CallHost(ctx, *func, slots);
  const Tier& tier = ctx->run->store->engine().tier();
  if (func->call == nullptr) UseNative(const_cast<Func&>(*func), tier);
  return tier.invoke_from_native(*ctx->run->store, *func, slots);
}

TENON_BUILTIN bool tenon_builtin_PassArguments(Context* ctx, const Slot* given, Slot* arguments) {
  auto* const adapter = reinterpret_cast<Adapter*>(ctx);
  return adapter->pass_arguments(*adapter, given, arguments) && !MustEnd(*ctx->run);
}

TENON_BUILTIN bool tenon_builtin_PassResults(Context* ctx, const Slot* found, Slot* given) {
  auto* const adapter = reinterpret_cast<Adapter*>(ctx);
  return adapter->pass_results(*adapter, found, given) && !MustEnd(*ctx->run);
}

TENON_BUILTIN bool tenon_builtin_CallOwn(Context* ctx, uint32_t func, Slot* slots) {
  return tenon_builtin_CallFunc(ctx, ctx->instance->FuncRef(FuncIdx(func)), slots);
}

TENON_BUILTIN uint32_t tenon_builtin_IsCallableAs(Context* ctx, const Func* func,
                                                  uint32_t expected) {
  return ctx->run->store->engine().types().IsSubType(func->type_id, TypeId(expected));
}

TENON_BUILTIN const Func* tenon_builtin_FuncRef(Context* ctx, uint32_t func) {
  return ctx->instance->FuncRef(FuncIdx(func));
}

TENON_BUILTIN uint64_t tenon_builtin_MemoryGrow(Context* ctx, uint32_t memory, uint64_t pages) {
  return ctx->memories[memory]->Grow(pages).value_or(~uint64_t{0});
}

TENON_BUILTIN bool tenon_builtin_MemoryFill(Context* ctx, uint32_t memory, uint64_t address,
                                            uint32_t value, uint64_t count) {
  return CheckMemory(ctx, FillMemory(*ctx->run, *ctx->memories[memory], address,
                                     static_cast<uint8_t>(value), count));
}

TENON_BUILTIN bool tenon_builtin_MemoryCopy(Context* ctx, uint32_t to, uint32_t from,
                                            uint64_t target, uint64_t source, uint64_t count) {
  return CheckMemory(
      ctx, CopyMemory(*ctx->run, *ctx->memories[to], target, *ctx->memories[from], source, count));
}

TENON_BUILTIN bool tenon_builtin_MemoryInit(Context* ctx, uint32_t segment, uint32_t memory,
                                            uint64_t target, uint64_t source, uint64_t count) {
  return CheckMemory(ctx, InitMemory(*ctx->run, *ctx->memories[memory], target,
                                     ctx->instance->data_segment(segment), source, count));
}

TENON_BUILTIN void tenon_builtin_DataDrop(Context* ctx, uint32_t segment) {
  ctx->instance->DropData(segment);
}

TENON_BUILTIN uint64_t tenon_builtin_TableGrow(Context* ctx, uint32_t table, uint64_t delta,
                                               const Slot* element) {
  return ctx->tables[table]->Grow(delta, *element).value_or(~uint64_t{0});
}

TENON_BUILTIN bool tenon_builtin_TableFill(Context* ctx, uint32_t table, uint64_t start,
                                           uint64_t count, const Slot* element) {
  return CheckTable(ctx, FillTable(*ctx->tables[table], start, *element, count));
}

TENON_BUILTIN bool tenon_builtin_TableCopy(Context* ctx, uint32_t to, uint32_t from,
                                           uint64_t target, uint64_t source, uint64_t count) {
  return CheckTable(ctx, CopyTable(*ctx->tables[to], target, *ctx->tables[from], source, count));
}

TENON_BUILTIN bool tenon_builtin_TableInit(Context* ctx, uint32_t segment, uint32_t table,
                                           uint64_t target, uint64_t source, uint64_t count) {
  return CheckTable(ctx, InitTable(*ctx->tables[table], target,
                                   ctx->instance->elem_segment(segment), source, count));
}

TENON_BUILTIN void tenon_builtin_ElemDrop(Context* ctx, uint32_t segment) {
  ctx->instance->DropElem(segment);
}

// Results: c, r and n are checked when the call returns.
#define THUNK_c(name) TENON_CHECKED_HOST_THUNK(tenon_thunk_##name, tenon_builtin_##name)
#define THUNK_r(name) TENON_NONZERO_HOST_THUNK(tenon_thunk_##name, tenon_builtin_##name)
#define THUNK_n(name) THUNK_c(name)
#define THUNK_v(name) TENON_HOST_THUNK(tenon_thunk_##name, tenon_builtin_##name)
#define THUNK_i(name) THUNK_v(name)
#define THUNK_l(name) THUNK_v(name)
#define THUNK_p(name) THUNK_v(name)
#define BUILTIN(name, result, parameters) THUNK_##result(name);
#include "vm/runtime/builtins.def"

#define BUILTIN(name, result, parameters) extern "C" const char tenon_thunk_##name[];
#include "vm/runtime/builtins.def"

const void* const kBuiltins[] = {
    sys::tenon_sys_try,
#define BUILTIN(name, result, parameters) tenon_thunk_##name,
#include "vm/runtime/builtins.def"
};

namespace {

// Tells the adapters that were left with the entry, whose frames are still where they were.
void LeaveAdapters(RunBlock& run, AdapterFrame* outer) {
  for (AdapterFrame* frame = run.adapters; frame != outer; frame = frame->outer) {
    frame->adapter->on_trap(*frame->adapter);
  }
  run.adapters = outer;
}

}  // namespace

bool InvokeNative(Context& context, const FuncCode& code, Slot* slots) {
  RunBlock& run = *context.run;
  Store& store = *run.store;
  const char* top = static_cast<const char*>(__builtin_frame_address(0));
  if (store.must_end() ||
      (run.native_limit != nullptr && top < run.native_limit + kHeadroomBytes) ||
      !sys::EnsureSignalStack() || !store.HasNativeStack() ||
      run.native.native_sp < AsChars(store.native_stack()) + kEntryBytes) {
    store.SetTrap(store.must_end() ? TrapKind::kTimeout : TrapKind::kCallStackExhausted);
    return false;
  }
  EntryRecord record;
  record.owner = &store;
  EntryRecord* const outer = run.entry;
  AdapterFrame* const outer_adapters = run.adapters;
  run.entry = &record;
  const sys::NativePlace left = run.native.left;
  sys::EnterNative(&record, &run.native, {code.native.entry, &context, slots, code.native.call});
  run.entry = outer;
  run.tail_entry = nullptr;  // what is left of those that were made
  if (store.must_end()) store.End();
  if (run.trap != 0) {
    LeaveAdapters(run, outer_adapters);
    AppendNativeTrace(store, &store.pending_trap());
  }
  run.native.left = left;
  return run.trap == 0 && run.exception == kNullRef;
}

// The innermost entry's, whose store has the memory or the stack. Runs in the signal handler.
bool ClaimNativeFault(EntryRecord& entry, uintptr_t address, const sys::NativePlace& place) {
  auto* store = static_cast<Store*>(entry.owner);
  TrapKind kind = TrapKind::kOutOfBoundsMemoryAccess;
  if (store->OwnsStackGuard(address)) {
    kind = TrapKind::kCallStackExhausted;
  } else if (!store->OwnsGuestAddress(address)) {
    return false;
  }
  RunBlock& run = store->run();
  run.trap = 1 + static_cast<uint32_t>(kind);
  if (place.pc != nullptr) run.native.left = place;
  return true;
}

}  // namespace tenon::vm
