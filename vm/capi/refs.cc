#include "vm/capi/refs.h"

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace

wasm_ref_t::wasm_ref_t(RefKind kind, wasm_store_t* store, uint64_t address)
    : kind(kind), store(store), address(address) {
  if (store == nullptr) return;
  store->refs.insert(this);
  if (is_of_runtime()) store->of_runtime[{kind, address}] = this;
}

wasm_ref_t::~wasm_ref_t() {
  if (store != nullptr) {
    store->refs.erase(this);
    if (is_of_runtime()) store->of_runtime.erase({kind, address});
  }
  SetHostInfo(nullptr, nullptr);
}

// The finalizer is the embedder's code: it finds the object as it is afterwards.
void wasm_ref_t::SetHostInfo(void* info, void (*finalize)(void*)) {
  void* const old_info = std::exchange(host_info, info);
  void (*const old_finalizer)(void*) = std::exchange(finalizer, finalize);
  if (old_finalizer != nullptr) old_finalizer(old_info);
}

namespace tenon::vm::capi {

GuestObject::GuestObject(wasm_store_t* store, Ref ref)
    : wasm_ref_t(RefKind::kGuestObject, store, ref), root(store->vm->Keep(ref)) {}

void GuestObject::Detach() {
  root = Root();
  wasm_ref_t::Detach();
}

void Release(wasm_ref_t* ref) {
  if (ref == nullptr || --ref->count > 0) return;
  // Who looks at this part of the runtime again finds its info.
  const bool is_kept = ref->store != nullptr && ref->is_of_runtime() &&
                       (ref->host_info != nullptr || ref->finalizer != nullptr);
  if (!is_kept) delete ref;
}

Call::~Call() {
  if (--store_->calls > 0) return;
  store_->ReleaseDead();
  if (store_->delete_when_idle) delete store_;
}

}  // namespace tenon::vm::capi

void wasm_ref_delete(wasm_ref_t* ref) { Release(ref); }
wasm_ref_t* wasm_ref_copy(const wasm_ref_t* ref) { return Retain(const_cast<wasm_ref_t*>(ref)); }
bool wasm_ref_same(const wasm_ref_t* a, const wasm_ref_t* b) { return a == b; }
void* wasm_ref_get_host_info(const wasm_ref_t* ref) {
  return ref != nullptr ? ref->host_info : nullptr;
}
void wasm_ref_set_host_info(wasm_ref_t* ref, void* info) {
  wasm_ref_set_host_info_with_finalizer(ref, info, nullptr);
}
void wasm_ref_set_host_info_with_finalizer(wasm_ref_t* ref, void* info, void (*finalizer)(void*)) {
  if (ref != nullptr) ref->SetHostInfo(info, finalizer);
}
