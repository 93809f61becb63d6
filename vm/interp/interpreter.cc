#include "vm/interp/interpreter.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "vm/interp/backtrace.h"
#include "vm/interp/dispatch.h"
#include "vm/interp/handlers/handlers.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/runtime/native.h"
#include "vm/sys/entry.h"
#include "vm/sys/stack_annotations.h"

extern "C" {
// Bounds of the section all fast handlers stand in; made by the linker.
extern const char __start_tenon_handlers[];
extern const char __stop_tenon_handlers[];
}

namespace tenon::vm {
namespace interp {
namespace {

Word HandlerWord(Handler handler) {
  Word word;
  word.handler = handler;
  return word;
}

// Runs in the signal handler: the fault is a guest's when it lies in one of the store's memories.
bool ClaimFault(EntryRecord& entry, uintptr_t address, const sys::GuestRegisters& registers) {
  auto* store = static_cast<Store*>(entry.owner);
  if (!store->OwnsGuestAddress(address)) return false;
  RunBlock& run = store->run();
  run.trap = 1 + static_cast<uint32_t>(TrapKind::kOutOfBoundsMemoryAccess);
  run.ip = static_cast<const Word*>(registers.ip);
  run.fp = static_cast<Slot*>(registers.fp);
  run.context = static_cast<Context*>(registers.context);
  return true;
}

// Runs in the signal handler. The store may be another than the one whose time has come, which then
// ends when its host function returns.
bool ClaimInterrupt(const EntryRecord& entry) {
  return static_cast<Store*>(entry.owner)->must_end();
}

// Without guards nothing faults, and the host's handlers stay alone.
void InstallSignalHandlers(Bounds bounds) {
  static constexpr sys::SignalClaims kClaims = {__start_tenon_handlers, __stop_tenon_handlers,
                                                ClaimFault, ClaimNativeFault, ClaimInterrupt};
  sys::SetSignalClaims(kClaims);
  if (bounds == Bounds::kGuard) sys::InstallFaultHandlers();
}

// A fault leaves the handler's frame without its epilogue. All below the entry is dead by then.
void ForgetAbandonedFrames(const EntryRecord& record) {
  constexpr size_t kHandlerFrameBytes = 16 * 1024;
  sys::AnnotateFramesDead(static_cast<char*>(record.native_sp) - kHandlerFrameBytes,
                          kHandlerFrameBytes);
}

// Native stack that a host call and a nested entry may need.
constexpr uintptr_t kNativeHeadroomBytes = 64 * 1024;
// What nested entries may use of a stack whose limit nobody told (a fibre's is told).
constexpr uintptr_t kNativeBudgetBytes = 512 * 1024;

bool InvokeHost(Store& store, const Func& func, Slot* slots) {
  HostCall call{store, func.host->data, slots, *func.type, nullptr};
  return func.host->callback(call) && !store.trapped() && !store.threw();
}

// What of the run block an entry puts back. Its other fields may be written by another thread.
struct Outer {
  EntryRecord* entry;
  Slot* stack_top;
  const Word* ip;
  Slot* fp;
  Context* context;
  const char* native_limit;

