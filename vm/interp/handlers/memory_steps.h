// Loads and stores of memory 0 as steps; its base stands in a register. Those of a guarded memory
// (vm/runtime/bounds.h) are unchecked: when one faults, the signal handler takes the machine's
// state from where the dispatch mode has it, so an access is volatile and the state is held in its
// place around it; in a fused run, the sanitizers' code would otherwise move it. Those of any other
// memory are checked against its size, and never fault. core: #exec-instr-memory
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

// The address a load or store finds in its form: in slot half(kHalf) or the accumulator; 0 where it
// is folded into the offset. AddressT is uint32_t or uint64_t.
template <typename AddressT, Form kForm, int kHalf>
[[gnu::always_inline]] inline AddressT LoadAddress(const Word* operands, const Slot* fp,
                                                   uint64_t acc) {
  if constexpr (kForm == Form::kSS) {
    return ReadSlot<AddressT>(fp + operands->half(kHalf));
  } else if constexpr (kForm == Form::kKS) {
    return 0;
  } else {
    return static_cast<AddressT>(acc);
  }
}

template <typename AddressT, Form kForm>
[[gnu::always_inline]] inline AddressT StoreAddress(const Word* operands, const Slot* fp,
                                                    uint64_t acc) {
  constexpr bool kInSlot = kForm == Form::kSS || kForm == Form::kSA || kForm == Form::kSK;
  return LoadAddress<AddressT, kInSlot ? Form::kSS : Form::kAS, 0>(operands, fp, acc);
}

// kSA: the value comes from its accumulator. kAS: the address does. kKA: both do (float values).
// kSK, kAK: half(1) is a signed immediate.
template <typename Value, Form kForm>
[[gnu::always_inline]] inline Value StoredValue(const Word* operands, const Slot* fp, uint64_t acc,
                                                FloatAcc facc) {
  if constexpr (kForm == Form::kSA || kForm == Form::kKA) {
    return FromAcc<Value>(acc, facc);
  } else if constexpr (kForm == Form::kSK || kForm == Form::kAK) {
    return static_cast<Value>(static_cast<int16_t>(operands->half(1)));
  } else {
    return ReadSlot<Value>(fp + operands->half(1));
  }
}

// half(0) destination, half(1) address, word(1) offset.
template <typename A, Form kForm>
struct LoadStep {
  static constexpr int kWords = 2;
  [[gnu::always_inline]] static void Run(const Word*& ip, Slot*& fp, Context*& ctx, uint8_t* mem,
                                         uint64_t& acc, FloatAcc& facc) {
    TENON_HOLD_STATE();
    const uint64_t address =
        uint64_t{LoadAddress<uint32_t, kForm, 1>(ip + 1, fp, acc)} + ip[1].word(1);
    const auto stored = ReadMemory<typename A::Stored>(mem + address);
    TENON_HOLD_STATE();
    SetResult(fp + ip[1].half(0), A::FromMemory(stored), &acc, &facc);
  }
};

// half(0) address, half(1) value, word(1) offset.
template <typename A, Form kForm>
struct StoreStep {
  static constexpr int kWords = 2;
  [[gnu::always_inline]] static void Run(const Word*& ip, Slot*& fp, Context*& ctx, uint8_t* mem,
                                         uint64_t& acc, FloatAcc& facc) {
    TENON_HOLD_STATE();
    const uint64_t base = StoreAddress<uint32_t, kForm>(ip + 1, fp, acc);
    const auto value = StoredValue<typename A::Value, kForm>(ip + 1, fp, acc, facc);
    WriteMemory(mem + base + ip[1].word(1), A::ToMemory(value));
    TENON_HOLD_STATE();
  }
};

// Whether `bytes` at address + offset lie within a memory of that size; the sum may not wrap
// around.
template <typename AddressT>
[[gnu::always_inline]] inline bool IsWithin(AddressT address, uint32_t offset, uint32_t bytes,
                                            uint64_t size) {
  uint64_t end;
  return !__builtin_add_overflow(uint64_t{address}, uint64_t{offset} + bytes, &end) && end <= size;
}

