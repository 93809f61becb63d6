// Keeps a handler's instruction pointer in the register in which the signal handler looks for it
// (entry.cc): preserve_none's first argument register.
#pragma once

namespace tenon::vm::sys {

// Called on both sides of an access that may fault. A compiler has no reason to move the value away
// in between, and volatile accesses stay between the two.
template <typename T>
[[gnu::always_inline]] inline void PinGuestIp(T*& ip) {
  register T* pinned asm("r12") = ip;
  asm volatile("" : "+r"(pinned));
  ip = pinned;
}

}  // namespace tenon::vm::sys
