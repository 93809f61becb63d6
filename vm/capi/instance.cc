// core: #exec-instantiation
#include "absl/strings/str_cat.h"
#include "vm/capi/module.h"
#include "vm/capi/trap.h"

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace
namespace vm = tenon::vm;

namespace {

tenon::Result<std::vector<vm::Extern>> Imports(const vm::ResolvedModule& module,
                                               const wasm_extern_vec_t* given) {
  std::vector<vm::Extern> imports;
  for (size_t i = 0; i < module.imports.size(); ++i) {
    const bool is_there = given != nullptr && i < given->size && Live(given->data[i]) != nullptr;
    if (!is_there) {
      const vm::Import& import = *module.imports[i].syntax;
      return tenon::Fail(tenon::ErrorKind::kUnlinkable,
                         absl::StrCat("nothing is given for import \"", import.module, "\" \"",
                                      import.name, "\""));
    }
    imports.push_back(given->data[i]->object);
  }
  return imports;
}

tenon::Result<vm::Instance*> Instantiate(wasm_store_t& store, const wasm_module_t& module,
                                         const wasm_extern_vec_t* given) {
  TENON_ASSIGN_OR_RETURN(const std::vector<vm::Extern> imports,
                         Imports(*module.shared.module->resolved, given));
  return vm::Instantiate(*store.vm, module.shared.module, imports);
}

}  // namespace

wasm_instance_t* wasm_instance_new(wasm_store_t* store, const wasm_module_t* module,
                                   const wasm_extern_vec_t* imports, wasm_trap_t** trap_out) {
  if (trap_out != nullptr) *trap_out = nullptr;
  if (store == nullptr || module == nullptr) return nullptr;
  const Call running(store);
  const auto instance = Instantiate(*store, *module, imports);
  if (instance) return store->RefTo(*instance);
  if (store->vm->threw()) store->vm->TrapException();
  wasm_trap_t* trap = instance.error().kind() == tenon::ErrorKind::kTrap
                          ? TakeTrap(*store)
                          : NewTrap(store, instance.error());
  if (trap_out != nullptr) {
    *trap_out = trap;
  } else {
    Release(trap);
  }
  return nullptr;
}

void wasm_instance_exports(const wasm_instance_t* instance, wasm_extern_vec_t* out) {
  if (Live(instance) == nullptr) return wasm_extern_vec_new_empty(out);
  const std::vector<vm::Export>& exports = instance->instance->resolved().module->exports;
  wasm_extern_vec_new_uninitialized(out, exports.size());
  for (size_t i = 0; i < out->size; ++i) {
    out->data[i] = instance->store->RefTo(*instance->instance->Export(exports[i].name));
  }
}
