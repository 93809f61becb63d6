// vm/sem for compiled code: this file becomes bitcode when Tenon is built, and what of it a module
// needs is linked into that module's IR and inlined. Each operation is found by a constant that
// points to it, tenon_sem_<Name> or, where processors differ, tenon_native_<Name>; what can trap is
// lowered by hand and has none. A v128 is a vector of sixteen bytes.
#include <bit>
#include <type_traits>

#include "vm/sem/sem.h"

namespace tenon::vm {
namespace {

using Bytes = sem::Vec<uint8_t>;

template <typename T>
using Machine = std::conditional_t<std::is_same_v<T, V128>, Bytes, T>;

template <typename To, typename From>
[[gnu::always_inline]] inline To Cast(From from) {
  if constexpr (std::is_same_v<To, From>) {
    return from;
  } else {
    return std::bit_cast<To>(from);
  }
}

}  // namespace

template <auto F>
struct Semantics;
template <typename R, typename... P, R (*F)(P...)>
struct Semantics<F> {
  [[gnu::always_inline]] static inline Machine<R> Call(Machine<P>... operands) {
    return Cast<Machine<R>>(F(Cast<P>(operands)...));
  }
  static constexpr auto kPointer = &Call;
};
template <typename R, typename... P, sem::OrTrap<R> (*F)(P...)>
struct Semantics<F> {
  static constexpr void* kPointer = nullptr;
};

}  // namespace tenon::vm

#define SEMANTICS(name)                        \
  extern "C" constexpr auto tenon_sem_##name = \
      tenon::vm::Semantics<&tenon::vm::sem::name>::kPointer;
#define NATIVE(name)                              \
  extern "C" constexpr auto tenon_native_##name = \
      tenon::vm::Semantics<&tenon::vm::sem::native::name>::kPointer;

#define OP(...)
#define LOAD(...)
#define STORE(...)
#define UNARY(name, ...) SEMANTICS(name)
#define BINARY(name, ...) SEMANTICS(name)
#define COMPARE(name, ...) SEMANTICS(name)
#define WIDE(name, ...) SEMANTICS(name)
#include "vm/syntax/opcodes_core.def"

#define OP(...)
#define LOAD(...)
#define STORE(...)
#define NUMERIC(name, ...) SEMANTICS(name)
#define RELAXED(name, ...) SEMANTICS(name) NATIVE(name)
#include "vm/syntax/opcodes_simd.def"
