/* A hundred thousand of everything that is made and deleted: the program's memory stays as it is.
 */
#include <unistd.h>

#include "check.h"

static wasm_trap_t* Nothing(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return NULL;
}

static wasm_trap_t* NothingWithEnv(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(env != NULL);
  return Nothing(args, results);
}

static int made = 0, finalized = 0;
static void Finalize(void* info) {
  (void)info;
  ++finalized;
}

/* In a store that stays. */
static void MakeInStore(wasm_store_t* store, wasm_module_t* module, wasm_instance_t* instance) {
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  wasm_foreign_set_host_info_with_finalizer(foreign, &made, Finalize);
  ++made;
  wasm_val_t arg = WASM_REF_VAL(wasm_foreign_as_ref(foreign)), result = WASM_INIT_VAL;
  wasm_val_vec_t args = {1, &arg}, results = {1, &result};
  CHECK(CallExport(module, instance, "echo", &args, &results) == NULL);
  CHECK(result.of.ref == arg.of.ref);
  wasm_val_delete(&result);
  wasm_foreign_delete(foreign);
  wasm_val_t zero = WASM_I32_VAL(0);
  args.data = &zero;
  CHECK(CallExport(module, instance, "point", &args, &results) == NULL);
  wasm_val_delete(&result);
  wasm_trap_t* trap = CallExport(module, instance, "x", &args, &results);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
}

/* A store with all that is in one. */
static void MakeStore(wasm_engine_t* engine, const wasm_shared_module_t* shared) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_functype_t* type =
      wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
  wasm_func_t* pass = wasm_func_new_with_env(store, type, NothingWithEnv, &made, Finalize);
  ++made;
  wasm_functype_delete(type);
  wasm_module_t* module = wasm_module_obtain(store, shared);
  wasm_extern_t* list[] = {wasm_func_as_extern(pass)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(list);
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  wasm_instance_set_host_info_with_finalizer(instance, &made, Finalize);
  ++made;
  MakeInStore(store, module, instance);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_func_delete(pass);
  wasm_store_delete(store);
}

static size_t ResidentBytes(void) {
  size_t pages = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  CHECK(file != NULL && fscanf(file, "%*u %zu", &pages) == 1);
  fclose(file);
  return pages * (size_t)sysconf(_SC_PAGESIZE);
}

int main(int argc, char** argv) {
  CHECK(argc == 3);
  const int count = atoi(argv[2]);
  Host host = NewHost();
  wasm_functype_t* type =
      wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
  wasm_func_t* pass = wasm_func_new(host.store, type, Nothing);
  wasm_functype_delete(type);
  wasm_module_t* module = LoadGuest(host.store, argv[1], "refs");
  wasm_shared_module_t* shared = wasm_module_share(module);
  wasm_extern_t* list[] = {wasm_func_as_extern(pass)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(list);
  wasm_instance_t* instance = wasm_instance_new(host.store, module, &imports, NULL);
  size_t before = 0;
  for (int i = 0; i < count; ++i) {
    if (i == count / 2) before = ResidentBytes();
    MakeInStore(host.store, module, instance);
    if (i % 10 == 0) MakeStore(host.engine, shared);
  }
  const size_t after = ResidentBytes();
  if (after > before + (4 << 20)) fprintf(stderr, "%zu bytes, then %zu\n", before, after);
  CHECK(count < 100000 || after <= before + (4 << 20)); /* few runs say nothing */
  wasm_shared_module_delete(shared);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_func_delete(pass);
  DeleteHost(&host);
  CHECK(finalized == made);
  return 0;
}
