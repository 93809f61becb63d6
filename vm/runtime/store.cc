#include "vm/runtime/store.h"

#include "absl/strings/str_cat.h"
#include "vm/base/status.h"
#include "vm/runtime/native.h"

namespace tenon::vm {

Store::Store(Engine* engine, StoreLimits limits)
    : engine_(engine),
      limits_(limits),
      memories_left_(limits.memories),
      tables_left_(limits.tables),
      instances_left_(limits.instances),
      memory_bytes_left_(limits.total_memory_bytes),
      table_entries_left_(limits.total_table_entries),
      instance_bytes_left_(limits.total_instance_bytes) {
  stack_ = sys::Mapping::Allocate(limits.stack_bytes);
  run_.store = this;
  run_.stack_top = reinterpret_cast<Slot*>(stack_.base());
  run_.stack_limit = StackEnd();
  run_.builtins = kBuiltins;
}

Store::~Store() = default;

Slot* Store::StackEnd() const {
  if (!stack_) return nullptr;
  return reinterpret_cast<Slot*>(stack_.base()) + limits_.stack_bytes / sizeof(Slot);
}

namespace {
// Frames that are larger touch every page of theirs in turn.
constexpr size_t kStackGuardBytes = 64 * 1024;
}  // namespace

bool Store::MakeNativeStack() {
  sys::Mapping stack = sys::Mapping::Reserve(kStackGuardBytes + limits_.stack_bytes);
  if (!stack || !stack.Commit(kStackGuardBytes, limits_.stack_bytes)) return false;
  native_stack_ = std::move(stack);
  run_.native.native_sp = reinterpret_cast<char*>(native_stack_.base() + native_stack_.size());
  return true;
}

absl::Span<const uint8_t> Store::native_stack() const {
  return absl::MakeConstSpan(native_stack_.base(), native_stack_.size()).subspan(kStackGuardBytes);
}

bool Store::OwnsStackGuard(uintptr_t address) const {
  return native_stack_ &&
         address - reinterpret_cast<uintptr_t>(native_stack_.base()) < kStackGuardBytes;
}

Status Store::SetDeadline(uint64_t instant) {
  watch_.Disarm();
  deadline_ = instant;
  auto kill = static_cast<uint32_t>(Kill::kDeadline);
  if (__atomic_compare_exchange_n(&run_.pending_kill, &kill, 0, false, __ATOMIC_SEQ_CST,
                                  __ATOMIC_SEQ_CST)) {
    __atomic_store_n(&run_.stack_limit, StackEnd(), __ATOMIC_SEQ_CST);
  }
  // Another thread may have called Interrupt meanwhile: its word is the last.
  if (must_end()) {
    KillForGood();
    return {};
  }
  if (watch_.Arm(instant)) return {};
  return Fail(ErrorKind::kLimit, "no thread can be had to watch the time");
}

Status Store::Interrupt() {
  KillForGood();
  if (watch_.Arm(0)) return {};
  return Fail(ErrorKind::kLimit, "no thread can be had to stop the guest");
}

void Store::OnDeadline(void* store) {
  RunBlock& run = static_cast<Store*>(store)->run_;
  uint32_t none = 0;
  __atomic_compare_exchange_n(&run.pending_kill, &none, static_cast<uint32_t>(Kill::kDeadline),
                              false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  __atomic_store_n(&run.stack_limit, nullptr, __ATOMIC_SEQ_CST);
}

void Store::KillForGood() {
  __atomic_store_n(&run_.pending_kill, static_cast<uint32_t>(Kill::kFinal), __ATOMIC_SEQ_CST);
  __atomic_store_n(&run_.stack_limit, nullptr, __ATOMIC_SEQ_CST);
}

void Store::End() {
  KillForGood();
  SetTrap(TrapKind::kTimeout);
}

Func* Store::NewHostFunc(TypeId type, HostCallback callback, void* data, absl::string_view name) {
  HostFunc& host = host_funcs_.emplace_back();
  host.callback = callback;
  host.data = data;
  host.name = std::string(name);
  host.store = this;
  Func& func = funcs_.emplace_back();
  func.host = &host;
  func.type_id = type;
  func.type = &engine_->types().Get(type).func;
  return &func;
}

Result<const Func*> Store::NewHostFunc(const FuncType& type, HostCallback callback, void* data,
                                       absl::string_view name) {
  TENON_ASSIGN_OR_RETURN(const TypeId id, engine_->types().InternFunc(type));
  return NewHostFunc(id, callback, data, name);
}

Status Store::CountInstance() {
  if (!stack_) {
    return Fail(ErrorKind::kLimit, absl::StrCat("the host has no room for a stack of ",
                                                limits_.stack_bytes, " bytes"));
  }
  if (instances_left_.Take(1)) return {};
  return Fail(ErrorKind::kLimit,
              absl::StrCat("more than ", limits_.instances, " instances in one store"));
}

Status Store::CountMemory() {
  if (memories_left_.Take(1)) return {};
  return Fail(ErrorKind::kLimit,
              absl::StrCat("more than ", limits_.memories, " memories in one store"));
}

Memory* Store::AddMemory(std::shared_ptr<MemoryRegion> region) {
  auto memory = std::make_unique<Memory>(std::move(region), &memory_bytes_left_);
  return memories_.emplace_back(std::move(memory)).get();
}

Result<Memory*> Store::NewMemory(const MemoryType& type) {
  TENON_RETURN_IF_ERROR(CountMemory());
  TENON_ASSIGN_OR_RETURN(
      auto region, MemoryRegion::Create(type, engine_->settings().bounds, limits_.memory_bytes,
                                        &memory_bytes_left_));
  return AddMemory(std::move(region));
}

Result<Memory*> Store::ShareMemory(std::shared_ptr<MemoryRegion> region) {
  if (!region->type().shared) return Fail(ErrorKind::kUsage, "the memory is not a shared one");
  if (IsGuarded(region->type(), engine_->settings().bounds) && !region->is_guarded()) {
    return Fail(ErrorKind::kUsage, "the memory has no guard, which this engine's guests rely on");
  }
  for (const auto& memory : memories_) {
    if (memory->region() == region) return memory.get();
  }
  TENON_RETURN_IF_ERROR(CountMemory());
  return AddMemory(std::move(region));
}

Result<TableInstance*> Store::NewTable(const TableType& type, Slot init) {
  if (!tables_left_.Take(1)) {
    return Fail(ErrorKind::kLimit,
                absl::StrCat("more than ", limits_.tables, " tables in one store"));
  }
  TENON_ASSIGN_OR_RETURN(auto table, TableInstance::Create(type, init, &table_entries_left_));
  return tables_.emplace_back(std::move(table)).get();
}

GlobalRef Store::NewGlobal(const GlobalType& type, V128 value) {
  HostGlobal& global = globals_.emplace_back();
  global.type = type.type;
  WriteSlot(global.cell, value);
  return GlobalRef{type, global.cell, this};
}

CallOutcome Store::RefuseForeignFunc() {
  SetTrap(TrapKind::kHost, "the function belongs to another store");
  return CallOutcome::kTrapped;
}

bool Store::OwnsGuestAddress(uintptr_t address) const {
  for (const auto& memory : memories_) {
    if (memory->region()->OwnsFault(address)) return true;
  }
  return false;
}

void Store::SetTrap(TrapKind kind, absl::string_view detail) {
  if (run_.trap != 0) return;
  run_.trap = 1 + static_cast<uint32_t>(kind);
  trap_.detail = std::string(detail);
}

void Store::SetExit(int code) {
  if (run_.trap != 0) return;
  SetTrap(TrapKind::kExit);
  trap_.exit_code = code;
}

Trap Store::TakeTrap() {
  Trap trap = std::move(trap_);
  trap_ = Trap();
  trap.kind = static_cast<TrapKind>(run_.trap - 1);
  run_.trap = 0;
  return trap;
}

}  // namespace tenon::vm