[[gnu::always_inline]] inline uint64_t Memory0Size(const Context* ctx) {
  return ctx->memory0_size->load(std::memory_order_acquire);
}

// The same instructions for a memory that is not guarded.
template <typename A, Form kForm, typename AddressT>
struct CheckedLoadStep {
  static constexpr int kWords = 2;
  static constexpr TrapKind kTrap = TrapKind::kOutOfBoundsMemoryAccess;
  [[gnu::always_inline]] static bool Run(const Word*& ip, Slot*& fp, Context*& ctx, uint8_t* mem,
                                         uint64_t& acc, FloatAcc& facc) {
    using Stored = typename A::Stored;
    const AddressT address = LoadAddress<AddressT, kForm, 1>(ip + 1, fp, acc);
    const uint32_t offset = ip[1].word(1);
    if (!IsWithin(address, offset, sizeof(Stored), Memory0Size(ctx))) [[unlikely]]
      return false;
    const auto stored = ReadMemory<Stored>(mem + address + offset);
    SetResult(fp + ip[1].half(0), A::FromMemory(stored), &acc, &facc);
    return true;
  }
};

template <typename A, Form kForm, typename AddressT>
struct CheckedStoreStep {
  static constexpr int kWords = 2;
  static constexpr TrapKind kTrap = TrapKind::kOutOfBoundsMemoryAccess;
  [[gnu::always_inline]] static bool Run(const Word*& ip, Slot*& fp, Context*& ctx, uint8_t* mem,
                                         uint64_t& acc, FloatAcc& facc) {
    using Stored = typename A::Stored;
    const AddressT address = StoreAddress<AddressT, kForm>(ip + 1, fp, acc);
    const uint32_t offset = ip[1].word(1);
    if (!IsWithin(address, offset, sizeof(Stored), Memory0Size(ctx))) [[unlikely]]
      return false;
    const auto value = StoredValue<typename A::Value, kForm>(ip + 1, fp, acc, facc);
    WriteMemory(mem + address + offset, A::ToMemory(value));
    return true;
  }
};

// The step of an access A by its kind of memory.
template <typename A, Form kForm, AccessMode kMode>
using LoadOf = std::conditional_t<
    kMode == AccessMode::kGuarded, LoadStep<A, kForm>,
    CheckedLoadStep<A, kForm,
                    std::conditional_t<kMode == AccessMode::kChecked64, uint64_t, uint32_t>>>;
template <typename A, Form kForm, AccessMode kMode>
using StoreOf = std::conditional_t<
    kMode == AccessMode::kGuarded, StoreStep<A, kForm>,
    CheckedStoreStep<A, kForm,
                     std::conditional_t<kMode == AccessMode::kChecked64, uint64_t, uint32_t>>>;

// The access of a load row. The v128 rows with a conversion have a function in vm::sem.
template <Opcode kOp>
struct LoadAccess;
#define OP(...)
#define LOAD(name, text, prefix, code, immediate, signature, traits, feature)   \
  template <>                                                                   \
  struct LoadAccess<Opcode::name> {                                             \
    using Type = Accessed<signature[2], ((traits) >> 8), EndsWith(text, "_s")>; \
  };
#include "vm/syntax/opcodes_core.def"
template <>
struct LoadAccess<Opcode::V128Load> {
  using Type = Accessed<'v', 16, false>;
};
#define TENON_CONVERTING(name)           \
  template <>                            \
  struct LoadAccess<Opcode::name> {      \
    using Type = Converting<&sem::name>; \
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
#define STORE(name, text, prefix, code, immediate, signature, traits, feature) \
  template <>                                                                  \
  struct StoreAccess<Opcode::name> {                                           \
    using Type = Accessed<signature[1], ((traits) >> 8), false>;               \
  };
#include "vm/syntax/opcodes_core.def"
#define OP(...)
#define STORE(name, text, prefix, code, immediate, signature, traits, feature) \
  template <>                                                                  \
  struct StoreAccess<Opcode::name> {                                           \
    using Type = Accessed<signature[1], ((traits) >> 8), false>;               \
  };
#include "vm/syntax/opcodes_simd.def"

}  // namespace tenon::vm::interp
