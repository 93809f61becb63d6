#include <stdio.h>
#include <wasm.h>

static wasm_trap_t* Hello(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  puts("Hello from C!");
  return NULL;
}

int main(int argc, char** argv) {
  FILE* file = fopen(argc > 1 ? argv[1] : "hello.wasm", "rb");
  wasm_byte_vec_t binary;
  wasm_byte_vec_new_uninitialized(&binary, 1 << 20);
  binary.size = file != NULL ? fread(binary.data, 1, binary.size, file) : 0;

  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = wasm_module_new(store, &binary);
  if (module == NULL) return puts("no valid module"), 1;

  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* hello = wasm_func_new(store, type, Hello);
  wasm_extern_t* list[] = {wasm_func_as_extern(hello)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(list), exports;
  wasm_trap_t* trap;
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, &trap);
  if (instance == NULL) return puts("the module wants something else"), 1;

  wasm_instance_exports(instance, &exports);
  trap = wasm_func_call(wasm_extern_as_func(exports.data[0]), NULL, NULL);
  if (trap != NULL) return puts("it trapped"), 134;

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(hello);
  wasm_functype_delete(type);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  wasm_byte_vec_delete(&binary);
  if (file != NULL) fclose(file);
  return 0;
}
