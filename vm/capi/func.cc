// Functions: calls of guests, and callbacks that guests call. core: #exec-invocation
#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "vm/capi/trap.h"
#include "vm/capi/value.h"

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace
namespace vm = tenon::vm;

namespace {

// Few values need no allocation.
class Values {
 public:
  explicit Values(size_t size) : vals_(size), vec_{size, vals_.data()} {}
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;
  ~Values() {
    for (wasm_val_t& val : vals_) wasm_val_delete(&val);
  }
  wasm_val_t& operator[](size_t i) { return vals_[i]; }
  wasm_val_vec_t* vec() { return &vec_; }

 private:
  absl::InlinedVector<wasm_val_t, 8> vals_;
  wasm_val_vec_t vec_;
};

// The host side of every function made here.
bool CallBack(vm::HostCall& call) {
  const auto& function = *static_cast<wasm_store_t::HostFunction*>(call.data);
  wasm_store_t& store = *function.store;
  const Call running(&store);
  const vm::FuncType& type = call.type;
  Values args(type.params.size());
  for (size_t i = 0; i < type.params.size(); ++i) {
    args[i] = ReadVal(store, type.params[i], &call.slots[i]);
  }
  Values results(type.results.size());
  for (size_t i = 0; i < type.results.size(); ++i) {
    results[i] = DefaultVal(*store.engine, type.results[i]);
  }
  wasm_trap_t* trap = function.plain != nullptr
                          ? function.plain(args.vec(), results.vec())
                          : function.with_env(function.env, args.vec(), results.vec());
  if (trap == nullptr) {
    const auto written = SlotWriter(store).Write(*results.vec(), type.results, call.slots);
    if (written) return true;
    trap = NewTrap(&store, written.error());
  }
  Raise(store, trap);
  return false;
}

wasm_func_t* NewFunc(wasm_store_t* store, const wasm_functype_t* type,
                     const wasm_store_t::HostFunction& function) {
  vm::FuncType func_type;
  if (!ToFuncType(*store->engine, *type, &func_type) || !HasValues(func_type.params) ||
      !HasValues(func_type.results)) {
    return nullptr;
  }
  store->functions.push_back(function);
  const auto func = store->vm->NewHostFunc(func_type, CallBack, &store->functions.back(), "");
  if (func) return store->RefTo(*func);
  store->functions.pop_back();
  return nullptr;
}

size_t SizeOf(const wasm_val_vec_t* vec) {
  return vec != nullptr && vec->data != nullptr ? vec->size : 0;
}

// Why the function can't be called so.
tenon::Status CheckCall(const vm::FuncType& type, const wasm_val_vec_t* args,
                        const wasm_val_vec_t* results) {
  using tenon::ErrorKind;
  if (!HasValues(type.params) || !HasValues(type.results)) {
    return tenon::Fail(ErrorKind::kUsage, "the C API has no v128 values");
  }
  if (SizeOf(args) != type.params.size()) {
    return tenon::Fail(ErrorKind::kUsage,
                       absl::StrCat("the function has ", type.params.size(),
                                    " parameters, and is given ", SizeOf(args), " arguments"));
  }
  if (SizeOf(results) < type.results.size()) {
    return tenon::Fail(ErrorKind::kUsage,
                       absl::StrCat("the function has ", type.results.size(),
                                    " results, and room for ", SizeOf(results), " is given"));
  }
  return {};
}

}  // namespace

wasm_func_t* wasm_func_new(wasm_store_t* store, const wasm_functype_t* type,
                           wasm_func_callback_t callback) {
  if (store == nullptr || type == nullptr || callback == nullptr) return nullptr;
  return NewFunc(store, type, {store, callback, nullptr, nullptr, nullptr});
}

wasm_func_t* wasm_func_new_with_env(wasm_store_t* store, const wasm_functype_t* type,
                                    wasm_func_callback_with_env_t callback, void* env,
                                    void (*finalizer)(void*)) {
  if (store == nullptr || type == nullptr || callback == nullptr) return nullptr;
  return NewFunc(store, type, {store, nullptr, callback, env, finalizer});
}

wasm_functype_t* wasm_func_type(const wasm_func_t* func) {
  return Live(func) != nullptr ? NewFuncType(*func->store->engine, *func->func().type) : nullptr;
}
size_t wasm_func_param_arity(const wasm_func_t* func) {
  return Live(func) != nullptr ? func->func().type->params.size() : 0;
}
size_t wasm_func_result_arity(const wasm_func_t* func) {
  return Live(func) != nullptr ? func->func().type->results.size() : 0;
}

wasm_trap_t* wasm_func_call(const wasm_func_t* func, const wasm_val_vec_t* args,
                            wasm_val_vec_t* results) {
  if (Live(func) == nullptr) return new wasm_trap_t(nullptr, "there is no function to call");
  wasm_store_t& store = *func->store;
  const vm::FuncType& type = *func->func().type;
  if (const auto good = CheckCall(type, args, results); !good) {
    return NewTrap(&store, good.error());
  }
  const Call running(&store);
  absl::InlinedVector<vm::Slot, 8> slots(std::max(type.params.size(), type.results.size()) + 1);
  SlotWriter writer(store);
  if (!type.params.empty()) {
    const auto written = writer.Write(*args, type.params, slots.data());
    if (!written) return NewTrap(&store, written.error());
  }
  if (!store.vm->InvokeOrTrap(func->func(), slots.data())) return TakeTrap(store);
  for (size_t i = 0; i < type.results.size(); ++i) {
    results->data[i] = ReadVal(store, type.results[i], &slots[i]);
  }
  return nullptr;
}
