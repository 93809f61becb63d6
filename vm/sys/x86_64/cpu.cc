#include "vm/sys/cpu.h"

#include <cpuid.h>

#include <cstdint>

namespace tenon::vm::sys {
namespace {

// Intel SDM vol. 1, 14.5.3: the processor has it, and the system saves the registers it uses.
bool DetectFma() {
  constexpr uint32_t kNeeded = bit_FMA | bit_OSXSAVE;
  constexpr uint32_t kXmmAndYmm = 0b110;
  uint32_t eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & kNeeded) != kNeeded) return false;
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & kXmmAndYmm) == kXmmAndYmm;
}

}  // namespace

// __builtin_cpu_supports would have every process ask the processor at its start, which takes
// microseconds under a hypervisor.
bool HasFma() {
  static const bool has_fma = DetectFma();
  return has_fma;
}

}  // namespace tenon::vm::sys
