// Load and store handlers: the steps of memory_steps.h, the accesses to any other memory and the
// lane accesses. core: #exec-instr-memory
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/memory_steps.h"
#include "vm/runtime/memory.h"

namespace tenon::vm::interp {
namespace {

// Any memory but the first: the index follows.
template <typename A>
TENON_FAST TENON_HANDLER_ABI HandlerResult LoadFar(TENON_STATE_PARAMS) {
  const uint8_t* base = ctx->memories[ip[2].word(0)]->base();
  const uint64_t address = uint64_t{ReadSlot<uint32_t>(fp + ip[1].half(1))} + ip[1].word(1);
  TENON_HOLD_STATE();
  const auto stored = ReadMemory<typename A::Stored>(base + address);
  TENON_HOLD_STATE();
  SetResult(fp + ip[1].half(0), A::FromMemory(stored), &acc, &facc);
  TENON_NEXT(3);
}

template <typename A>
TENON_FAST TENON_HANDLER_ABI HandlerResult StoreFar(TENON_STATE_PARAMS) {
  uint8_t* base = ctx->memories[ip[2].word(0)]->base();
  const uint64_t address = uint64_t{ReadSlot<uint32_t>(fp + ip[1].half(0))} + ip[1].word(1);
  TENON_HOLD_STATE();
  WriteMemory(base + address,
              A::ToMemory(ReadSlot<typename A::Value>(fp + ip[1].half(1))));
  TENON_HOLD_STATE();
  TENON_NEXT(3);
}

// half(0) destination, half(1) address, half(2) vector, half(3) lane; then memory and offset.
template <typename T>
TENON_FAST TENON_HANDLER_ABI HandlerResult LoadLane(TENON_STATE_PARAMS) {
  const uint8_t* base = ctx->memories[ip[2].word(0)]->base();
  const uint64_t address = uint64_t{ReadSlot<uint32_t>(fp + ip[1].half(1))} + ip[2].word(1);
  TENON_HOLD_STATE();
  const T lane = ReadMemory<T>(base + address);
  TENON_HOLD_STATE();
  V128 value = ReadSlot<V128>(fp + ip[1].half(2));
  value.SetLane<T>(static_cast<int>(ip[1].half(3)), lane);
  WriteSlot(fp + ip[1].half(0), value);
  TENON_NEXT(3);
}

template <typename T>
TENON_FAST TENON_HANDLER_ABI HandlerResult StoreLane(TENON_STATE_PARAMS) {
  uint8_t* base = ctx->memories[ip[2].word(0)]->base();
  const uint64_t address = uint64_t{ReadSlot<uint32_t>(fp + ip[1].half(1))} + ip[2].word(1);
  const V128 value = ReadSlot<V128>(fp + ip[1].half(2));
  TENON_HOLD_STATE();
  WriteMemory(base + address, value.Lane<T>(static_cast<int>(ip[1].half(3))));
  TENON_HOLD_STATE();
  TENON_NEXT(3);
}

template <typename A>
constexpr FormTable MakeLoadForms() {
  FormTable forms = {};
  forms[static_cast<int>(Form::kSS)] = &Chain<LoadStep<A, Form::kSS>>;
  forms[static_cast<int>(Form::kAS)] = &Chain<LoadStep<A, Form::kAS>>;
  forms[static_cast<int>(Form::kKS)] = &Chain<LoadStep<A, Form::kKS>>;
  return forms;
}

template <typename A>
constexpr FormTable MakeStoreForms() {
  FormTable forms = {};
  forms[static_cast<int>(Form::kSS)] = &Chain<StoreStep<A, Form::kSS>>;
  forms[static_cast<int>(Form::kAS)] = &Chain<StoreStep<A, Form::kAS>>;
  if constexpr (!std::is_same_v<typename A::Value, V128>) {
    forms[static_cast<int>(Form::kSA)] = &Chain<StoreStep<A, Form::kSA>>;
  }
  if constexpr (kIsFloat<typename A::Value>) {
    forms[static_cast<int>(Form::kKA)] = &Chain<StoreStep<A, Form::kKA>>;
  } else if constexpr (!std::is_same_v<typename A::Value, V128>) {
    forms[static_cast<int>(Form::kSK)] = &Chain<StoreStep<A, Form::kSK>>;
    forms[static_cast<int>(Form::kAK)] = &Chain<StoreStep<A, Form::kAK>>;
  }
  return forms;
}

template <Opcode kOp>
constexpr FormTable kLoadForms = MakeLoadForms<typename LoadAccess<kOp>::Type>();
template <Opcode kOp>
constexpr FormTable kStoreForms = MakeStoreForms<typename StoreAccess<kOp>::Type>();

}  // namespace

constexpr const FormTable* kMemoryForms[kOpcodeCount] = {
#define OP(...) nullptr,
#define LOAD(name, ...) &kLoadForms<Opcode::name>,
#define STORE(name, ...) &kStoreForms<Opcode::name>,
#include "vm/syntax/opcodes_core.def"
#define OP(...) nullptr,
#define LOAD(name, ...) &kLoadForms<Opcode::name>,
#define STORE(name, ...) &kStoreForms<Opcode::name>,
#include "vm/syntax/opcodes_simd.def"
};

Handler LoadFarHandler(Opcode op) {
  switch (op) {
#define OP(...)
#define LOAD(name, ...) \
  case Opcode::name: return &LoadFar<LoadAccess<Opcode::name>::Type>;
#include "vm/syntax/opcodes_core.def"
#define OP(...)
#define LOAD(name, ...) \
  case Opcode::name: return &LoadFar<LoadAccess<Opcode::name>::Type>;
#include "vm/syntax/opcodes_simd.def"
    default: return nullptr;
  }
}

Handler StoreFarHandler(Opcode op) {
  switch (op) {
#define OP(...)
#define STORE(name, ...) \
  case Opcode::name: return &StoreFar<StoreAccess<Opcode::name>::Type>;
#include "vm/syntax/opcodes_core.def"
#define OP(...)
#define STORE(name, ...) \
  case Opcode::name: return &StoreFar<StoreAccess<Opcode::name>::Type>;
#include "vm/syntax/opcodes_simd.def"
    default: return nullptr;
  }
}

Handler LaneMemoryHandler(Opcode op) {
  switch (op) {
    case Opcode::V128Load8Lane: return &LoadLane<uint8_t>;
    case Opcode::V128Load16Lane: return &LoadLane<uint16_t>;
    case Opcode::V128Load32Lane: return &LoadLane<uint32_t>;
    case Opcode::V128Load64Lane: return &LoadLane<uint64_t>;
    case Opcode::V128Store8Lane: return &StoreLane<uint8_t>;
    case Opcode::V128Store16Lane: return &StoreLane<uint16_t>;
    case Opcode::V128Store32Lane: return &StoreLane<uint32_t>;
    case Opcode::V128Store64Lane: return &StoreLane<uint64_t>;
    default: return nullptr;
  }
}

}  // namespace tenon::vm::interp
