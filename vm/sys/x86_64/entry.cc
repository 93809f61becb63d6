#include "vm/sys/entry.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <iterator>

#include "vm/sys/code_space.h"

extern "C" {
void tenon_sys_enter(tenon::vm::EntryRecord* record,
                     const tenon::vm::sys::GuestRegisters* registers, const void* handler);
extern const char tenon_sys_landing[];
extern const char tenon_sys_try[];
extern const char tenon_sys_native_begin[], tenon_sys_native_end[];
}

namespace tenon::vm::sys {
namespace {

constexpr int kFaultSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
constexpr size_t kMemoryFaults = 2;  // a guest's are among those; the others are wrong code's
// Ignored by default, so that one that comes late does no harm, and hardly used for anything else.
constexpr int kInterruptSignal = SIGURG;
// What our interrupts carry.
constinit char interrupt_cookie = 0;

std::atomic<const SignalClaims*> claims_on_signals;  // the same to all who set it
struct sigaction previous_actions[std::size(kFaultSignals)];
struct sigaction previous_interrupt_action;

std::atomic<void (*)()> wrong_code_report = nullptr;

thread_local EntryRecord* current_entry = nullptr;

// Hands the signal to whoever handled it before us. False if nobody did.
bool CallPrevious(const struct sigaction& previous, int signal, siginfo_t* info, void* context) {
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal, info, context);
    return true;
  }
  if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) return false;
  previous.sa_handler(signal);
  return true;
}

// Whether a process sent it, which is no fault of anyone's.
bool WasSent(const siginfo_t* info) { return info->si_code <= 0; }

void Chain(int signal, siginfo_t* info, void* context) {
  const auto* row = std::find(std::begin(kFaultSignals), std::end(kFaultSignals), signal);
  const struct sigaction& previous = previous_actions[row - kFaultSignals];
  if (CallPrevious(previous, signal, info, context)) return;
  if (WasSent(info) && previous.sa_handler == SIG_IGN) return;
  struct sigaction by_default = {};
  by_default.sa_handler = SIG_DFL;
  sigaction(signal, &by_default, nullptr);
  // A fault comes again when the handler returns, but for a breakpoint.
  if (WasSent(info) || signal == SIGTRAP) raise(signal);
}

enum class Code : uint8_t { kHost, kInterpreter, kNative };

Code CodeAt(const greg_t* machine) {
  const auto* pc = reinterpret_cast<const char*>(machine[REG_RIP]);
  const SignalClaims* claims = claims_on_signals;
  if (current_entry == nullptr) return Code::kHost;
  if (pc >= claims->code_begin && pc < claims->code_end) return Code::kInterpreter;
  const bool is_native = IsInCodeSpace(reinterpret_cast<uintptr_t>(pc)) ||
                         (pc >= tenon_sys_native_begin && pc < tenon_sys_native_end);
  return is_native ? Code::kNative : Code::kHost;
}

bool ClaimInterpreterFault(EntryRecord& entry, uintptr_t address, const greg_t* machine) {
  GuestRegisters registers;
  if (entry.loop_registers != nullptr) {
    registers = *entry.loop_registers;
  } else {
    registers.ip = reinterpret_cast<const void*>(machine[REG_R12]);
    registers.fp = reinterpret_cast<void*>(machine[REG_R13]);
    registers.context = reinterpret_cast<void*>(machine[REG_R14]);
  }
  return claims_on_signals.load()->fault(entry, address, registers);
}

bool ClaimNativeFault(EntryRecord& entry, uintptr_t address, const greg_t* machine) {
  NativePlace place;
  const auto* pc = reinterpret_cast<const char*>(machine[REG_RIP]);
  const bool is_calling_host = pc >= tenon_sys_native_begin && pc < tenon_sys_try;
  place.pc = is_calling_host ? nullptr : pc + 1;
  place.fp = reinterpret_cast<const char*>(machine[REG_RBP]);
  place.context = reinterpret_cast<void*>(machine[REG_R13]);
  place.sp = reinterpret_cast<const char*>(machine[REG_RSP]);
  return claims_on_signals.load()->native_fault(entry, address, place);
}

// When the handler returns, the thread goes on behind the call that entered the guest.
void Leave(const EntryRecord& entry, greg_t* machine) {
  machine[REG_RSP] = reinterpret_cast<greg_t>(entry.native_sp);
  machine[REG_RIP] = reinterpret_cast<greg_t>(tenon_sys_landing);
}

