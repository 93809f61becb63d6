// Load and store handlers: the steps of memory_steps.h, the accesses to any other memory and the
// lane accesses. core: #exec-instr-memory
#include "vm/runtime/memory.h"
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/memory_steps.h"

namespace tenon::vm::interp {
namespace {

// Where `bytes` at the address in `slot` plus `offset` stand in any memory: its base plus both if
// it is guarded, else null where they are not within it.
template <AccessMode kMode>
[[gnu::always_inline]] inline uint8_t* Locate(const Memory& memory, const Slot* slot,
                                              uint32_t offset, [[maybe_unused]] uint32_t bytes) {
  using AddressT = std::conditional_t<kMode == AccessMode::kChecked64, uint64_t, uint32_t>;
  const AddressT address = ReadSlot<AddressT>(slot);
  if constexpr (kMode != AccessMode::kGuarded) {
    if (!IsWithin(address, offset, bytes, memory.size_bytes())) return nullptr;
  }
  return memory.base() + address + offset;
}

// Leaves the handler when a checked access is out of bounds: a macro, since only what stands in a
// handler can.
#define TENON_CHECK_LOCATED(at)                                          \
  if constexpr (kMode != AccessMode::kGuarded) {                         \
    if ((at) == nullptr) TENON_TRAP(TrapKind::kOutOfBoundsMemoryAccess); \
  }

// Any memory but the first: the index follows.
template <typename A, AccessMode kMode>
TENON_FAST TENON_HANDLER_ABI HandlerResult LoadFar(TENON_STATE_PARAMS) {
  using Stored = typename A::Stored;
  const uint8_t* at = Locate<kMode>(*ctx->memories[ip[2].word(0)], fp + ip[1].half(1),
                                    ip[1].word(1), sizeof(Stored));
  TENON_CHECK_LOCATED(at)
  TENON_HOLD_STATE();
  const auto stored = ReadMemory<Stored>(at);
  TENON_HOLD_STATE();
  SetResult(fp + ip[1].half(0), A::FromMemory(stored), &acc, &facc);
  TENON_NEXT(3);
}

template <typename A, AccessMode kMode>
TENON_FAST TENON_HANDLER_ABI HandlerResult StoreFar(TENON_STATE_PARAMS) {
  uint8_t* at = Locate<kMode>(*ctx->memories[ip[2].word(0)], fp + ip[1].half(0), ip[1].word(1),
                              sizeof(typename A::Stored));
  TENON_CHECK_LOCATED(at)
  TENON_HOLD_STATE();
  WriteMemory(at, A::ToMemory(ReadSlot<typename A::Value>(fp + ip[1].half(1))));
  TENON_HOLD_STATE();
  TENON_NEXT(3);
}

// half(0) destination, half(1) address, half(2) vector, half(3) lane; then memory and offset.
template <typename T, AccessMode kMode>
TENON_FAST TENON_HANDLER_ABI HandlerResult LoadLane(TENON_STATE_PARAMS) {
  const uint8_t* at =
      Locate<kMode>(*ctx->memories[ip[2].word(0)], fp + ip[1].half(1), ip[2].word(1), sizeof(T));
  TENON_CHECK_LOCATED(at)
  TENON_HOLD_STATE();
  const T lane = ReadMemory<T>(at);
  TENON_HOLD_STATE();
  V128 value = ReadSlot<V128>(fp + ip[1].half(2));
  value.SetLane<T>(static_cast<int>(ip[1].half(3)), lane);
  WriteSlot(fp + ip[1].half(0), value);
  TENON_NEXT(3);
}

template <typename T, AccessMode kMode>
TENON_FAST TENON_HANDLER_ABI HandlerResult StoreLane(TENON_STATE_PARAMS) {
  uint8_t* at =
      Locate<kMode>(*ctx->memories[ip[2].word(0)], fp + ip[1].half(1), ip[2].word(1), sizeof(T));
  TENON_CHECK_LOCATED(at)
  const V128 value = ReadSlot<V128>(fp + ip[1].half(2));
  TENON_HOLD_STATE();
  WriteMemory(at, value.Lane<T>(static_cast<int>(ip[1].half(3))));
  TENON_HOLD_STATE();
  TENON_NEXT(3);
}
#undef TENON_CHECK_LOCATED

template <typename A, AccessMode kMode>
constexpr FormTable MakeLoadForms() {
  FormTable forms = {};
  forms[static_cast<int>(Form::kSS)] = &Chain<LoadOf<A, Form::kSS, kMode>>;
  forms[static_cast<int>(Form::kAS)] = &Chain<LoadOf<A, Form::kAS, kMode>>;
  forms[static_cast<int>(Form::kKS)] = &Chain<LoadOf<A, Form::kKS, kMode>>;
  return forms;
}

template <typename A, AccessMode kMode>
constexpr FormTable MakeStoreForms() {
  FormTable forms = {};
  forms[static_cast<int>(Form::kSS)] = &Chain<StoreOf<A, Form::kSS, kMode>>;
  forms[static_cast<int>(Form::kAS)] = &Chain<StoreOf<A, Form::kAS, kMode>>;
  if constexpr (!std::is_same_v<typename A::Value, V128>) {
    forms[static_cast<int>(Form::kSA)] = &Chain<StoreOf<A, Form::kSA, kMode>>;
  }
  if constexpr (kIsFloat<typename A::Value>) {
    forms[static_cast<int>(Form::kKA)] = &Chain<StoreOf<A, Form::kKA, kMode>>;
  } else if constexpr (!std::is_same_v<typename A::Value, V128>) {
    forms[static_cast<int>(Form::kSK)] = &Chain<StoreOf<A, Form::kSK, kMode>>;
    forms[static_cast<int>(Form::kAK)] = &Chain<StoreOf<A, Form::kAK, kMode>>;
  }
  return forms;
}

template <Opcode kOp, AccessMode kMode>
constexpr FormTable kLoadForms = MakeLoadForms<typename LoadAccess<kOp>::Type, kMode>();
template <Opcode kOp, AccessMode kMode>
constexpr FormTable kStoreForms = MakeStoreForms<typename StoreAccess<kOp>::Type, kMode>();

template <AccessMode kMode>
constexpr const FormTable* kForms[kOpcodeCount] = {
#define OP(...) nullptr,
#define LOAD(name, ...) &kLoadForms<Opcode::name, kMode>,
#define STORE(name, ...) &kStoreForms<Opcode::name, kMode>,
#include "vm/syntax/opcodes_core.def"
#define OP(...) nullptr,
#define LOAD(name, ...) &kLoadForms<Opcode::name, kMode>,
#define STORE(name, ...) &kStoreForms<Opcode::name, kMode>,
#include "vm/syntax/opcodes_simd.def"
};

template <AccessMode kMode>
Handler FarHandler(Opcode op) {
  switch (op) {
#define LOAD(name, ...) \
  case Opcode::name: return &LoadFar<LoadAccess<Opcode::name>::Type, kMode>;
#define STORE(name, ...) \
  case Opcode::name: return &StoreFar<StoreAccess<Opcode::name>::Type, kMode>;
#define OP(...)
#include "vm/syntax/opcodes_core.def"
#define LOAD(name, ...) \
  case Opcode::name: return &LoadFar<LoadAccess<Opcode::name>::Type, kMode>;
#define STORE(name, ...) \
  case Opcode::name: return &StoreFar<StoreAccess<Opcode::name>::Type, kMode>;
#define OP(...)
#include "vm/syntax/opcodes_simd.def"
    default: return nullptr;
  }
}

template <AccessMode kMode>
Handler LaneHandler(Opcode op) {
  switch (op) {
    case Opcode::V128Load8Lane: return &LoadLane<uint8_t, kMode>;
    case Opcode::V128Load16Lane: return &LoadLane<uint16_t, kMode>;
    case Opcode::V128Load32Lane: return &LoadLane<uint32_t, kMode>;
    case Opcode::V128Load64Lane: return &LoadLane<uint64_t, kMode>;
    case Opcode::V128Store8Lane: return &StoreLane<uint8_t, kMode>;
    case Opcode::V128Store16Lane: return &StoreLane<uint16_t, kMode>;
    case Opcode::V128Store32Lane: return &StoreLane<uint32_t, kMode>;
    case Opcode::V128Store64Lane: return &StoreLane<uint64_t, kMode>;
    default: return nullptr;
  }
}

}  // namespace

const FormTable* const* const kMemoryForms[kAccessModeCount] = {
    kForms<AccessMode::kGuarded>, kForms<AccessMode::kChecked32>, kForms<AccessMode::kChecked64>};

Handler FarMemoryHandler(Opcode op, AccessMode mode) {
  switch (mode) {
    case AccessMode::kGuarded: return FarHandler<AccessMode::kGuarded>(op);
    case AccessMode::kChecked32: return FarHandler<AccessMode::kChecked32>(op);
    case AccessMode::kChecked64: return FarHandler<AccessMode::kChecked64>(op);
  }
  return nullptr;
}

Handler LaneMemoryHandler(Opcode op, AccessMode mode) {
  switch (mode) {
    case AccessMode::kGuarded: return LaneHandler<AccessMode::kGuarded>(op);
    case AccessMode::kChecked32: return LaneHandler<AccessMode::kChecked32>(op);
    case AccessMode::kChecked64: return LaneHandler<AccessMode::kChecked64>(op);
  }
  return nullptr;
}

}  // namespace tenon::vm::interp
