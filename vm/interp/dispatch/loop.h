// Loop dispatch: see vm/interp/dispatch.h. The loop notes ip, fp and ctx in memory before each
// handler, where a signal handler finds them. Accesses to guest memory are calls of functions that
// stand in the section of what may fault; handlers can't, since GCC 12 ignores the section of a
// template.
#pragma once

#include "vm/interp/dispatch/state.h"

namespace tenon::vm::interp {

#define TENON_HANDLER_ABI
struct HandlerResult {
  const Word* ip;
  Slot* fp;
  Context* ctx;
  uint8_t* mem;
  uint64_t acc;
  FloatAcc facc;
};
using Handler = HandlerResult (*)(TENON_STATE_PARAMS);

#define TENON_FAST
#define TENON_GOTO(target) return target(TENON_STATE)
#define TENON_LEAVE() \
  return HandlerResult { nullptr, fp, ctx, mem, acc, facc }
// Continues with the instruction at ip.
#define TENON_DISPATCH() \
  return HandlerResult { ip, fp, ctx, mem, acc, facc }
// A fault in the second instruction of a handler would be taken for one in the first.
inline constexpr bool kFusesRuns = false;

#define TENON_HOLD_STATE() static_cast<void>(0)

void ReadAccess(const uint8_t* address, uint8_t* value);
void ReadAccess(const uint8_t* address, uint16_t* value);
void ReadAccess(const uint8_t* address, uint32_t* value);
void ReadAccess(const uint8_t* address, uint64_t* value);
void ReadAccess(const uint8_t* address, V128* value);
void WriteAccess(uint8_t* address, uint8_t value);
void WriteAccess(uint8_t* address, uint16_t value);
void WriteAccess(uint8_t* address, uint32_t value);
void WriteAccess(uint8_t* address, uint64_t value);
void WriteAccess(uint8_t* address, V128 value);

// The type of an access of that many bytes.
template <int kBytes>
struct AccessOf;
template <>
struct AccessOf<1> {
  using Type = uint8_t;
};
template <>
struct AccessOf<2> {
  using Type = uint16_t;
};
template <>
struct AccessOf<4> {
  using Type = uint32_t;
};
template <>
struct AccessOf<8> {
  using Type = uint64_t;
};
template <>
struct AccessOf<16> {
  using Type = V128;
};

template <typename T>
inline T ReadMemory(const uint8_t* address) {
  typename AccessOf<sizeof(T)>::Type bits;
  ReadAccess(address, &bits);
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

template <typename T>
inline void WriteMemory(uint8_t* address, T value) {
  typename AccessOf<sizeof(T)>::Type bits;
  std::memcpy(&bits, &value, sizeof bits);
  WriteAccess(address, bits);
}

}  // namespace tenon::vm::interp
