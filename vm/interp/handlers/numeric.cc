// Scalar operations: one template a shape, instantiated for every UNARY, BINARY and COMPARE row and
// every operand form. core: #exec-instr-numeric
#include <array>
#include <tuple>

#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/sem/sem.h"

namespace tenon::vm::interp {
namespace {

template <auto F>
using Traits = FunctionTraits<decltype(F)>;

// Which operand word halves and sources a form means for the two operands.
template <Form kForm, typename T>
T Left(const Word* operands, const Slot* fp, uint64_t acc, FloatAcc facc) {
  if constexpr (kForm == Form::kAS || kForm == Form::kAK) {
    return FromAcc<T>(acc, facc);
  } else if constexpr (kForm == Form::kKS || kForm == Form::kKA) {
    return Immediate<T>(operands);
  } else {
    return ReadSlot<T>(fp + operands->half(1));
  }
}

template <Form kForm, typename T>
T Right(const Word* operands, const Slot* fp, uint64_t acc, FloatAcc facc) {
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
inline constexpr int kWords = HasImmediate(kForm) && std::is_same_v<T, double> ? 3 : 2;

template <auto F, Form kForm>
TENON_FAST TENON_HANDLER_ABI HandlerResult Unary(TENON_STATE_PARAMS) {
  using T = typename Traits<F>::template Param<0>;
  const T operand = Left<kForm, T>(ip + 1, fp, acc, facc);
  const auto result = F(operand);
  if constexpr (kIsOrTrap<typename Traits<F>::Result>) {
    if (!result.has_value()) [[unlikely]] TENON_TRAP(result.error());
    SetResult(fp + ip[1].half(0), *result, &acc, &facc);
  } else {
    SetResult(fp + ip[1].half(0), result, &acc, &facc);
  }
  TENON_NEXT(2);
}

template <auto F, Form kForm>
TENON_FAST TENON_HANDLER_ABI HandlerResult Binary(TENON_STATE_PARAMS) {
  using T = typename Traits<F>::template Param<0>;
  const T left = Left<kForm, T>(ip + 1, fp, acc, facc);
  const T right = Right<kForm, T>(ip + 1, fp, acc, facc);
  const auto result = F(left, right);
  if constexpr (kIsOrTrap<typename Traits<F>::Result>) {
    if (!result.has_value()) [[unlikely]] TENON_TRAP(result.error());
    SetResult(fp + ip[1].half(0), *result, &acc, &facc);
  } else {
    SetResult(fp + ip[1].half(0), result, &acc, &facc);
  }
  constexpr int kSize = kWords<kForm, T>;
  TENON_NEXT(kSize);
}

// The operands of a fused compare and branch: half(0) and half(1), or a signed 16-bit immediate in
// half(1).
template <auto F, Form kForm, bool kSense>
TENON_FAST TENON_HANDLER_ABI HandlerResult CompareBranch(TENON_STATE_PARAMS) {
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
  if ((F(left, right) != 0) == kSense) {
    ip += ip[1].distance();
    TENON_DISPATCH();
  }
  TENON_NEXT(2);
}

using FormTable = std::array<Handler, kFormCount>;

template <auto F>
constexpr FormTable UnaryForms() {
  return {&Unary<F, Form::kSS>, &Unary<F, Form::kAS>};
}

template <auto F>
constexpr FormTable BinaryForms() {
  return {&Binary<F, Form::kSS>, &Binary<F, Form::kAS>, &Binary<F, Form::kSA>,
          &Binary<F, Form::kSK>, &Binary<F, Form::kAK>, &Binary<F, Form::kKS>,
          &Binary<F, Form::kKA>};
}

template <auto F, bool kSense>
constexpr FormTable CompareBranchForms() {
  FormTable table = {&CompareBranch<F, Form::kSS, kSense>, &CompareBranch<F, Form::kAS, kSense>,
                     &CompareBranch<F, Form::kSA, kSense>};
  if constexpr (!kIsFloat<typename Traits<F>::template Param<0>>) {
    table[static_cast<int>(Form::kSK)] = &CompareBranch<F, Form::kSK, kSense>;
    table[static_cast<int>(Form::kAK)] = &CompareBranch<F, Form::kAK, kSense>;
  }
  return table;
}

}  // namespace

Handler UnaryHandler(Opcode op, Form form) {
  switch (op) {
#define OP(...)
#define UNARY(name, ...)                                   \
  case Opcode::name: {                                     \
    static constexpr FormTable kForms = UnaryForms<&sem::name>(); \
    return kForms[static_cast<int>(form)];                 \
  }
#include "vm/syntax/opcodes_core.def"
    default: return nullptr;
  }
}

Handler BinaryHandler(Opcode op, Form form) {
  switch (op) {
#define OP(...)
#define BINARY(name, ...)                                   \
  case Opcode::name: {                                      \
    static constexpr FormTable kForms = BinaryForms<&sem::name>(); \
    return kForms[static_cast<int>(form)];                  \
  }
#define COMPARE BINARY
#include "vm/syntax/opcodes_core.def"
    default: return nullptr;
  }
}

Handler CompareBranchHandler(Opcode op, Form form, bool sense) {
  switch (op) {
#define OP(...)
#define COMPARE(name, ...)                                                        \
  case Opcode::name: {                                                            \
    static constexpr FormTable kTrue = CompareBranchForms<&sem::name, true>();    \
    static constexpr FormTable kFalse = CompareBranchForms<&sem::name, false>();  \
    return (sense ? kTrue : kFalse)[static_cast<int>(form)];                      \
  }
#include "vm/syntax/opcodes_core.def"
    default: return nullptr;
  }
}

}  // namespace tenon::vm::interp