  explicit Outer(const RunBlock& run)
      : entry(run.entry),
        stack_top(run.stack_top),
        ip(run.ip),
        fp(run.fp),
        context(run.context),
        native_limit(run.native_limit) {}
  void PutBack(RunBlock* run) const {
    run->entry = entry;
    run->stack_top = stack_top;
    run->ip = ip;
    run->fp = fp;
    run->context = context;
    run->native_limit = native_limit;
  }
};

// core: #exec-invocation
bool InvokeFromNative(Store& store, const Func& func, Slot* slots) {
  if (func.host != nullptr) return InvokeHost(store, func, slots);
  InstallSignalHandlers(store.engine().settings().bounds);

  RunBlock& run = store.run();
  const Outer outer(run);
  const char* native_top = static_cast<const char*>(__builtin_frame_address(0));
  const char* native_limit =
      run.native_limit != nullptr ? run.native_limit : native_top - kNativeBudgetBytes;
  if (func.code->entry.load(std::memory_order_acquire) == NativeEntryCode()) {
    run.native_limit = native_limit;
    const bool ok = InvokeNative(*func.context, *func.code, slots);
    outer.PutBack(&run);
    return ok;
  }
  const uint32_t params = SlotsOf(func.type->params);
  const uint32_t results = SlotsOf(func.type->results);
  const uint32_t link = std::max(params, results);
  Slot* const frame = run.stack_top;
  const Slot* limit = __atomic_load_n(&run.stack_limit, __ATOMIC_RELAXED);
  if (store.must_end() || native_top < native_limit + kNativeHeadroomBytes ||
      frame + link + 2 > limit) {
    store.SetTrap(store.must_end() ? TrapKind::kTimeout : TrapKind::kCallStackExhausted);
    return false;
  }
  if (func.code->entry.load(std::memory_order_acquire) == LazyCode() &&
      !TranslateFunction(func.code, &store)) {
    AppendUntranslated(*func.code, *func.context, &store.pending_trap());
    return false;
  }
  std::copy_n(slots, params, frame);
  frame[link].bits = reinterpret_cast<uintptr_t>(ExitCode());
  frame[link + 1].bits = 0;

  EntryRecord record;
  record.owner = &store;
  run.entry = &record;
  run.native_limit = native_limit;
  RunGuest(&record, sys::GuestRegisters{func.code->entry.load(std::memory_order_acquire), frame,
                                        func.context, func.context->memory0});
  if (store.must_end()) store.End();
  if (run.trap != 0) {
    ForgetAbandonedFrames(record);
    AppendBacktrace(run, &store.pending_trap());
  }
  const bool ok = run.trap == 0 && !store.threw();
  outer.PutBack(&run);
  if (ok && run.tail_entry == nullptr) std::copy_n(frame, results, slots);
  return ok;
}

bool Invoke(Store& store, const Func& func, Slot* slots) {
  RunBlock& run = store.run();
  run.tail_entry = nullptr;
  if (!InvokeFromNative(store, func, slots)) return false;
  if (run.tail_entry == nullptr) return true;
  run.tail_entry = nullptr;
  Slot* const tail_slots = run.tail_slots;
  const Outer outer(run);
  if (run.native_limit == nullptr) {
    run.native_limit = static_cast<const char*>(__builtin_frame_address(0)) - kNativeBudgetBytes;
  }
  const bool ok = InvokeNative(*run.tail_context, *run.tail_func, tail_slots);
  outer.PutBack(&run);
  if (ok) std::copy_n(tail_slots, SlotsOf(func.type->results), slots);
  return ok;
}

}  // namespace

uint32_t SlotsOf(absl::Span<const ValType> types) {
  uint32_t slots = 0;
  for (ValType type : types) slots += SlotCount(type);
  return slots;
}

bool IsCallableAs(const Context& context, const Func& func, TypeId expected) {
  return func.type_id == expected ||
         context.run->store->engine().types().IsSubType(func.type_id, expected);
}

const Word* ExitCode() {
  static const Word code = HandlerWord(handlers::Exit);
  return &code;
}

const Word* LazyCode() {
  static const Word code = HandlerWord(handlers::Lazy);
  return &code;
}

const Word* NativeEntryCode() {
  static const Word code = HandlerWord(handlers::EnterNative);
  return &code;
}

const Word* TailCrossReturnCode() {
  static const Word code = HandlerWord(handlers::TailCrossReturn);
  return &code;
}

}  // namespace interp

const Tier& InterpreterTier() {
  static const Tier tier{interp::LazyCode, interp::NativeEntryCode, interp::Invoke,
                         interp::InvokeFromNative, interp::AppendTrace};
  return tier;
}

}  // namespace tenon::vm
