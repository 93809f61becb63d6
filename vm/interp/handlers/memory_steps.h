// Loads and stores of memory 0 as steps. They are unchecked: the base stands in a register and what
// lies beyond the memory's bytes faults (see vm/runtime/memory.h). core: #exec-instr-memory
//
// When an access faults, the signal handler takes the machine's state from where the dispatch mode
// has it. So an access is volatile and the state is held in its place around it; in a fused run,
// the sanitizers' code would otherwise move it.
#pragma once

#include <tuple>

#include "absl/strings/string_view.h"
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/step.h"
#include "vm/runtime/memory.h"
#include "vm/sem/sem.h"

namespace tenon::vm::interp {

// What a row's text and access width say about the types: "i64.load32_s" reads an int32_t and gives
// a uint64_t.
constexpr bool EndsWith(absl::string_view text, absl::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

template <int kBytes, bool kSigned>
auto IntegerOf() {
  if constexpr (kBytes == 1) {
    return std::conditional_t<kSigned, int8_t, uint8_t>();
  } else if constexpr (kBytes == 2) {
    return std::conditional_t<kSigned, int16_t, uint16_t>();
  } else if constexpr (kBytes == 4) {
    return std::conditional_t<kSigned, int32_t, uint32_t>();
  } else {
    return std::conditional_t<kSigned, int64_t, uint64_t>();
  }
}

template <char kLetter>
auto ValueOf() {
  if constexpr (kLetter == 'i') return uint32_t();
  if constexpr (kLetter == 'l') return uint64_t();
  if constexpr (kLetter == 'f') return float();
  if constexpr (kLetter == 'd') return double();
  if constexpr (kLetter == 'v') return V128();
}

// One access row: the value's type, the type in memory and the conversions between them.
template <char kLetter, int kBytes, bool kSigned>
struct Accessed {
  using Value = decltype(ValueOf<kLetter>());
  using Stored = std::conditional_t<kLetter == 'f' || kLetter == 'd' || kLetter == 'v', Value,
                                    decltype(IntegerOf<kBytes, kSigned>())>;
  static Value FromMemory(Stored stored) { return static_cast<Value>(stored); }
  static Stored ToMemory(Value value) { return static_cast<Stored>(value); }
};

// v128 loads that widen, splat or zero-fill: vm::sem has the conversion.
template <auto F>
struct Converting {
  using Value = V128;
  using Stored = typename FunctionTraits<decltype(F)>::template Param<0>;
  static V128 FromMemory(Stored stored) { return F(stored); }
};

template <Form kForm>
inline uint64_t Address(const Word* operands, int half, const Slot* fp, uint64_t acc) {
  if constexpr (kForm == Form::kSS || kForm == Form::kSA) {
    return ReadSlot<uint32_t>(fp + operands->half(half));
  } else if constexpr (kForm == Form::kKS) {
    return 0;
  } else {
    return static_cast<uint32_t>(acc);
  }
}

// half(0) destination, half(1) address, word(1) offset.
template <typename A, Form kForm>
struct LoadStep {
  static constexpr int kWords = 2;
  [[gnu::always_inline]] static void Run(const Word*& ip, Slot*& fp, Context*& ctx, uint8_t* mem,
                                         uint64_t& acc, FloatAcc& facc) {
    TENON_HOLD_STATE();
    const uint64_t address = Address<kForm>(ip + 1, 1, fp, acc) + ip[1].word(1);
    const auto stored = ReadMemory<typename A::Stored>(mem + address);
    TENON_HOLD_STATE();
    SetResult(fp + ip[1].half(0), A::FromMemory(stored), &acc, &facc);
  }
};

// half(0) address, half(1) value, word(1) offset. kSA: the value comes from its accumulator. kAS:
// the address does. kKA: both do (float values). kSK, kAK: half(1) is a signed immediate.
template <typename A, Form kForm>
struct StoreStep {
  static constexpr int kWords = 2;
  [[gnu::always_inline]] static void Run(const Word*& ip, Slot*& fp, Context*& ctx, uint8_t* mem,
                                         uint64_t& acc, FloatAcc& facc) {
    using Value = typename A::Value;
    constexpr bool kAddressInSlot =
        kForm == Form::kSS || kForm == Form::kSA || kForm == Form::kSK;
    TENON_HOLD_STATE();
    const uint64_t base =
        kAddressInSlot ? ReadSlot<uint32_t>(fp + ip[1].half(0)) : static_cast<uint32_t>(acc);
    Value value;
    if constexpr (kForm == Form::kSA || kForm == Form::kKA) {
      value = FromAcc<Value>(acc, facc);
    } else if constexpr (kForm == Form::kSK || kForm == Form::kAK) {
      value = static_cast<Value>(static_cast<int16_t>(ip[1].half(1)));
    } else {
      value = ReadSlot<Value>(fp + ip[1].half(1));
    }
    WriteMemory(mem + base + ip[1].word(1), A::ToMemory(value));
    TENON_HOLD_STATE();
  }
};

// The access of a load row. The v128 rows with a conversion have a function in vm::sem.
template <Opcode kOp>
struct LoadAccess;
#define OP(...)
#define LOAD(name, text, prefix, code, immediate, signature, traits, feature)           \
  template <>                                                                           \
  struct LoadAccess<Opcode::name> {                                                     \
    using Type = Accessed<signature[2], ((traits) >> 8), EndsWith(text, "_s")>;           \
  };
#include "vm/syntax/opcodes_core.def"
template <>
struct LoadAccess<Opcode::V128Load> {
  using Type = Accessed<'v', 16, false>;
};
#define TENON_CONVERTING(name)                  \
  template <>                                   \
  struct LoadAccess<Opcode::name> {             \
    using Type = Converting<&sem::name>;        \
  };
TENON_CONVERTING(V128Load8x8S)
TENON_CONVERTING(V128Load8x8U)
TENON_CONVERTING(V128Load16x4S)
TENON_CONVERTING(V128Load16x4U)
TENON_CONVERTING(V128Load32x2S)
TENON_CONVERTING(V128Load32x2U)
TENON_CONVERTING(V128Load8Splat)
TENON_CONVERTING(V128Load16Splat)
TENON_CONVERTING(V128Load32Splat)
TENON_CONVERTING(V128Load64Splat)
TENON_CONVERTING(V128Load32Zero)
TENON_CONVERTING(V128Load64Zero)
#undef TENON_CONVERTING

template <Opcode kOp>
struct StoreAccess;
#define OP(...)
#define STORE(name, text, prefix, code, immediate, signature, traits, feature)  \
  template <>                                                                   \
  struct StoreAccess<Opcode::name> {                                            \
    using Type = Accessed<signature[1], ((traits) >> 8), false>;                  \
  };
#include "vm/syntax/opcodes_core.def"
#define OP(...)
#define STORE(name, text, prefix, code, immediate, signature, traits, feature)  \
  template <>                                                                   \
  struct StoreAccess<Opcode::name> {                                            \
    using Type = Accessed<signature[1], ((traits) >> 8), false>;                  \
  };
#include "vm/syntax/opcodes_simd.def"

}  // namespace tenon::vm::interp
