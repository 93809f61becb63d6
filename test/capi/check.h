/* What the C API's tests have in common: a check that ends the test.
 * Plain C11: it is compiled with every C compiler there is. */
#ifndef TEST_CAPI_CHECK_H
#define TEST_CAPI_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasm.h>

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

/* An engine and a store, which most tests need. */
typedef struct {
  wasm_engine_t* engine;
  wasm_store_t* store;
} Host;

static inline Host NewHost(void) {
  Host host;
  host.engine = wasm_engine_new();
  host.store = wasm_store_new(host.engine);
  CHECK(host.store != NULL);
  return host;
}

static inline void DeleteHost(Host* host) {
  wasm_store_delete(host->store);
  wasm_engine_delete(host->engine);
}

/* The bytes of GUESTS/capi-NAME.wasm. */
static inline void ReadGuest(const char* guests, const char* name, wasm_byte_vec_t* out) {
  char path[1024];
  snprintf(path, sizeof path, "%s/capi-%s.wasm", guests, name);
  FILE* file = fopen(path, "rb");
  CHECK(file != NULL);
  wasm_byte_vec_new_uninitialized(out, 100000);
  out->size = fread(out->data, 1, out->size, file);
  fclose(file);
}

static inline wasm_module_t* LoadGuest(wasm_store_t* store, const char* guests, const char* name) {
  wasm_byte_vec_t bytes;
  ReadGuest(guests, name, &bytes);
  wasm_module_t* module = wasm_module_new(store, &bytes);
  wasm_byte_vec_delete(&bytes);
  CHECK(module != NULL);
  return module;
}

/* The export of that name, for the caller to delete. */
static inline wasm_extern_t* Export(const wasm_module_t* module, const wasm_instance_t* instance,
                                    const char* name) {
  wasm_exporttype_vec_t types;
  wasm_extern_vec_t exports;
  wasm_module_exports(module, &types);
  wasm_instance_exports(instance, &exports);
  CHECK(types.size == exports.size);
  wasm_extern_t* found = NULL;
  for (size_t i = 0; i < types.size; ++i) {
    const wasm_name_t* its = wasm_exporttype_name(types.data[i]);
    if (its->size == strlen(name) && memcmp(its->data, name, its->size) == 0) {
      found = wasm_extern_copy(exports.data[i]);
    }
  }
  wasm_exporttype_vec_delete(&types);
  wasm_extern_vec_delete(&exports);
  CHECK(found != NULL);
  return found;
}

static inline wasm_trap_t* CallExport(const wasm_module_t* module, const wasm_instance_t* instance,
                                      const char* name, const wasm_val_vec_t* args,
                                      wasm_val_vec_t* results) {
  wasm_extern_t* found = Export(module, instance, name);
  wasm_trap_t* trap = wasm_func_call(wasm_extern_as_func(found), args, results);
  wasm_extern_delete(found);
  return trap;
}

/* Whether that is the trap's message; deletes the trap. */
static inline bool EndsWith(wasm_trap_t* trap, const char* message) {
  if (trap == NULL) return false;
  wasm_message_t found;
  wasm_trap_message(trap, &found);
  CHECK(found.size > 0 && found.data[found.size - 1] == '\0');
  const bool same = strcmp(found.data, message) == 0;
  if (!same) fprintf(stderr, "the message is: %s\n", found.data);
  wasm_byte_vec_delete(&found);
  wasm_trap_delete(trap);
  return same;
}

#endif
