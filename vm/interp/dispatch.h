// How one instruction leads to the next: the calling convention of handlers and the two dispatch
// modes. This is the only file that knows which mode is built.
//
// Tail dispatch: a handler ends by tail-calling the next; the machine's state lives in registers
// (instruction pointer, frame pointer, context, memory 0, integer accumulator, float accumulator).
// Loop dispatch, for compilers without musttail or preserve_none (GCC 12 ignores musttail and the
// stack would grow): a handler returns the state and a loop calls the next.
#pragma once

#include <cstdint>

#include "vm/runtime/context.h"

#if !defined(TENON_LOOP_DISPATCH) && defined(__has_cpp_attribute) && defined(__has_attribute)
#if __has_cpp_attribute(clang::musttail) && __has_attribute(preserve_none)
#define TENON_TAIL_DISPATCH 1
#endif
#endif

namespace tenon::vm::interp {

// The float accumulator: an f32 or f64 in lane 0, the rest unspecified.
typedef float FloatAcc __attribute__((vector_size(16)));

#define TENON_STATE_PARAMS                                                                      \
  [[maybe_unused]] const Word *ip, [[maybe_unused]] Slot *fp, [[maybe_unused]] Context *ctx,    \
      [[maybe_unused]] uint8_t *mem, [[maybe_unused]] uint64_t acc, [[maybe_unused]] FloatAcc facc
#define TENON_STATE ip, fp, ctx, mem, acc, facc

// Fast handlers stand in one section, which is how a signal handler recognises a guest's fault.
#define TENON_FAST __attribute__((section("tenon_handlers"), aligned(16)))

#ifdef TENON_TAIL_DISPATCH

#define TENON_HANDLER_ABI __attribute__((preserve_none))
using HandlerResult = void;
using Handler = TENON_HANDLER_ABI void (*)(TENON_STATE_PARAMS);
#define TENON_GOTO(target) [[clang::musttail]] return target(TENON_STATE)
#define TENON_LEAVE() return
// One handler may run several instructions (handlers/fuse.h).
inline constexpr bool kFusesRuns = true;

#else

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
#define TENON_GOTO(target) return target(TENON_STATE)
#define TENON_LEAVE() return HandlerResult{nullptr, fp, ctx, mem, acc, facc}
// The loop notes its place once a handler, so a fault in the second of two would be taken for one in
// the first.
inline constexpr bool kFusesRuns = false;

#endif

// Continues with the instruction at ip.
#ifdef TENON_TAIL_DISPATCH
#define TENON_DISPATCH() [[clang::musttail]] return ip->handler(TENON_STATE)
#else
#define TENON_DISPATCH() return HandlerResult{ip, fp, ctx, mem, acc, facc}
#endif

// Continues `count` words on.
#define TENON_NEXT(count) \
  ip += (count);          \
  TENON_DISPATCH()

}  // namespace tenon::vm::interp
