// How the host enters guest code and how a fault leaves it again.
// EnterGuest saves the callee-saved registers and the stack pointer in an EntryRecord and calls the
// first handler. Guest code leaves by returning, or, when it faults on a guest address, the signal
// handler restores the record's stack pointer and continues behind the call: only guest frames lie
// between, so no C++ frame is ever skipped. A deadline makes guest code leave in the same way, by
// another signal.
#pragma once

#include <cstdint>

namespace tenon::vm::sys {

// The registers guest code is entered with, in the order entry.S loads them.
struct GuestRegisters {
  const void* ip = nullptr;
  void* fp = nullptr;
  void* context = nullptr;
  void* memory = nullptr;
};

// Where compiled code (native.h) stood when it called the host or faulted. No pc: on its way to the
// host, where NativeState::left already is.
struct NativePlace {
  const char* pc = nullptr;  // behind the first byte of the instruction, or behind all of them
  const char* fp = nullptr;  // frame pointer
  void* context = nullptr;   // what the register for it had
  const char* sp = nullptr;  // where it faulted: stack pointer; after a call of the host: null
};

}  // namespace tenon::vm::sys

namespace tenon::vm {

struct EntryRecord {
  void* native_sp = nullptr;        // first: entry.S stores it
  EntryRecord* previous = nullptr;  // the enclosing entry of this thread
  void* owner = nullptr;            // for the claim function
  // Where guest code stands; with the loop dispatch the loop keeps it current here, else the signal
  // handler reads the processor's registers.
  const sys::GuestRegisters* loop_registers = nullptr;
};

namespace sys {

// Decides whether a fault at `address` is the guest's; called inside the signal handler, so it may
// only read. When it returns true it has recorded the trap.
using ClaimFault = bool (*)(EntryRecord& entry, uintptr_t address, const GuestRegisters& registers);

// The same of compiled code.
using ClaimNativeFault = bool (*)(EntryRecord& entry, uintptr_t address, const NativePlace& place);

// Decides whether guest code leaves because its thread was interrupted; as above.
using ClaimInterrupt = bool (*)(const EntryRecord& entry);

// Signals count only when the program counter lies in [code_begin, code_end), which holds the
// interpreter's handlers, in the code space (code_space.h), or in what calls the host from there
// (native.h); what is interrupted elsewhere goes on.
struct SignalClaims {
  const void* code_begin;
  const void* code_end;
  ClaimFault fault;
  ClaimNativeFault native_fault;
  ClaimInterrupt interrupt;
};

// Before guests are entered; the same claims from all who call, which outlive the process's guests.
void SetSignalClaims(const SignalClaims& claims);

// Each installs signal handlers once a process, in front of the host's, which get every fault that
// is not claimed, or every SIGURG that is not ours.
void InstallFaultHandlers();
void InstallInterruptHandler();

// Calls `call` once, when the process has used so much processor time in its own code (nanoseconds)
// and a thread is then in the interpreter's fast handlers: from a signal handler, SIGVTALRM's, but
// one that interrupts neither an allocator nor anyone who holds a lock. One at a time in a process.
// False: the system refuses.
bool CallAfterWork(uint64_t nanoseconds, void (*call)());

// Sends the thread of that kernel id the signal that SignalClaims::interrupt answers. Nothing
// happens where no thread has it any more.
void InterruptThread(int thread);

// Calls `handler` with `registers` until guest code returns or faults. The record is this thread's
// innermost entry meanwhile.
void EnterGuest(EntryRecord* record, const GuestRegisters* registers, const void* handler);

// Makes a record this thread's innermost entry for as long as it is in scope.
class EntryScope {
 public:
  explicit EntryScope(EntryRecord* record);
  EntryScope(const EntryScope&) = delete;
  EntryScope& operator=(const EntryScope&) = delete;
  ~EntryScope();

 private:
  EntryRecord* record_;
};

// Makes `record` the innermost entry again after a host call that may have switched fibres.
void SetCurrentEntry(EntryRecord* record);

}  // namespace sys
}  // namespace tenon::vm
