// Tail dispatch: see vm/interp/dispatch.h. When an access faults, the signal handler takes ip, fp
// and ctx from the registers that preserve_none uses, so they must be there around one.
#pragma once

#include "vm/interp/dispatch/state.h"
#include "vm/sys/x86_64/guest_registers.h"

namespace tenon::vm::interp {

#define TENON_HANDLER_ABI __attribute__((preserve_none))
using HandlerResult = void;
using Handler = TENON_HANDLER_ABI void (*)(TENON_STATE_PARAMS);

#define TENON_FAST TENON_MAY_FAULT
#define TENON_GOTO(target) [[clang::musttail]] return target(TENON_STATE)
#define TENON_LEAVE() return
// Continues with the instruction at ip.
#define TENON_DISPATCH() [[clang::musttail]] return ip->handler(TENON_STATE)
// One handler may run several instructions (handlers/fuse.h).
inline constexpr bool kFusesRuns = true;

// Has ip, fp and ctx in their registers and makes them opaque, so that they still name the faulting
// instruction and frame.
#define TENON_HOLD_STATE()                                           \
  do {                                                               \
    register const Word* held_ip asm(TENON_GUEST_IP) = ip;           \
    register Slot* held_fp asm(TENON_GUEST_FP) = fp;                 \
    register Context* held_ctx asm(TENON_GUEST_CONTEXT) = ctx;       \
    asm volatile("" : "+r"(held_ip), "+r"(held_fp), "+r"(held_ctx)); \
    ip = held_ip;                                                    \
    fp = held_fp;                                                    \
    ctx = held_ctx;                                                  \
  } while (false)

template <typename T>
[[gnu::always_inline]] inline T ReadMemory(const uint8_t* address) {
  return AccessRead<T>(address);
}

template <typename T>
[[gnu::always_inline]] inline void WriteMemory(uint8_t* address, T value) {
  AccessWrite(address, value);
}

}  // namespace tenon::vm::interp
