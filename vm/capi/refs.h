// What the handles of the C API are (vm/include/wasm.h): a handle IS the object as the API sees it,
// counted. Copying counts up and deleting down; two handles are of one object exactly when they are
// the same pointer. A store lists its objects: what belongs to its runtime (functions, memories,
// instances, guests' objects) has one here, found by its address and made when first asked for.
// Deleting the store detaches what is left: `store` becomes null, and functions then refuse it.
#pragma once

#include <wasm.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "vm/capi/types.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/runtime/store.h"

namespace tenon::vm::capi {

enum class RefKind : uint8_t {
  kFunc,
  kGlobal,
  kTable,
  kMemory,
  kTag,  // in the order of wasm_externkind_t
  kInstance,
  kModule,
  kTrap,
  kForeign,
  kGuestObject,  // what a guest has handed out as an external reference: a struct, an i31, ...
};

// What an object of the runtime is known by: its address, a guest's object by its reference.
using Identity = std::pair<RefKind, uint64_t>;

}  // namespace tenon::vm::capi

struct wasm_ref_t {
  // Counted once, for whoever makes it. `store` may be null.
  wasm_ref_t(tenon::vm::capi::RefKind kind, wasm_store_t* store, uint64_t address = 0);
  wasm_ref_t(const wasm_ref_t&) = delete;
  wasm_ref_t& operator=(const wasm_ref_t&) = delete;
  virtual ~wasm_ref_t();

  // Whether it stands for something that goes on without handles.
  bool is_of_runtime() const { return address != 0; }
  void SetHostInfo(void* info, void (*finalizer)(void*));
  // The store is going.
  virtual void Detach() { store = nullptr; }

  const tenon::vm::capi::RefKind kind;
  wasm_store_t* store;
  const uint64_t address;
  uint64_t count = 1;                            // handles, and one if it is in the store's heap
  tenon::vm::Ref in_heap = tenon::vm::kNullRef;  // the host value there that stands for it
  void* host_info = nullptr;
  void (*finalizer)(void*) = nullptr;
};

struct wasm_extern_t : wasm_ref_t {
  wasm_extern_t(wasm_store_t* store, tenon::vm::capi::Identity identity,
                const tenon::vm::Extern& object)
      : wasm_ref_t(identity.first, store, identity.second), object(object) {}
  const tenon::vm::Extern object;
};
struct wasm_func_t final : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
  const tenon::vm::Func& func() const { return *std::get<const tenon::vm::Func*>(object); }
};
struct wasm_global_t final : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
  const tenon::vm::GlobalRef& global() const { return std::get<tenon::vm::GlobalRef>(object); }
};
struct wasm_table_t final : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
  tenon::vm::TableInstance& table() const { return *std::get<tenon::vm::TableInstance*>(object); }
};
struct wasm_memory_t final : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
  tenon::vm::Memory& memory() const { return *std::get<tenon::vm::Memory*>(object); }
};

struct wasm_instance_t final : wasm_ref_t {
  wasm_instance_t(wasm_store_t* store, tenon::vm::Instance* instance)
      : wasm_ref_t(tenon::vm::capi::RefKind::kInstance, store,
                   reinterpret_cast<uintptr_t>(instance)),
        instance(instance) {}
  tenon::vm::Instance* const instance;
};

struct wasm_foreign_t final : wasm_ref_t {
  explicit wasm_foreign_t(wasm_store_t* store)
      : wasm_ref_t(tenon::vm::capi::RefKind::kForeign, store) {}
};

namespace tenon::vm::capi {

struct GuestObject final : wasm_ref_t {
  GuestObject(wasm_store_t* store, Ref ref);
  void Detach() override;
  Root root;
};

}  // namespace tenon::vm::capi

struct wasm_store_t {
  explicit wasm_store_t(std::shared_ptr<tenon::vm::capi::SharedEngine> engine);
  ~wasm_store_t();

  // The object that stands for something of the runtime's, counted up.
  wasm_extern_t* RefTo(const tenon::vm::Extern& object);
  wasm_func_t* RefTo(const tenon::vm::Func* func);
  wasm_instance_t* RefTo(tenon::vm::Instance* instance);
  // What a reference other than a function's refers to; null for a null reference.
  wasm_ref_t* RefTo(tenon::vm::Ref ref);
  // The reference by which guests hold any object, null when the heap has no room for one. It is
  // not rooted.
  tenon::vm::Ref ToGuest(wasm_ref_t* ref);

  // Objects that only the heap held and a collection has found out of reach.
  void ReleaseDead();

  const std::shared_ptr<tenon::vm::capi::SharedEngine> engine;
  std::unique_ptr<tenon::vm::Store> vm;
  uint32_t calls = 0;  // into guests or the host that have not returned
  bool delete_when_idle = false;
  wasm_trap_t* raised = nullptr;  // what a callback has returned, on its way through guest frames

  // A host function's other half.
  struct HostFunction {
    wasm_store_t* store;
    wasm_func_callback_t plain;
    wasm_func_callback_with_env_t with_env;
    void* env;
    void (*finalizer)(void*);
  };
  std::deque<HostFunction> functions;
  absl::flat_hash_set<wasm_ref_t*> refs;  // all that are attached
  absl::flat_hash_map<tenon::vm::capi::Identity, wasm_ref_t*> of_runtime;
  std::vector<wasm_ref_t*> dead;
};

namespace tenon::vm::capi {

// Counting. A null is passed over.
template <typename T>
T* Retain(T* ref) {
  if (ref != nullptr) ++ref->count;
  return ref;
}
void Release(wasm_ref_t* ref);

// While one of these is there, guests or callbacks run, and the store stays.
class Call {
 public:
  explicit Call(wasm_store_t* store) : store_(store) { ++store->calls; }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call();

 private:
  wasm_store_t* store_;
};

// The object if it is there and its store still is; else null.
template <typename T>
T* Live(T* ref) {
  return ref != nullptr && ref->store != nullptr ? ref : nullptr;
}

}  // namespace tenon::vm::capi