void OnFault(int signal, siginfo_t* info, void* raw_context) {
  auto* context = static_cast<ucontext_t*>(raw_context);
  greg_t* machine = context->uc_mcontext.gregs;
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  EntryRecord* entry = current_entry;
  const Code code = WasSent(info) ? Code::kHost : CodeAt(machine);
  const bool is_guests = code == Code::kInterpreter
                             ? ClaimInterpreterFault(*entry, address, machine)
                             : code == Code::kNative && ClaimNativeFault(*entry, address, machine);
  if (!is_guests) {
    void (*const report)() = wrong_code_report;
    if (code == Code::kNative && report != nullptr) report();
    Chain(signal, info, raw_context);
    return;
  }
  Leave(*entry, machine);
}

void OnInterrupt(int signal, siginfo_t* info, void* raw_context) {
  if (info->si_code != SI_QUEUE || info->si_value.sival_ptr != &interrupt_cookie) {
    CallPrevious(previous_interrupt_action, signal, info, raw_context);
    return;
  }
  greg_t* machine = static_cast<ucontext_t*>(raw_context)->uc_mcontext.gregs;
  // The loop dispatch is not left from inside: it looks for itself.
  const Code code = CodeAt(machine);
  if (code == Code::kHost) return;
  if (code == Code::kInterpreter && current_entry->loop_registers != nullptr) return;
  if (claims_on_signals.load()->interrupt(*current_entry)) Leave(*current_entry, machine);
}

std::atomic<void (*)()> call_after_work = nullptr;

// Comes again until it finds the guest at work.
void OnWork(int, siginfo_t*, void* raw_context) {
  if (CodeAt(static_cast<ucontext_t*>(raw_context)->uc_mcontext.gregs) != Code::kInterpreter) {
    return;
  }
  const itimerval never = {};
  setitimer(ITIMER_VIRTUAL, &never, nullptr);
  if (void (*const call)() = call_after_work.exchange(nullptr); call != nullptr) call();
}

void Install(int signal, void (*handler)(int, siginfo_t*, void*), int flags,
             struct sigaction* previous) {
  struct sigaction action = {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | flags;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, previous);
}

void InstallHandlersOfFaults(size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    Install(kFaultSignals[i], OnFault, SA_NODEFER, &previous_actions[i]);
  }
}

}  // namespace

void SetSignalClaims(const SignalClaims& claims) {
  if (claims_on_signals.load(std::memory_order_relaxed) != &claims) claims_on_signals = &claims;
}

void InstallFaultHandlers() {
  [[maybe_unused]] static const bool once = [] {
    InstallHandlersOfFaults(0, kMemoryFaults);
    return true;
  }();
}

void ReportWrongCode(void (*report)()) {
  wrong_code_report = report;
  InstallFaultHandlers();
  [[maybe_unused]] static const bool once = [] {
    InstallHandlersOfFaults(kMemoryFaults, std::size(kFaultSignals));
    return true;
  }();
}

void InstallInterruptHandler() {
  [[maybe_unused]] static const bool once = [] {
    Install(kInterruptSignal, OnInterrupt, SA_RESTART, &previous_interrupt_action);
    return true;
  }();
}

bool CallAfterWork(uint64_t nanoseconds, void (*call)()) {
  constexpr suseconds_t kRepeatMicroseconds = 5000;
  call_after_work = call;
  struct sigaction previous;
  Install(SIGVTALRM, OnWork, SA_RESTART, &previous);
  const itimerval after = {.it_interval = {0, kRepeatMicroseconds},
                           .it_value = {static_cast<time_t>(nanoseconds / 1'000'000'000),
                                        static_cast<suseconds_t>(nanoseconds / 1000 % 1'000'000)}};
  return setitimer(ITIMER_VIRTUAL, &after, nullptr) == 0;
}

void InterruptThread(int thread) {
  siginfo_t info = {};
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_ptr = &interrupt_cookie;
  syscall(SYS_rt_tgsigqueueinfo, info.si_pid, thread, kInterruptSignal, &info);
}

void EnterGuest(EntryRecord* record, const GuestRegisters* registers, const void* handler) {
  const EntryScope scope(record);
  tenon_sys_enter(record, registers, handler);
}

EntryScope::EntryScope(EntryRecord* record) : record_(record) {
  record->previous = current_entry;
  current_entry = record;
}
EntryScope::~EntryScope() { current_entry = record_->previous; }

void SetCurrentEntry(EntryRecord* record) { current_entry = record; }

}  // namespace tenon::vm::sys
