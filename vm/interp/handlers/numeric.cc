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
  if (!result.has_value()) [[unlikely]]
    TENON_TRAP(result.error());
  SetResult(fp + ip[1].half(0), *result, &acc, &facc);
  TENON_NEXT(2);
}

template <auto F, Form kForm>
TENON_FAST TENON_HANDLER_ABI HandlerResult TrappingBinary(TENON_STATE_PARAMS) {
  using T = typename Traits<F>::template Param<0>;
  const T left = Left<kForm, T>(ip + 1, fp, acc, facc);
  const auto result = F(left, Right<kForm, T>(ip + 1, fp, acc, facc));
  if (!result.has_value()) [[unlikely]]
    TENON_TRAP(result.error());
  SetResult(fp + ip[1].half(0), *result, &acc, &facc);
  TENON_NEXT(2);
}

// half(0) the first of two destinations; operands in half(1) to half(3), a fourth in the next word.
template <auto F>
TENON_FAST TENON_HANDLER_ABI HandlerResult WideResult(TENON_STATE_PARAMS) {
  constexpr bool kIsSum = Traits<F>::kArity == 4;
  const auto operand = [&](int i) {
    return ReadSlot<uint64_t>(fp + (i < 3 ? ip[1].half(1 + i) : ip[2].half(0)));
  };
  sem::Wide result;
  if constexpr (kIsSum) {
    result = F(operand(0), operand(1), operand(2), operand(3));
  } else {
    result = F(operand(0), operand(1));
  }
  WriteSlot(fp + ip[1].half(0), result.low);
  SetResult(fp + ip[1].half(0) + 1, result.high, &acc, &facc);
  TENON_NEXT(kIsSum ? 3 : 2);
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

template <auto F>
constexpr FormTable kUnaryForms = {PickUnary<F, Form::kSS>(), PickUnary<F, Form::kAS>()};

template <auto F>
constexpr FormTable kBinaryForms = {PickBinary<F, Form::kSS>(), PickBinary<F, Form::kAS>(),
                                    PickBinary<F, Form::kSA>(), PickBinary<F, Form::kSK>(),
                                    PickBinary<F, Form::kAK>(), PickBinary<F, Form::kKS>(),
                                    PickBinary<F, Form::kKA>()};

template <auto F, bool kSense>
constexpr FormTable MakeBranchForms() {
  FormTable table = {&Chain<CompareBranch<F, Form::kSS, kSense>>,
                     &Chain<CompareBranch<F, Form::kAS, kSense>>,
                     &Chain<CompareBranch<F, Form::kSA, kSense>>};
  if constexpr (!kIsFloat<typename Traits<F>::template Param<0>>) {
    table[static_cast<int>(Form::kSK)] = &Chain<CompareBranch<F, Form::kSK, kSense>>;
    table[static_cast<int>(Form::kAK)] = &Chain<CompareBranch<F, Form::kAK, kSense>>;
  }
  return table;
}

template <auto F, bool kSense>
constexpr FormTable kCompareForms = MakeBranchForms<F, kSense>();

}  // namespace

#define NO_FORMS(...) nullptr,

constexpr const FormTable* kScalarForms[kOpcodeCount] = {
#define OP NO_FORMS
#define UNARY(name, ...) &kUnaryForms<&sem::name>,
#define BINARY(name, ...) &kBinaryForms<&sem::name>,
#define COMPARE BINARY
#include "vm/syntax/opcodes_core.def"
};

constexpr const FormTable* kBranchForms[2][kOpcodeCount] = {{
#define OP NO_FORMS
#define COMPARE(name, ...) &kCompareForms<&sem::name, false>,
#include "vm/syntax/opcodes_core.def"
                                                            },
                                                            {
#define OP NO_FORMS
#define COMPARE(name, ...) &kCompareForms<&sem::name, true>,
#include "vm/syntax/opcodes_core.def"
                                                            }};

#undef NO_FORMS

Handler WideHandler(Opcode op) {
  switch (op) {
#define OP(...)
#define WIDE(name, ...) \
  case Opcode::name: return &WideResult<&sem::name>;
#include "vm/syntax/opcodes_core.def"
    default: return nullptr;
  }
}

}  // namespace tenon::vm::interp
