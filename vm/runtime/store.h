// A store owns all runtime objects and belongs to one thread at a time. core: #store
// Pointers to them stay valid until it is destroyed: nothing it owns moves or goes earlier.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/exception.h"
#include "vm/runtime/gc/heap.h"
#include "vm/runtime/gc/root.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/memory.h"
#include "vm/runtime/store_limits.h"
#include "vm/runtime/table.h"
#include "vm/runtime/trap.h"
#include "vm/sys/memory_map.h"
#include "vm/sys/watchdog.h"

namespace tenon::vm {

// What RunBlock::pending_kill says.
enum class Kill : uint32_t {
  kNone,
  kDeadline,  // its instant has come, but it has not stopped anything yet
  kFinal,
};

class Store final : private HeapOwner {
 public:
  // Where the host has no room for the stack, instances are kLimit.
  explicit Store(Engine* engine, StoreLimits limits = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Engine& engine() const { return *engine_; }
  const StoreLimits& limits() const { return limits_; }
  RunBlock& run() { return run_; }

  const std::vector<std::unique_ptr<Instance>>& instances() const { return instances_; }

  // Host objects; owned by the store. Memories and tables are kLimit beyond the store's totals.
  Func* NewHostFunc(TypeId type, HostCallback callback, void* data, absl::string_view name);
  // kLimit when the engine has no room for another type.
  Result<const Func*> NewHostFunc(const FuncType& type, HostCallback callback, void* data,
                                  absl::string_view name);
  Result<Memory*> NewMemory(const MemoryType& type);
  // This store's memory with a shared region, which may be another store's, too. kUsage when the
  // region is not a shared one, or one without a guard that this engine's code relies on.
  Result<Memory*> ShareMemory(std::shared_ptr<MemoryRegion> region);
  Result<TableInstance*> NewTable(const TableType& type, Slot init);
  GlobalRef NewGlobal(const GlobalType& type, V128 value);
  const TagInstance* NewTag(TypeId type);  // of a function type without results

  // The heap of garbage-collected objects, made when it is first asked for. Null when the host has
  // no address space left.
  Heap* heap() { return heap_ != nullptr ? heap_.get() : MakeHeap(); }
  // A new extern reference to a value of the host's; null when the heap has no room. Collected like
  // every object, unless it is kept.
  Ref NewExternRef(uint64_t host_value);
  // What the host gave; nothing when the reference is a guest's object or null.
  std::optional<uint64_t> HostValueOf(Ref ref) const;
  // See Heap::OnHostValueDropped. Before the first value.
  void OnHostValueDropped(Heap::DropHostValue drop, void* context) {
    drop_host_value_ = drop;
    drop_context_ = context;
  }
  // The least abstract heap type of what it refers to: kI31, kStruct, kArray, kExn, or kAny for a
  // host's value. Not for null.
  HeapKind HeapKindOf(Ref ref) const;
  // Keeps what the reference refers to.
  Root Keep(Ref ref) { return Root(heap_.get(), ref); }

  // Calls a function with raw slots, which need room for the larger of parameters and results. A
  // function of another store traps. While an exception is pending nothing is called.
  [[nodiscard]] CallOutcome Invoke(const Func& func, Slot* slots) {
    if (StoreOf(func) != this) return RefuseForeignFunc();
    if (threw()) return CallOutcome::kThrew;
    const bool is_outermost = run_.entry == nullptr;
    if (is_outermost) watch_.Begin();
    const bool ok = engine_->tier().invoke(*this, func, slots);
    if (is_outermost) watch_.End();
    return ok ? CallOutcome::kReturned : Failed();
  }
  // Likewise where no exception may pass: one becomes a trap. False: trapped.
  [[nodiscard]] bool InvokeOrTrap(const Func& func, Slot* slots) {
    const CallOutcome outcome = Invoke(func, slots);
    if (outcome == CallOutcome::kThrew) TrapException();
    return outcome == CallOutcome::kReturned;
  }

  // From that instant of CLOCK_MONOTONIC, in nanoseconds, guests of this store do not run: one
  // that does is stopped, wherever it is, with the trap kTimeout, and the store never runs another.
  // While the host is in between calls, a new deadline (sys::kNever: none, the default) lets them
  // run again. A host function is not stopped, what it returns to is; it sees EINTR as from any
  // signal.
  // kLimit: the host has no thread left to watch the time.
  Status SetDeadline(uint64_t instant);
  uint64_t deadline() const { return deadline_; }
  bool IsPastDeadline() const {
    return deadline_ != sys::kNever && sys::MonotonicNanoseconds() >= deadline_;
  }
  // Stops the store's guests for good, now. From any thread, as long as the store is alive.
  Status Interrupt();
  // What host functions that take long may ask.
  bool must_end() const { return MustEnd(run_); }
  // Sets the trap kTimeout, after which no guest runs.
  ABSL_ATTRIBUTE_COLD void End();

  // True when a fault at `address` is one of a guest's memory accesses. Async-signal-safe.
  bool OwnsGuestAddress(uintptr_t address) const;

  // The stack of compiled code, made when first asked for. False: the host has no room for it.
  bool HasNativeStack() { return native_stack_ || MakeNativeStack(); }
  // It without its guard.
  absl::Span<const uint8_t> native_stack() const;
  // True for a fault of a guest that has used it up. Async-signal-safe.
  bool OwnsStackGuard(uintptr_t address) const;
  // The offset of the instruction, in its module's bytes, at which compiled code says that it
  // traps; 0: it did not say. Taking it forgets it.
  void SetNativeOffset(uint32_t offset) { native_offset_ = offset; }
  uint32_t TakeNativeOffset() { return std::exchange(native_offset_, 0); }

  // Records a trap; a host callback then returns false. Keeps the first one.
  ABSL_ATTRIBUTE_COLD void SetTrap(TrapKind kind, absl::string_view detail = "");
  // Ends the guest with an exit code, likewise.
  void SetExit(int code);
  bool trapped() const { return run_.trap != 0; }
  // The trap of the last call that failed; clears it.
  Trap TakeTrap();
  // The pending trap's details, for the tier to add the backtrace; its kind is not among them.
  Trap& pending_trap() { return trap_; }
  TrapKind pending_trap_kind() const {
    return trapped() ? static_cast<TrapKind>(run_.trap - 1) : TrapKind::kHost;
  }

  // A new exception with the tag's values, two slots for a v128; null when the heap has no room.
  // What the values refer to must be kept.
  Ref NewException(const TagInstance& tag, const Slot* values);
  // Of an exception: its tag, and a copy of the values.
  const TagInstance& TagOf(Ref exception) const;
  void ReadException(Ref exception, Slot* values) const;

  // Makes the exception pending; a host callback then returns false, and its caller has thrown. The
  // second makes a new one, or a trap if there is no room. There must be none pending.
  void Throw(Ref exception);
  void Throw(const TagInstance& tag, const Slot* values);
  // Whether an exception is pending: thrown, and not caught by a guest. A host callback whose call
  // threw takes it, or returns false, which passes it on.
  bool threw() const { return run_.exception != kNullRef; }
  Root TakeException();
  // Makes the pending exception the trap kUncaughtException.
  ABSL_ATTRIBUTE_COLD void TrapException();
  // For the tier: there is none pending any more; and the frames that the one pending has left.
  void ForgetException();
  std::vector<CodeAddress>& exception_trace() { return exception_trace_; }

 private:
  friend class Instance;
  friend class ConstantEvaluator;
  friend class Instantiator;
  struct HostGlobal {
    ValType type;
    Slot cell[2];  // room for a v128
  };

  ABSL_ATTRIBUTE_COLD CallOutcome RefuseForeignFunc();
  ABSL_ATTRIBUTE_COLD CallOutcome Failed();
  // "tag \"e\" of main": for messages; empty for a tag of the host's.
  std::string Describe(const TagInstance& tag) const;
  Status CountInstance();
  Status CountMemory();
  Memory* AddMemory(std::shared_ptr<MemoryRegion> region);
  Heap* MakeHeap();
  bool MakeNativeStack();
  void MarkRoots(Marker& marker) override;
  bool MustStop() const override;
  static void OnDeadline(void* store);
  Slot* StackEnd() const;
  // A kill also makes the next function that is entered fail, by the check of the stack's limit.
  void KillForGood();

  Engine* engine_;
  StoreLimits limits_;
  Allowance memories_left_;
  Allowance tables_left_;
  Allowance instances_left_;
  Allowance memory_bytes_left_;
  Allowance table_entries_left_;
  Allowance instance_bytes_left_;
  RunBlock run_;
  uint64_t deadline_ = sys::kNever;
  sys::Watch watch_{&OnDeadline, this};
  sys::Mapping stack_;  // none where the host has no room: then there are no instances
  sys::Mapping native_stack_;
  uint32_t native_offset_ = 0;
  Trap trap_;
  std::vector<CodeAddress> exception_trace_;
  std::deque<TagInstance> tags_;
  std::deque<Func> funcs_;  // of the host, and those of instances that were asked for
  std::deque<HostFunc> host_funcs_;
  std::vector<std::unique_ptr<Memory>> memories_;
  std::vector<std::unique_ptr<TableInstance>> tables_;
  std::deque<HostGlobal> globals_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<V128> constants_;  // operands of the constant expression being evaluated
  Heap::DropHostValue drop_host_value_ = nullptr;
  void* drop_context_ = nullptr;
  std::unique_ptr<Heap> heap_;
};

}  // namespace tenon::vm
