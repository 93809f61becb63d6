// What every kind of reference has: counting, host info and conversions, which are the base's.
#include "vm/capi/module.h"
#include "vm/capi/refs.h"
#include "vm/capi/trap.h"

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace

namespace {

bool IsExtern(const wasm_ref_t& ref) { return ref.kind <= RefKind::kTag; }

template <RefKind kKind>
bool Is(const wasm_ref_t& ref) {
  return ref.kind == kKind;
}

// A reference as what it is, or null.
template <typename T>
const T* As(const wasm_ref_t* ref, bool (*is_one)(const wasm_ref_t&)) {
  return ref != nullptr && is_one(*ref) ? static_cast<const T*>(ref) : nullptr;
}

}  // namespace

#define DEFINE_REF(name, is_one)                                                                 \
  void wasm_##name##_delete(wasm_##name##_t* ref) { Release(ref); }                              \
  wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t* ref) {                              \
    return Retain(const_cast<wasm_##name##_t*>(ref));                                            \
  }                                                                                              \
  bool wasm_##name##_same(const wasm_##name##_t* a, const wasm_##name##_t* b) { return a == b; } \
  void* wasm_##name##_get_host_info(const wasm_##name##_t* ref) {                                \
    return wasm_ref_get_host_info(ref);                                                          \
  }                                                                                              \
  void wasm_##name##_set_host_info(wasm_##name##_t* ref, void* info) {                           \
    wasm_ref_set_host_info(ref, info);                                                           \
  }                                                                                              \
  void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t* ref, void* info,              \
                                                  void (*finalizer)(void*)) {                    \
    wasm_ref_set_host_info_with_finalizer(ref, info, finalizer);                                 \
  }                                                                                              \
  wasm_ref_t* wasm_##name##_as_ref(wasm_##name##_t* ref) { return ref; }                         \
  const wasm_ref_t* wasm_##name##_as_ref_const(const wasm_##name##_t* ref) { return ref; }       \
  const wasm_##name##_t* wasm_ref_as_##name##_const(const wasm_ref_t* ref) {                     \
    return As<wasm_##name##_t>(ref, is_one);                                                     \
  }                                                                                              \
  wasm_##name##_t* wasm_ref_as_##name(wasm_ref_t* ref) {                                         \
    return const_cast<wasm_##name##_t*>(wasm_ref_as_##name##_const(ref));                        \
  }

DEFINE_REF(extern, IsExtern)
DEFINE_REF(func, Is<RefKind::kFunc>)
DEFINE_REF(global, Is<RefKind::kGlobal>)
DEFINE_REF(table, Is<RefKind::kTable>)
DEFINE_REF(memory, Is<RefKind::kMemory>)
DEFINE_REF(instance, Is<RefKind::kInstance>)
DEFINE_REF(module, Is<RefKind::kModule>)
DEFINE_REF(trap, Is<RefKind::kTrap>)
DEFINE_REF(foreign, Is<RefKind::kForeign>)

#define DEFINE_EXTERN(name, is_one)                                                              \
  wasm_extern_t* wasm_##name##_as_extern(wasm_##name##_t* ref) { return ref; }                   \
  const wasm_extern_t* wasm_##name##_as_extern_const(const wasm_##name##_t* ref) { return ref; } \
  const wasm_##name##_t* wasm_extern_as_##name##_const(const wasm_extern_t* ref) {               \
    return As<wasm_##name##_t>(ref, is_one);                                                     \
  }                                                                                              \
  wasm_##name##_t* wasm_extern_as_##name(wasm_extern_t* ref) {                                   \
    return const_cast<wasm_##name##_t*>(wasm_extern_as_##name##_const(ref));                     \
  }

DEFINE_EXTERN(func, Is<RefKind::kFunc>)
DEFINE_EXTERN(global, Is<RefKind::kGlobal>)
DEFINE_EXTERN(table, Is<RefKind::kTable>)
DEFINE_EXTERN(memory, Is<RefKind::kMemory>)
