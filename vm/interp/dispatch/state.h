// What both dispatch modes share: the machine's state as a handler's parameters, and the access to
// guest memory as one instruction of the processor.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "vm/runtime/context.h"
#include "vm/sys/entry.h"

namespace tenon::vm::interp {

// The float accumulator: an f32 or f64 in lane 0, the rest unspecified.
typedef float FloatAcc __attribute__((vector_size(16)));

#define TENON_STATE_PARAMS                                                                   \
  [[maybe_unused]] const Word *ip, [[maybe_unused]] Slot *fp, [[maybe_unused]] Context *ctx, \
      [[maybe_unused]] uint8_t *mem, [[maybe_unused]] uint64_t acc, [[maybe_unused]] FloatAcc facc
#define TENON_STATE ip, fp, ctx, mem, acc, facc

// Stands in one section, which is how a signal handler recognises a guest's fault. GCC 12 ignores
// this on templates.
#define TENON_MAY_FAULT __attribute__((section("tenon_handlers"), aligned(16)))

// The unaligned access itself. It may fault, so it must lie in a function of that section: what
// contains it is always inlined, whatever the build.
template <typename T>
[[gnu::always_inline]] inline T AccessRead(const uint8_t* address) {
  if constexpr (std::is_same_v<T, V128>) {
    typedef uint64_t Lanes __attribute__((vector_size(16), aligned(1), may_alias));
    const Lanes lanes = *reinterpret_cast<const volatile Lanes*>(address);
    V128 value;
    std::memcpy(&value, &lanes, sizeof value);
    return value;
  } else {
    typedef T Unaligned __attribute__((aligned(1), may_alias));
    return *reinterpret_cast<const volatile Unaligned*>(address);
  }
}

template <typename T>
[[gnu::always_inline]] inline void AccessWrite(uint8_t* address, T value) {
  if constexpr (std::is_same_v<T, V128>) {
    typedef uint64_t Lanes __attribute__((vector_size(16), aligned(1), may_alias));
    Lanes lanes;
    std::memcpy(&lanes, &value, sizeof lanes);
    *reinterpret_cast<volatile Lanes*>(address) = lanes;
  } else {
    typedef T Unaligned __attribute__((aligned(1), may_alias));
    *reinterpret_cast<volatile Unaligned*>(address) = value;
  }
}

}  // namespace tenon::vm::interp
