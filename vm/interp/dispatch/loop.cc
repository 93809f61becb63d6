#include "vm/interp/dispatch.h"
#include "vm/interp/word.h"

namespace tenon::vm::interp {
namespace {

// Before every instruction the loop looks whether the store must end, and keeps the state in
// memory, where a signal handler finds it. In the handlers' section, so that the guest is found at
// work here too: GCC leaves handlers that are templates elsewhere.
TENON_MAY_FAULT void Loop(sys::GuestRegisters* registers) {
  HandlerResult state{static_cast<const Word*>(registers->ip),
                      static_cast<Slot*>(registers->fp),
                      static_cast<Context*>(registers->context),
                      static_cast<uint8_t*>(registers->memory),
                      0,
                      FloatAcc{}};
  const RunBlock& run = *state.ctx->run;
  while (state.ip != nullptr && !MustEnd(run)) {
    *static_cast<const Word* volatile*>(static_cast<void*>(&registers->ip)) = state.ip;
    *static_cast<Slot* volatile*>(static_cast<void*>(&registers->fp)) = state.fp;
    *static_cast<Context* volatile*>(static_cast<void*>(&registers->context)) = state.ctx;
    state = state.ip->handler(state.ip, state.fp, state.ctx, state.mem, state.acc, state.facc);
  }
}

}  // namespace

void RunGuest(EntryRecord* record, const sys::GuestRegisters& start) {
  sys::GuestRegisters registers = start;
  record->loop_registers = &registers;
  sys::EnterGuest(record, &registers, reinterpret_cast<const void*>(&Loop));
}

#define TENON_ACCESS(Type)                                               \
  TENON_MAY_FAULT void ReadAccess(const uint8_t* address, Type* value) { \
    *value = AccessRead<Type>(address);                                  \
  }                                                                      \
  TENON_MAY_FAULT void WriteAccess(uint8_t* address, Type value) { AccessWrite(address, value); }

TENON_ACCESS(uint8_t)
TENON_ACCESS(uint16_t)
TENON_ACCESS(uint32_t)
TENON_ACCESS(uint64_t)
TENON_ACCESS(V128)

}  // namespace tenon::vm::interp
