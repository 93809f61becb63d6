// Atomic accesses, wait and notify, of any memory. Slow handlers: they check bounds and alignment
// themselves. half(0) destination, half(1) address, half(2) and half(3) further operands; then the
// memory; then the offset. Specification: proposals/threads of WebAssembly/threads.
#include <atomic>

#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/memory_steps.h"
#include "vm/interp/handlers/operands.h"
#include "vm/runtime/atomic.h"

namespace tenon::vm::interp {
namespace {

constexpr int kWords = 4;

struct Place {
  Memory& memory;
  uint64_t address;  // effective

  template <typename T>
  T* cell() const {
    return reinterpret_cast<T*>(memory.base() + address);
  }
};

uint64_t BaseAddress(const Memory& memory, const Slot* operand) {
  return memory.type().address == AddressType::kI64 ? ReadSlot<uint64_t>(operand)
                                                    : ReadSlot<uint32_t>(operand);
}

// Where an instruction accesses `bytes` bytes.
sem::OrTrap<Place> FindPlace(const Context* ctx, const Word* ip, const Slot* fp, uint32_t bytes) {
  Memory& memory = *ctx->memories[ip[2].word(0)];
  const auto address =
      AtomicAddress(memory, BaseAddress(memory, fp + ip[1].half(1)), ip[3].bits, bytes);
  if (!address) return std::unexpected(address.error());
  return Place{memory, *address};
}

template <typename Value, typename Stored>
TENON_HANDLER_ABI HandlerResult Load(TENON_STATE_PARAMS) {
  const auto place = FindPlace(ctx, ip, fp, sizeof(Stored));
  if (!place) [[unlikely]]
    TENON_TRAP(place.error());
  const Value loaded = __atomic_load_n(place->cell<Stored>(), __ATOMIC_SEQ_CST);
  SetResult(fp + ip[1].half(0), loaded, &acc, &facc);
  TENON_NEXT(kWords);
}

template <typename Value, typename Stored>
TENON_HANDLER_ABI HandlerResult Store(TENON_STATE_PARAMS) {
  const auto place = FindPlace(ctx, ip, fp, sizeof(Stored));
  if (!place) [[unlikely]]
    TENON_TRAP(place.error());
  const auto value = static_cast<Stored>(ReadSlot<Value>(fp + ip[1].half(2)));
  __atomic_store_n(place->cell<Stored>(), value, __ATOMIC_SEQ_CST);
  TENON_NEXT(kWords);
}

enum class Modification : uint8_t { kAdd, kSub, kAnd, kOr, kXor, kXchg };

// Applies the modification and returns the value before.
template <Modification kModification, typename T>
T Modify(T* cell, T operand) {
  using enum Modification;
  if constexpr (kModification == kAdd) return __atomic_fetch_add(cell, operand, __ATOMIC_SEQ_CST);
  if constexpr (kModification == kSub) return __atomic_fetch_sub(cell, operand, __ATOMIC_SEQ_CST);
  if constexpr (kModification == kAnd) return __atomic_fetch_and(cell, operand, __ATOMIC_SEQ_CST);
  if constexpr (kModification == kOr) return __atomic_fetch_or(cell, operand, __ATOMIC_SEQ_CST);
  if constexpr (kModification == kXor) return __atomic_fetch_xor(cell, operand, __ATOMIC_SEQ_CST);
  if constexpr (kModification == kXchg) return __atomic_exchange_n(cell, operand, __ATOMIC_SEQ_CST);
}

template <typename Value, typename Stored, Modification kModification>
TENON_HANDLER_ABI HandlerResult ReadModifyWrite(TENON_STATE_PARAMS) {
  const auto place = FindPlace(ctx, ip, fp, sizeof(Stored));
  if (!place) [[unlikely]]
    TENON_TRAP(place.error());
  const auto operand = static_cast<Stored>(ReadSlot<Value>(fp + ip[1].half(2)));
  const Value before = Modify<kModification>(place->cell<Stored>(), operand);
  SetResult(fp + ip[1].half(0), before, &acc, &facc);
  TENON_NEXT(kWords);
}

template <typename Value, typename Stored>
TENON_HANDLER_ABI HandlerResult CompareExchange(TENON_STATE_PARAMS) {
  const auto place = FindPlace(ctx, ip, fp, sizeof(Stored));
  if (!place) [[unlikely]]
    TENON_TRAP(place.error());
  auto loaded = static_cast<Stored>(ReadSlot<Value>(fp + ip[1].half(2)));
  const auto replacement = static_cast<Stored>(ReadSlot<Value>(fp + ip[1].half(3)));
  __atomic_compare_exchange_n(place->cell<Stored>(), &loaded, replacement, /*weak=*/false,
                              __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  SetResult(fp + ip[1].half(0), Value{loaded}, &acc, &facc);
  TENON_NEXT(kWords);
}

// half(2) the expected value, half(3) the timeout.
template <typename T>
TENON_HANDLER_ABI HandlerResult Wait(TENON_STATE_PARAMS) {
  const Memory& memory = *ctx->memories[ip[2].word(0)];
  const auto result =
      AtomicWait<T>(*ctx->run, memory, BaseAddress(memory, fp + ip[1].half(1)), ip[3].bits,
                    ReadSlot<T>(fp + ip[1].half(2)), ReadSlot<int64_t>(fp + ip[1].half(3)));
  if (!result) [[unlikely]]
    TENON_TRAP(result.error());
  if (MustEnd(*ctx->run)) TENON_LEAVE();
  SetResult(fp + ip[1].half(0), *result, &acc, &facc);
  TENON_NEXT(kWords);
}

// half(2) how many to wake.
TENON_HANDLER_ABI HandlerResult Notify(TENON_STATE_PARAMS) {
  const Memory& memory = *ctx->memories[ip[2].word(0)];
  const auto woken = AtomicNotify(memory, BaseAddress(memory, fp + ip[1].half(1)), ip[3].bits,
                                  ReadSlot<uint32_t>(fp + ip[1].half(2)));
  if (!woken) [[unlikely]]
    TENON_TRAP(woken.error());
  SetResult(fp + ip[1].half(0), *woken, &acc, &facc);
  TENON_NEXT(kWords);
}

TENON_HANDLER_ABI HandlerResult Fence(TENON_STATE_PARAMS) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  TENON_NEXT(kWords);
}

constexpr bool Contains(const char* text, const char* word) {
  for (; *text != '\0'; ++text) {
    int i = 0;
    while (word[i] != '\0' && text[i] == word[i]) ++i;
    if (word[i] == '\0') return true;
  }
  return false;
}

// By a row's text: "i32.atomic.rmw8.add_u".
constexpr Modification ModificationOf(const char* text) {
  using enum Modification;
  if (Contains(text, ".add")) return kAdd;
  if (Contains(text, ".sub")) return kSub;
  if (Contains(text, ".and")) return kAnd;
  if (Contains(text, ".or")) return kOr;
  return Contains(text, ".xor") ? kXor : kXchg;
}

template <char kLetter>
using ValueFor = decltype(ValueOf<kLetter>());
template <int kTraits>
using StoredFor = decltype(IntegerOf<(kTraits >> 8), /*kSigned=*/false>());

}  // namespace

Handler AtomicHandler(Opcode op) {
  switch (op) {
    case Opcode::MemoryAtomicNotify: return &Notify;
    case Opcode::MemoryAtomicWait32: return &Wait<uint32_t>;
    case Opcode::MemoryAtomicWait64: return &Wait<uint64_t>;
    case Opcode::AtomicFence: return &Fence;
#define OP(...)
#define ATOMIC_LOAD(name, text, prefix, code, immediate, signature, traits, feature) \
  case Opcode::name: return &Load<ValueFor<signature[2]>, StoredFor<(traits)>>;
#define ATOMIC_STORE(name, text, prefix, code, immediate, signature, traits, feature) \
  case Opcode::name: return &Store<ValueFor<signature[1]>, StoredFor<(traits)>>;
#define ATOMIC_RMW(name, text, prefix, code, immediate, signature, traits, feature) \
  case Opcode::name:                                                                \
    return &ReadModifyWrite<ValueFor<signature[1]>, StoredFor<(traits)>, ModificationOf(text)>;
#define ATOMIC_CMPXCHG(name, text, prefix, code, immediate, signature, traits, feature) \
  case Opcode::name: return &CompareExchange<ValueFor<signature[1]>, StoredFor<(traits)>>;
#include "vm/syntax/opcodes_atomic.def"
    default: return nullptr;
  }
}

}  // namespace tenon::vm::interp
