// Fixed-width SIMD operations that compute: slots in, slots out. core: #exec-instr-vec
#include <tuple>
#include <utility>

#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/operands.h"
#include "vm/sem/sem.h"
#include "vm/sys/cpu.h"

namespace tenon::vm::interp {
namespace {

// Calls F on the slots half(1).. ; a trailing uint8_t parameter is a lane, in half(3).
template <auto F, int... kIndex>
auto Apply(const Word* operands, const Slot* fp, std::integer_sequence<int, kIndex...>) {
  using Traits = FunctionTraits<decltype(F)>;
  const auto read = [&]<int kI>() {
    using T = typename Traits::template Param<kI>;
    if constexpr (std::is_same_v<T, uint8_t>) {
      return static_cast<uint8_t>(operands->half(3));
    } else {
      return ReadSlot<T>(fp + operands->half(1 + kI));
    }
  };
  return F(read.template operator()<kIndex>()...);
}

template <auto F>
TENON_FAST TENON_HANDLER_ABI HandlerResult Vector(TENON_STATE_PARAMS) {
  constexpr int kArity = FunctionTraits<decltype(F)>::kArity;
  const auto result = Apply<F>(ip + 1, fp, std::make_integer_sequence<int, kArity>());
  SetResult(fp + ip[1].half(0), result, &acc, &facc);
  TENON_NEXT(2);
}

template <auto F>
TENON_WITH_FMA TENON_FAST TENON_HANDLER_ABI HandlerResult FusedVector(TENON_STATE_PARAMS) {
  const auto result = Apply<F>(ip + 1, fp, std::make_integer_sequence<int, 3>());
  SetResult(fp + ip[1].half(0), result, &acc, &facc);
  TENON_NEXT(2);
}

// The lanes follow as two words.
TENON_FAST TENON_HANDLER_ABI HandlerResult Shuffle(TENON_STATE_PARAMS) {
  V128 lanes;
  std::memcpy(&lanes, &ip[2], sizeof lanes);
  const V128 a = ReadSlot<V128>(fp + ip[1].half(1));
  const V128 b = ReadSlot<V128>(fp + ip[1].half(2));
  WriteSlot(fp + ip[1].half(0), sem::I8x16Shuffle(a, b, lanes));
  TENON_NEXT(4);
}

template <Opcode kOp, auto F>
constexpr Handler Pick() {
  if constexpr (kOp == Opcode::I8x16Shuffle) {
    return &Shuffle;
  } else {
    return &Vector<F>;
  }
}

constexpr bool IsMulAdd(Opcode op) {
  return op >= Opcode::F32x4RelaxedMadd && op <= Opcode::F64x2RelaxedNmadd;
}

template <Opcode kOp, auto F, auto kNative>
Handler PickRelaxed(bool deterministic) {
  if (deterministic) return &Vector<F>;
  if constexpr (!IsMulAdd(kOp)) {
    return &Vector<kNative>;
  } else {
    return sys::HasFma() ? &FusedVector<kNative> : &Vector<F>;
  }
}

}  // namespace

Handler VectorHandler(Opcode op, bool deterministic) {
  switch (op) {
#define OP(...)
#define RELAXED(name, ...) \
  case Opcode::name:       \
    return PickRelaxed<Opcode::name, &sem::name, &sem::native::name>(deterministic);
#define NUMERIC(name, ...) \
  case Opcode::name: return Pick<Opcode::name, &sem::name>();
#include "vm/syntax/opcodes_simd.def"
    default: return nullptr;
  }
}

}  // namespace tenon::vm::interp
