#include "vm/sys/cpu.h"

#include <cpuid.h>
#define _Bool bool  // the next one is for C
#include <sys/platform/x86.h>
#undef _Bool

#include <cstdint>
#include <iterator>

namespace tenon::vm::sys {
namespace {

// Intel SDM vol. 1, 14.5.3: the processor has it and AVX, and the system saves the registers they
// use. The compiler's __builtin_cpu_supports would have every process ask the processor at its
// start, which takes microseconds under a hypervisor.
bool DetectFma() {
  constexpr uint32_t kNeeded = bit_OSXSAVE | bit_AVX | bit_FMA;
  constexpr uint32_t kXmmAndYmm = 0b110;
  uint32_t eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & kNeeded) != kNeeded) return false;
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));  // faults without OSXSAVE
  return (low & kXmmAndYmm) == kXmmAndYmm;
}

}  // namespace

bool HasFma() {
  static const bool has_fma = DetectFma();
  return has_fma;
}

absl::Span<const absl::string_view> CpuFeatureNames() {
  static constexpr absl::string_view kNames[] = {
#define CPU_FEATURE(name, glibc) name,
#include "vm/sys/x86_64/cpu_features.def"
  };
  static_assert(std::size(kNames) <= 64);
  return kNames;
}

// As the C library found them when the process began: nothing is asked of the processor.
uint64_t CpuFeatures() {
  uint64_t features = 0;
  uint64_t bit = 1;
#define CPU_FEATURE(name, glibc)                  \
  if (CPU_FEATURE_ACTIVE(glibc)) features |= bit; \
  bit <<= 1;
#include "vm/sys/x86_64/cpu_features.def"
  return features;
}

}  // namespace tenon::vm::sys
