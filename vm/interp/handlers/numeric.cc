// Scalar handlers: the steps of numeric_steps.h, and the operations that can trap.
// core: #exec-instr-numeric
#include <array>

#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/numeric_steps.h"
#include "vm/sem/sem.h"

namespace tenon::vm::interp {
namespace {

template <auto F, Form kForm>
TENON_FAST TENON_HANDLER_ABI HandlerResult TrappingUnary(TENON_STATE_PARAMS) {
  using T = typename Traits<F>::template Param<0>;
  const auto result = F(Left<kForm, T>(ip + 1, fp, acc, facc));
  if (!result.has_value()) [[unlikely]] TENON_TRAP(result.error());
  SetResult(fp + ip[1].half(0), *result, &acc, &facc);
  TENON_NEXT(2);
}

template <auto F, Form kForm>
TENON_FAST TENON_HANDLER_ABI HandlerResult TrappingBinary(TENON_STATE_PARAMS) {
  using T = typename Traits<F>::template Param<0>;
  const T left = Left<kForm, T>(ip + 1, fp, acc, facc);
  const auto result = F(left, Right<kForm, T>(ip + 1, fp, acc, facc));
  if (!result.has_value()) [[unlikely]] TENON_TRAP(result.error());
  SetResult(fp + ip[1].half(0), *result, &acc, &facc);
  TENON_NEXT(2);
}

template <auto F, Form kForm>
constexpr Handler PickUnary() {
  if constexpr (kIsOrTrap<typename Traits<F>::Result>) {
    return &TrappingUnary<F, kForm>;
  } else {
    return &Chain<UnaryStep<F, kForm>>;
  }
}

template <auto F, Form kForm>
constexpr Handler PickBinary() {
  if constexpr (kIsOrTrap<typename Traits<F>::Result>) {
    return &TrappingBinary<F, kForm>;
  } else {
    return &Chain<BinaryStep<F, kForm>>;
  }
}

using FormTable = std::array<Handler, kFormCount>;

template <auto F>
constexpr FormTable UnaryForms() {
  return {PickUnary<F, Form::kSS>(), PickUnary<F, Form::kAS>()};
}

template <auto F>
constexpr FormTable BinaryForms() {
  return {PickBinary<F, Form::kSS>(), PickBinary<F, Form::kAS>(), PickBinary<F, Form::kSA>(),
          PickBinary<F, Form::kSK>(), PickBinary<F, Form::kAK>(), PickBinary<F, Form::kKS>(),
          PickBinary<F, Form::kKA>()};
}

template <auto F, bool kSense>
constexpr FormTable CompareBranchForms() {
  FormTable table = {&Chain<CompareBranch<F, Form::kSS, kSense>>, &Chain<CompareBranch<F, Form::kAS, kSense>>,
                     &Chain<CompareBranch<F, Form::kSA, kSense>>};
  if constexpr (!kIsFloat<typename Traits<F>::template Param<0>>) {
    table[static_cast<int>(Form::kSK)] = &Chain<CompareBranch<F, Form::kSK, kSense>>;
    table[static_cast<int>(Form::kAK)] = &Chain<CompareBranch<F, Form::kAK, kSense>>;
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
