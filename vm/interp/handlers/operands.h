// How handlers read operands and write results. A result goes to its slot and stays in the
// accumulator of its class (write-through), so the next instruction can take it from there and
// everything else may ignore registers.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "vm/interp/word.h"
#include "vm/runtime/slot.h"
#include "vm/sem/trap.h"

namespace tenon::vm::interp {

template <typename T>
inline constexpr bool kIsFloat = std::is_same_v<T, float> || std::is_same_v<T, double>;

typedef double DoubleLanes __attribute__((vector_size(16)));

// The accumulator of T's class as a T.
template <typename T>
inline T FromAcc(uint64_t acc, FloatAcc facc) {
  if constexpr (std::is_same_v<T, float>) {
    return facc[0];
  } else if constexpr (std::is_same_v<T, double>) {
    return ((DoubleLanes)facc)[0];
  } else {
    return static_cast<T>(acc);
  }
}

// Writes `value` through to `slot` and the accumulator of its class. A v128 goes to its slots only.
template <typename T>
inline void SetResult(Slot* slot, T value, uint64_t* acc, FloatAcc* facc) {
  WriteSlot(slot, value);
  if constexpr (std::is_same_v<T, float>) {
    FloatAcc lanes;
    lanes[0] = value;
    *facc = lanes;
  } else if constexpr (std::is_same_v<T, double>) {
    DoubleLanes lanes;
    lanes[0] = value;
    *facc = (FloatAcc)lanes;
  } else if constexpr (sizeof(T) <= 8) {
    *acc = value;
  }
}

// The 32-bit immediate of an operand word as a T: zero-extended bits for i32 and f32, sign-extended
// for i64. An f64 stands in a word of its own.
template <typename T>
inline T Immediate(const Word* operands) {
  if constexpr (std::is_same_v<T, double>) {
    return operands[1].f64;
  } else if constexpr (std::is_same_v<T, float>) {
    float value;
    std::memcpy(&value, &operands->words[1], sizeof value);
    return value;
  } else if constexpr (sizeof(T) == 8) {
    return static_cast<T>(static_cast<int64_t>(operands->distance()));
  } else {
    return static_cast<T>(operands->word(1));
  }
}

// Result and parameter types of a function of vm::sem.
template <typename F>
struct FunctionTraits;
template <typename R, typename... P>
struct FunctionTraits<R (*)(P...)> {
  using Result = R;
  static constexpr int kArity = sizeof...(P);
  template <int I>
  using Param = std::tuple_element_t<I, std::tuple<P...>>;
};
template <typename R, typename... P>
struct FunctionTraits<R (*)(P...) noexcept> : FunctionTraits<R (*)(P...)> {};

template <typename T>
inline constexpr bool kIsOrTrap = false;
template <typename T>
inline constexpr bool kIsOrTrap<sem::OrTrap<T>> = true;

// Opens the definition of an instruction of code.def. A fast handler may access guest memory, and
// does not call out of the handlers' section but to end; everything else is slow.
#define FAST_HANDLER(name) TENON_FAST TENON_HANDLER_ABI HandlerResult name(TENON_STATE_PARAMS)
#define SLOW_HANDLER(name) TENON_HANDLER_ABI HandlerResult name(TENON_STATE_PARAMS)

// Leaves guest code with a trap at this instruction; the accumulator carries the kind.
TENON_HANDLER_ABI HandlerResult RaiseTrap(TENON_STATE_PARAMS);
// Likewise for a null table element, whose index is in the accumulator: the message names it.
TENON_HANDLER_ABI HandlerResult RaiseUninitializedElement(TENON_STATE_PARAMS);

// Goes on where the store's exception is caught; leaves guest code if nowhere, or if there is a
// trap instead. It was thrown by the instruction at ip when acc is 0; else acc is the link of the
// frame that threw, which is gone already.
TENON_HANDLER_ABI HandlerResult Unwind(TENON_STATE_PARAMS);

#define TENON_TRAP(kind)               \
  do {                                 \
    acc = static_cast<uint64_t>(kind); \
    TENON_GOTO(RaiseTrap);             \
  } while (false)

// Ends a handler whose work may be long.
#define TENON_NEXT_UNLESS_ENDED(count)   \
  if (MustEnd(*ctx->run)) TENON_LEAVE(); \
  TENON_NEXT(count)

}  // namespace tenon::vm::interp
