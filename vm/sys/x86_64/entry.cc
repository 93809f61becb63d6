#include "vm/sys/entry.h"

#include <signal.h>
#include <ucontext.h>

#include <mutex>

extern "C" {
void tenon_sys_enter(tenon::vm::EntryRecord* record,
                     const tenon::vm::sys::GuestRegisters* registers, const void* handler);
extern const char tenon_sys_landing[];
}

namespace tenon::vm::sys {
namespace {

constexpr int kFaultSignals[] = {SIGSEGV, SIGBUS};

uintptr_t code_begin_address;
uintptr_t code_end_address;
ClaimFault claim_fault;
struct sigaction previous_actions[2];

thread_local EntryRecord* current_entry = nullptr;

// Hands the signal to whoever handled it before us.
void Chain(int signal, siginfo_t* info, void* context) {
  const struct sigaction& previous = previous_actions[signal == SIGSEGV ? 0 : 1];
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
    // Returning repeats the fault, which then takes the default action.
    sigaction(signal, &previous, nullptr);
  } else {
    previous.sa_handler(signal);
  }
}

void OnFault(int signal, siginfo_t* info, void* raw_context) {
  auto* context = static_cast<ucontext_t*>(raw_context);
  greg_t* machine = context->uc_mcontext.gregs;
  const auto pc = static_cast<uintptr_t>(machine[REG_RIP]);
  EntryRecord* entry = current_entry;
  if (entry == nullptr || pc < code_begin_address || pc >= code_end_address) {
    Chain(signal, info, raw_context);
    return;
  }
  GuestRegisters registers;
  if (entry->loop_registers != nullptr) {
    registers = *entry->loop_registers;
  } else {
    registers.ip = reinterpret_cast<const void*>(machine[REG_R12]);
    registers.fp = reinterpret_cast<void*>(machine[REG_R13]);
    registers.context = reinterpret_cast<void*>(machine[REG_R14]);
  }
  if (!claim_fault(*entry, reinterpret_cast<uintptr_t>(info->si_addr), registers)) {
    Chain(signal, info, raw_context);
    return;
  }
  machine[REG_RSP] = reinterpret_cast<greg_t>(entry->native_sp);
  machine[REG_RIP] = reinterpret_cast<greg_t>(tenon_sys_landing);
}

}  // namespace

void InstallFaultHandlers(const void* code_begin, const void* code_end, ClaimFault claim) {
  static std::once_flag once;
  std::call_once(once, [&] {
    code_begin_address = reinterpret_cast<uintptr_t>(code_begin);
    code_end_address = reinterpret_cast<uintptr_t>(code_end);
    claim_fault = claim;
    for (int i = 0; i < 2; ++i) {
      struct sigaction action = {};
      action.sa_sigaction = OnFault;
      action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
      sigemptyset(&action.sa_mask);
      sigaction(kFaultSignals[i], &action, &previous_actions[i]);
    }
  });
}

void EnterGuest(EntryRecord* record, const GuestRegisters* registers, const void* handler) {
  record->previous = current_entry;
  current_entry = record;
  tenon_sys_enter(record, registers, handler);
  current_entry = record->previous;
}

void SetCurrentEntry(EntryRecord* record) { current_entry = record; }

}  // namespace tenon::vm::sys
