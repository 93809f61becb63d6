// Scalar operations as steps: one template a shape, for every UNARY, BINARY and COMPARE row and
// every operand form. core: #exec-instr-numeric
#pragma once

#include <tuple>

#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/step.h"

namespace tenon::vm::interp {

template <auto F>
using Traits = FunctionTraits<decltype(F)>;

// Which operand word halves and sources a form means for the two operands.
template <Form kForm, typename T>
inline T Left(const Word* operands, const Slot* fp, uint64_t acc, FloatAcc facc) {
  if constexpr (kForm == Form::kAS || kForm == Form::kAK) {
    return FromAcc<T>(acc, facc);
  } else if constexpr (kForm == Form::kKS || kForm == Form::kKA) {
    return Immediate<T>(operands);
  } else {
    return ReadSlot<T>(fp + operands->half(1));
  }
}

template <Form kForm, typename T>
inline T Right(const Word* operands, const Slot* fp, uint64_t acc, FloatAcc facc) {
  if constexpr (kForm == Form::kSA || kForm == Form::kKA) {
    return FromAcc<T>(acc, facc);
  } else if constexpr (kForm == Form::kSK || kForm == Form::kAK) {
    return Immediate<T>(operands);
  } else if constexpr (kForm == Form::kKS) {
    return ReadSlot<T>(fp + operands->half(1));
  } else {
    return ReadSlot<T>(fp + operands->half(2));
  }
}

constexpr bool HasImmediate(Form form) {
  return form == Form::kSK || form == Form::kAK || form == Form::kKS || form == Form::kKA;
}

// Words an instruction takes: an f64 immediate needs one of its own.
template <Form kForm, typename T>
inline constexpr int kWordsOf = HasImmediate(kForm) && std::is_same_v<T, double> ? 3 : 2;

// `Form kForm` is kSS or kAS.
template <auto F, Form kForm>
struct UnaryStep {
  static constexpr int kWords = 2;
  static void Run(const Word*& ip, Slot* fp, Context*, uint8_t*, uint64_t& acc, FloatAcc& facc) {
    using T = typename Traits<F>::template Param<0>;
    const T operand = Left<kForm, T>(ip + 1, fp, acc, facc);
    SetResult(fp + ip[1].half(0), F(operand), &acc, &facc);
  }
};

template <auto F, Form kForm>
struct BinaryStep {
  using T = typename Traits<F>::template Param<0>;
  static constexpr int kWords = kWordsOf<kForm, T>;
  static void Run(const Word*& ip, Slot* fp, Context*, uint8_t*, uint64_t& acc, FloatAcc& facc) {
    const T left = Left<kForm, T>(ip + 1, fp, acc, facc);
    const T right = Right<kForm, T>(ip + 1, fp, acc, facc);
    SetResult(fp + ip[1].half(0), F(left, right), &acc, &facc);
  }
};

// A fused compare and branch: operands in half(0) and half(1), or a signed 16-bit immediate in
// half(1).
template <auto F, Form kForm, bool kSense>
struct CompareBranch {
  static constexpr int kWords = 2;
  static bool Taken(const Word* ip, const Slot* fp, uint64_t acc, FloatAcc facc) {
    using T = typename Traits<F>::template Param<0>;
    T left, right;
    if constexpr (kForm == Form::kAS || kForm == Form::kAK) {
      left = FromAcc<T>(acc, facc);
    } else {
      left = ReadSlot<T>(fp + ip[1].half(0));
    }
    if constexpr (kForm == Form::kSA) {
      right = FromAcc<T>(acc, facc);
    } else if constexpr (kForm == Form::kSK || kForm == Form::kAK) {
      right = static_cast<T>(static_cast<int16_t>(ip[1].half(1)));
    } else {
      right = ReadSlot<T>(fp + ip[1].half(1));
    }
    return (F(left, right) != 0) == kSense;
  }
};

}  // namespace tenon::vm::interp
