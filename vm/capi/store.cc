// Engines and stores.
#include "vm/capi/refs.h"
#include "vm/capi/trap.h"

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace
namespace vm = tenon::vm;

struct wasm_config_t {};  // there is nothing to set yet

namespace {

// What the embedder makes is its own affair: only memory is bounded as for other guests.
vm::StoreLimits Limits() {
  vm::StoreLimits limits;
  limits.memories = limits.tables = limits.instances = 10'000'000;
  return limits;
}

RefKind KindOf(const vm::Extern& object) {
  switch (static_cast<vm::ExternKind>(object.index())) {
    case vm::ExternKind::kFunc: return RefKind::kFunc;
    case vm::ExternKind::kTable: return RefKind::kTable;
    case vm::ExternKind::kMemory: return RefKind::kMemory;
    case vm::ExternKind::kGlobal: return RefKind::kGlobal;
    case vm::ExternKind::kTag: break;
  }
  return RefKind::kTag;
}

struct AddressOf {
  uint64_t operator()(const void* object) const { return reinterpret_cast<uintptr_t>(object); }
  uint64_t operator()(const vm::GlobalRef& global) const { return (*this)(global.cell); }
};

template <typename T>
T* Find(const wasm_store_t& store, Identity identity) {
  const auto found = store.of_runtime.find(identity);
  return found != store.of_runtime.end() ? Retain(static_cast<T*>(found->second)) : nullptr;
}

// Called while the heap is being collected: what is dead waits.
void OnHostValueDropped(void* store, uint64_t value) {
  auto* ref = reinterpret_cast<wasm_ref_t*>(value);
  ref->in_heap = vm::kNullRef;
  static_cast<wasm_store_t*>(store)->dead.push_back(ref);
}

}  // namespace

wasm_store_t::wasm_store_t(std::shared_ptr<SharedEngine> shared)
    : engine(std::move(shared)), vm(std::make_unique<vm::Store>(&engine->engine, Limits())) {
  vm->OnHostValueDropped(::OnHostValueDropped, this);
}

// Finalizers are the embedder's code and may delete handles of this store, so all are detached
// before the first one runs.
wasm_store_t::~wasm_store_t() {
  Release(raised);
  std::vector<wasm_ref_t*> left(refs.begin(), refs.end());
  for (wasm_ref_t* ref : left) Retain(ref)->Detach();
  refs.clear();
  of_runtime.clear();
  vm.reset();
  for (wasm_ref_t* ref : left) ref->SetHostInfo(nullptr, nullptr);
  for (const HostFunction& function : functions) {
    if (function.finalizer != nullptr) function.finalizer(function.env);
  }
  for (wasm_ref_t* ref : left) Release(ref);
  ReleaseDead();
}

wasm_extern_t* wasm_store_t::RefTo(const vm::Extern& object) {
  const Identity identity{KindOf(object), std::visit(AddressOf(), object)};
  if (auto* found = Find<wasm_extern_t>(*this, identity)) return found;
  switch (identity.first) {
    case RefKind::kFunc: return new wasm_func_t(this, identity, object);
    case RefKind::kGlobal: return new wasm_global_t(this, identity, object);
    case RefKind::kTable: return new wasm_table_t(this, identity, object);
    case RefKind::kMemory: return new wasm_memory_t(this, identity, object);
    default: return new wasm_extern_t(this, identity, object);
  }
}

wasm_func_t* wasm_store_t::RefTo(const vm::Func* func) {
  return func != nullptr ? static_cast<wasm_func_t*>(RefTo(vm::Extern(func))) : nullptr;
}

wasm_instance_t* wasm_store_t::RefTo(vm::Instance* instance) {
  auto* found =
      Find<wasm_instance_t>(*this, {RefKind::kInstance, reinterpret_cast<uintptr_t>(instance)});
  return found != nullptr ? found : new wasm_instance_t(this, instance);
}

wasm_ref_t* wasm_store_t::RefTo(vm::Ref ref) {
  if (ref == vm::kNullRef) return nullptr;
  if (const auto value = vm->HostValueOf(ref)) {
    return Retain(reinterpret_cast<wasm_ref_t*>(*value));
  }
  auto* found = Find<wasm_ref_t>(*this, {RefKind::kGuestObject, ref});
  return found != nullptr ? found : new GuestObject(this, ref);
}

vm::Ref wasm_store_t::ToGuest(wasm_ref_t* ref) {
  if (ref == nullptr) return vm::kNullRef;
  if (ref->kind == RefKind::kGuestObject) return static_cast<GuestObject*>(ref)->root.get();
  if (ref->in_heap == vm::kNullRef) {
    ref->in_heap = vm->NewExternRef(reinterpret_cast<uintptr_t>(ref));
    if (ref->in_heap != vm::kNullRef) Retain(ref);
    if (calls == 0) ReleaseDead();
  }
  return ref->in_heap;
}

void wasm_store_t::ReleaseDead() {
  while (!dead.empty()) {
    wasm_ref_t* ref = dead.back();
    dead.pop_back();
    Release(ref);
  }
}

wasm_config_t* wasm_config_new() { return new wasm_config_t(); }
void wasm_config_delete(wasm_config_t* config) { delete config; }

wasm_engine_t* wasm_engine_new() { return new wasm_engine_t{std::make_shared<SharedEngine>()}; }
wasm_engine_t* wasm_engine_new_with_config(wasm_config_t* config) {
  delete config;
  return wasm_engine_new();
}
void wasm_engine_delete(wasm_engine_t* engine) { delete engine; }

wasm_store_t* wasm_store_new(wasm_engine_t* engine) {
  return engine != nullptr ? new wasm_store_t(engine->shared) : nullptr;
}
void wasm_store_delete(wasm_store_t* store) {
  if (store == nullptr) return;
  if (store->calls > 0) {
    store->delete_when_idle = true;
  } else {
    delete store;
  }
}
