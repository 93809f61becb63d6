/* Reflection, and globals, tables and memories seen from both sides. */
#include "check.h"

static wasm_trap_t* Nothing(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return NULL;
}

typedef struct {
  Host host;
  wasm_func_t* func;
  wasm_global_t* global;
  wasm_table_t* table;
  wasm_memory_t* memory;
  wasm_module_t* module;
  wasm_instance_t* instance;
} World;

/* Everything the module imports, made of the types that it says. */
static void Begin(World* world, const char* guests) {
  world->host = NewHost();
  wasm_store_t* store = world->host.store;
  world->module = LoadGuest(store, guests, "objects");
  wasm_importtype_vec_t types;
  wasm_module_imports(world->module, &types);
  CHECK(types.size == 4);
  wasm_val_t init = WASM_I64_VAL(5);
  world->func = wasm_func_new(
      store, wasm_externtype_as_functype_const(wasm_importtype_type(types.data[0])), Nothing);
  world->global = wasm_global_new(
      store, wasm_externtype_as_globaltype_const(wasm_importtype_type(types.data[1])), &init);
  world->table = wasm_table_new(
      store, wasm_externtype_as_tabletype_const(wasm_importtype_type(types.data[2])), NULL);
  world->memory = wasm_memory_new(
      store, wasm_externtype_as_memorytype_const(wasm_importtype_type(types.data[3])));
  wasm_importtype_vec_delete(&types);
  wasm_extern_t* list[] = {wasm_func_as_extern(world->func), wasm_global_as_extern(world->global),
                           wasm_table_as_extern(world->table),
                           wasm_memory_as_extern(world->memory)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(list);
  wasm_trap_t* trap;
  world->instance = wasm_instance_new(store, world->module, &imports, &trap);
  CHECK(world->instance != NULL && trap == NULL);
}

static void End(World* world) {
  wasm_func_delete(world->func);
  wasm_global_delete(world->global);
  wasm_table_delete(world->table);
  wasm_memory_delete(world->memory);
  wasm_module_delete(world->module);
  wasm_instance_delete(world->instance);
  DeleteHost(&world->host);
}

static wasm_val_t Call1(World* world, const char* name, wasm_val_t arg) {
  wasm_val_t result = WASM_INIT_VAL;
  wasm_val_vec_t args = {1, &arg}, results = {1, &result};
  CHECK(CallExport(world->module, world->instance, name, &args, &results) == NULL);
  return result;
}

static wasm_val_t Call0(World* world, const char* name) {
  wasm_val_t result = WASM_INIT_VAL;
  wasm_val_vec_t args = WASM_EMPTY_VEC, results = {1, &result};
  CHECK(CallExport(world->module, world->instance, name, &args, &results) == NULL);
  return result;
}

static bool IsNamed(const wasm_name_t* name, const char* text) {
  return name->size == strlen(text) && memcmp(name->data, text, name->size) == 0;
}

static void TestImportTypes(World* world) {
  wasm_importtype_vec_t types, copy;
  wasm_module_imports(world->module, &copy);
  wasm_importtype_vec_copy(&types, &copy);
  wasm_importtype_vec_delete(&copy);
  CHECK(IsNamed(wasm_importtype_module(types.data[0]), "env"));
  CHECK(IsNamed(wasm_importtype_name(types.data[0]), "func"));
  const wasm_functype_t* func =
      wasm_externtype_as_functype_const(wasm_importtype_type(types.data[0]));
  CHECK(wasm_functype_params(func)->size == 2 && wasm_functype_results(func)->size == 1);
  CHECK(wasm_valtype_kind(wasm_functype_params(func)->data[0]) == WASM_I32);
  CHECK(wasm_valtype_kind(wasm_functype_params(func)->data[1]) == WASM_F64);
  CHECK(wasm_valtype_kind(wasm_functype_results(func)->data[0]) == WASM_EXTERNREF);
  const wasm_externtype_t* global = wasm_importtype_type(types.data[1]);
  CHECK(wasm_externtype_as_functype_const(global) == NULL);
  CHECK(wasm_globaltype_mutability(wasm_externtype_as_globaltype_const(global)) == WASM_VAR);
  const wasm_tabletype_t* table =
      wasm_externtype_as_tabletype_const(wasm_importtype_type(types.data[2]));
  CHECK(wasm_tabletype_limits(table)->min == 1 && wasm_tabletype_limits(table)->max == 20);
  CHECK(wasm_valtype_kind(wasm_tabletype_element(table)) == WASM_FUNCREF);
  const wasm_memorytype_t* memory =
      wasm_externtype_as_memorytype_const(wasm_importtype_type(types.data[3]));
  CHECK(wasm_memorytype_limits(memory)->min == 1 && wasm_memorytype_limits(memory)->max == 4);
  wasm_importtype_vec_delete(&types);
}

static void TestExportTypes(World* world) {
  wasm_exporttype_vec_t types;
  wasm_extern_vec_t exports;
  wasm_module_exports(world->module, &types);
  wasm_instance_exports(world->instance, &exports);
  CHECK(types.size == exports.size && types.size == 11);
  for (size_t i = 0; i < types.size; ++i) {
    const wasm_externkind_t kind = wasm_externtype_kind(wasm_exporttype_type(types.data[i]));
    CHECK(kind == wasm_extern_kind(exports.data[i]));
    wasm_externtype_t* type = wasm_extern_type(exports.data[i]);
    CHECK(wasm_externtype_kind(type) == kind);
    wasm_externtype_delete(type);
  }
  CHECK(IsNamed(wasm_exporttype_name(types.data[0]), "counter"));
  CHECK(wasm_extern_as_func(exports.data[0]) == NULL);
  CHECK(wasm_extern_same(exports.data[4], wasm_memory_as_extern(world->memory)));
  wasm_exporttype_vec_delete(&types);
  wasm_extern_vec_delete(&exports);
}

static void TestMadeTypes(void) {
  CHECK(wasm_valtype_new(77) == NULL);
  wasm_limits_t limits = {1, wasm_limits_max_default};
  wasm_name_t module, name;
  wasm_name_new_from_string(&module, "m");
  wasm_name_new_from_string(&name, "n");
  wasm_importtype_t* import = wasm_importtype_new(
      &module, &name,
      wasm_tabletype_as_externtype(wasm_tabletype_new(wasm_valtype_new_externref(), &limits)));
  wasm_importtype_t* copy = wasm_importtype_copy(import);
  wasm_importtype_delete(import);
  CHECK(IsNamed(wasm_importtype_module(copy), "m") && IsNamed(wasm_importtype_name(copy), "n"));
  const wasm_tabletype_t* table = wasm_externtype_as_tabletype_const(wasm_importtype_type(copy));
  CHECK(wasm_tabletype_limits(table)->max == wasm_limits_max_default);
  CHECK(wasm_valtype_is_ref(wasm_tabletype_element(table)));
  wasm_importtype_delete(copy);
  wasm_functype_t* functype =
      wasm_functype_new_3_2(wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(),
                            wasm_valtype_new_f64(), wasm_valtype_new_funcref());
  wasm_functype_t* again = wasm_functype_copy(functype);
  wasm_functype_delete(functype);
  CHECK(wasm_functype_params(again)->size == 3 && wasm_functype_results(again)->size == 2);
  CHECK(wasm_valtype_is_num(wasm_functype_params(again)->data[2]));
  wasm_externtype_delete(wasm_functype_as_externtype(again));
}

static void TestGlobals(World* world) {
  wasm_val_t val = WASM_I64_VAL(6);
  CHECK(Call0(world, "get imported").of.i64 == 5);
  wasm_global_set(world->global, &val);
  CHECK(Call0(world, "get imported").of.i64 == 6);
  wasm_val_t wrong = WASM_I32_VAL(9);
  wasm_global_set(world->global, &wrong);
  wasm_global_get(world->global, &val);
  CHECK(val.kind == WASM_I64 && val.of.i64 == 6);
  wasm_extern_t* pi = Export(world->module, world->instance, "pi");
  wasm_val_t three = WASM_F64_VAL(3);
  wasm_global_set(wasm_extern_as_global(pi), &three); /* it is constant */
  wasm_global_get(wasm_extern_as_global(pi), &val);
  CHECK(val.of.f64 == 3.25);
  wasm_extern_delete(pi);
}

static void TestTables(World* world) {
  wasm_extern_t* export = Export(world->module, world->instance, "table");
  wasm_extern_t* get = Export(world->module, world->instance, "get");
  wasm_table_t* table = wasm_extern_as_table(export);
  CHECK(wasm_table_size(table) == 2);
  wasm_ref_t* first = wasm_table_get(table, 0);
  CHECK(wasm_ref_same(first, wasm_extern_as_ref(get)));
  CHECK(wasm_table_get(table, 1) == NULL && wasm_table_get(table, 2) == NULL);
  CHECK(wasm_table_set(table, 1, first));
  CHECK(Call1(world, "call", (wasm_val_t)WASM_I32_VAL(1)).of.i32 == 7);
  CHECK(!wasm_table_set(table, 2, first));
  CHECK(!wasm_table_set(table, 1, wasm_instance_as_ref(world->instance)));
  CHECK(wasm_table_grow(table, 3, first) && wasm_table_size(table) == 5);
  CHECK(!wasm_table_grow(table, 1, NULL));
  CHECK(Call1(world, "call", (wasm_val_t)WASM_I32_VAL(4)).of.i32 == 7);
  wasm_tabletype_t* type = wasm_table_type(table);
  CHECK(wasm_tabletype_limits(type)->min == 5 && wasm_tabletype_limits(type)->max == 5);
  wasm_tabletype_delete(type);
  wasm_ref_delete(first);
  wasm_extern_delete(export);
  wasm_extern_delete(get);
}

static void TestMemories(World* world) {
  wasm_extern_t* export = Export(world->module, world->instance, "memory");
  wasm_memory_t* memory = wasm_extern_as_memory(export);
  byte_t* data = wasm_memory_data(memory);
  CHECK(wasm_memory_size(memory) == 1 && wasm_memory_data_size(memory) == MEMORY_PAGE_SIZE);
  CHECK(memcmp(data + 16, "tenon", 5) == 0);
  data[3] = 99;
  CHECK(Call1(world, "load", (wasm_val_t)WASM_I32_VAL(3)).of.i32 == 99);
  CHECK(wasm_memory_grow(memory, 1) && !wasm_memory_grow(memory, 2));
  CHECK(Call1(world, "grow", (wasm_val_t)WASM_I32_VAL(1)).of.i32 == 2);
  CHECK(wasm_memory_size(memory) == 3 && wasm_memory_data(memory) == data);
  data[wasm_memory_data_size(memory) - 1] = 1;
  wasm_extern_delete(export);
}

static void TestBadLimits(World* world) {
  wasm_limits_t upside_down = {2, 1}, too_large = {70000, wasm_limits_max_default};
  wasm_memorytype_t* type = wasm_memorytype_new(&upside_down);
  CHECK(wasm_memory_new(world->host.store, type) == NULL);
  wasm_memorytype_delete(type);
  type = wasm_memorytype_new(&too_large);
  CHECK(wasm_memory_new(world->host.store, type) == NULL);
  wasm_memorytype_delete(type);
  wasm_tabletype_t* table = wasm_tabletype_new(wasm_valtype_new_funcref(), &upside_down);
  CHECK(wasm_table_new(world->host.store, table, NULL) == NULL);
  wasm_tabletype_delete(table);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  World world;
  Begin(&world, argv[1]);
  TestImportTypes(&world);
  TestExportTypes(&world);
  TestMadeTypes();
  TestGlobals(&world);
  TestTables(&world);
  TestMemories(&world);
  TestBadLimits(&world);
  End(&world);
  return 0;
}
