/* Modules and instances: what is refused, start functions, serializing, sharing between threads. */
#include <pthread.h>

#include "check.h"

static void TestValidate(const char* guests) {
  Host host = NewHost();
  wasm_byte_vec_t bytes, none = WASM_EMPTY_VEC;
  ReadGuest(guests, "start", &bytes);
  CHECK(wasm_module_validate(host.store, &bytes));
  --bytes.size;
  CHECK(!wasm_module_validate(host.store, &bytes));
  CHECK(wasm_module_new(host.store, &bytes) == NULL);
  CHECK(wasm_module_new(host.store, &none) == NULL);
  CHECK(wasm_module_new(host.store, NULL) == NULL && wasm_module_new(NULL, &bytes) == NULL);
  wasm_byte_vec_delete(&bytes);
  DeleteHost(&host);
}

static void TestStart(const char* guests) {
  Host host = NewHost();
  wasm_module_t* module = LoadGuest(host.store, guests, "start");
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(host.store, module, NULL, NULL) == NULL);
  CHECK(wasm_instance_new(host.store, module, NULL, &trap) == NULL);
  wasm_frame_t* origin = wasm_trap_origin(trap);
  CHECK(wasm_frame_func_index(origin) == 0 && wasm_frame_instance(origin) != NULL);
  wasm_frame_delete(origin);
  CHECK(EndsWith(trap, "unreachable"));
  wasm_module_delete(module);
  DeleteHost(&host);
}

static void TestMissingImports(const char* guests) {
  Host host = NewHost();
  wasm_module_t* module = LoadGuest(host.store, guests, "refs");
  wasm_extern_t* null[] = {NULL};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(null);
  wasm_trap_t* trap;
  CHECK(wasm_instance_new(host.store, module, NULL, &trap) == NULL);
  CHECK(EndsWith(trap, "nothing is given for import \"env\" \"pass\""));
  CHECK(wasm_instance_new(host.store, module, &imports, &trap) == NULL);
  CHECK(EndsWith(trap, "nothing is given for import \"env\" \"pass\""));
  wasm_module_delete(module);
  DeleteHost(&host);
}

static void TestSerialize(const char* guests) {
  Host host = NewHost();
  wasm_module_t* module = LoadGuest(host.store, guests, "objects");
  wasm_byte_vec_t serialized;
  wasm_module_serialize(module, &serialized);
  wasm_module_delete(module);
  Host other = NewHost();
  module = wasm_module_deserialize(other.store, &serialized);
  CHECK(module != NULL);
  wasm_exporttype_vec_t exports;
  wasm_module_exports(module, &exports);
  CHECK(exports.size == 11);
  wasm_exporttype_vec_delete(&exports);
  for (size_t size = 0; size < serialized.size; ++size) {
    wasm_byte_vec_t part = {size, serialized.data};
    CHECK(wasm_module_deserialize(other.store, &part) == NULL);
  }
  ++serialized.data[7]; /* another version's */
  CHECK(wasm_module_deserialize(other.store, &serialized) == NULL);
  wasm_byte_vec_delete(&serialized);
  wasm_module_delete(module);
  DeleteHost(&host);
  DeleteHost(&other);
}

/* A tag goes from one instance to the next; an exception that nobody catches is a trap. */
static void TestTags(const char* guests) {
  Host host = NewHost();
  wasm_module_t* thrower = LoadGuest(host.store, guests, "throw");
  wasm_module_t* catcher = LoadGuest(host.store, guests, "catch");
  wasm_trap_t* trap;
  wasm_instance_t* first = wasm_instance_new(host.store, thrower, NULL, &trap);
  CHECK(first != NULL);
  wasm_extern_vec_t exports;
  wasm_instance_exports(first, &exports);
  wasm_externtype_t* type = wasm_extern_type(exports.data[0]);
  CHECK(wasm_externtype_kind(type) > WASM_EXTERN_MEMORY);
  CHECK(wasm_extern_as_func(exports.data[0]) == NULL);
  wasm_externtype_delete(type);
  wasm_instance_t* second = wasm_instance_new(host.store, catcher, &exports, &trap);
  CHECK(second != NULL);
  wasm_val_t result = WASM_INIT_VAL;
  wasm_val_vec_t results = {1, &result};
  CHECK(CallExport(catcher, second, "catch", NULL, &results) == NULL && result.of.i32 == 7);
  trap = CallExport(thrower, first, "throw", NULL, NULL);
  wasm_frame_t* origin = wasm_trap_origin(trap);
  CHECK(wasm_instance_same(wasm_frame_instance(origin), first));
  wasm_frame_delete(origin);
  CHECK(EndsWith(trap, "uncaught exception: tag \"tag\""));
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(first);
  wasm_instance_delete(second);
  wasm_module_delete(thrower);
  wasm_module_delete(catcher);
  DeleteHost(&host);
}

static wasm_trap_t* Swap(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0] = args->data[1];
  results->data[1] = args->data[0];
  return NULL;
}
static wasm_trap_t* Count(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  ++*(int*)env;
  return NULL;
}

typedef struct {
  wasm_engine_t* engine;
  const wasm_shared_module_t* shared;
  int count;
} Worker;

/* A store of its own, and calls in it. */
static void* Work(void* argument) {
  Worker* worker = argument;
  wasm_store_t* store = wasm_store_new(worker->engine);
  wasm_module_t* module = wasm_module_obtain(store, worker->shared);
  wasm_importtype_vec_t types;
  wasm_module_imports(module, &types);
  wasm_extern_t* list[3];
  for (size_t i = 0; i < 3; ++i) {
    const wasm_functype_t* type =
        wasm_externtype_as_functype_const(wasm_importtype_type(types.data[i]));
    list[i] = wasm_func_as_extern(
        i == 2 ? wasm_func_new(store, type, Swap)
               : wasm_func_new_with_env(store, type, Count, &worker->count, NULL));
  }
  wasm_importtype_vec_delete(&types);
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(list);
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  for (int i = 0; i < 1000; ++i) {
    CHECK(CallExport(module, instance, "hello", NULL, NULL) == NULL);
    CHECK(EndsWith(CallExport(module, instance, "unreachable", NULL, NULL), "unreachable"));
  }
  for (size_t i = 0; i < 3; ++i) wasm_extern_delete(list[i]);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  return NULL;
}

static void TestThreads(const char* guests) {
  Host host = NewHost();
  wasm_module_t* module = LoadGuest(host.store, guests, "calls");
  wasm_shared_module_t* shared = wasm_module_share(module);
  wasm_module_delete(module);
  wasm_store_delete(host.store);
  wasm_engine_t* other = wasm_engine_new(); /* the last one's: there the module is made again */
  pthread_t threads[4];
  Worker workers[4];
  for (int i = 0; i < 4; ++i) {
    workers[i] = (Worker){i == 3 ? other : host.engine, shared, 0};
    CHECK(pthread_create(&threads[i], NULL, Work, &workers[i]) == 0);
  }
  for (int i = 0; i < 4; ++i) {
    pthread_join(threads[i], NULL);
    CHECK(workers[i].count == 1000);
  }
  wasm_shared_module_delete(shared);
  wasm_engine_delete(other);
  wasm_engine_delete(host.engine);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  TestValidate(argv[1]);
  TestStart(argv[1]);
  TestMissingImports(argv[1]);
  TestSerialize(argv[1]);
  TestTags(argv[1]);
  TestThreads(argv[1]);
  return 0;
}
