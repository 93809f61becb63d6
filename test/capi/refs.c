/* References: through guests and back as the same objects, host info, finalizers, collection. */
#include "check.h"

static int finalized = 0;
static void Finalize(void* info) {
  CHECK(info == &finalized);
  ++finalized;
}

static wasm_ref_t* passed = NULL;
static wasm_trap_t* Pass(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->data[0].kind == WASM_EXTERNREF);
  CHECK(wasm_ref_same(args->data[0].of.ref, passed));
  wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

typedef struct {
  Host host;
  wasm_func_t* pass;
  wasm_module_t* module;
  wasm_instance_t* instance;
} World;

static void Begin(World* world, const char* guests) {
  world->host = NewHost();
  wasm_functype_t* type =
      wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
  world->pass = wasm_func_new(world->host.store, type, Pass);
  wasm_functype_delete(type);
  world->module = LoadGuest(world->host.store, guests, "refs");
  wasm_extern_t* list[] = {wasm_func_as_extern(world->pass)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(list);
  world->instance = wasm_instance_new(world->host.store, world->module, &imports, NULL);
  CHECK(world->instance != NULL);
}

static void End(World* world) {
  wasm_func_delete(world->pass);
  wasm_module_delete(world->module);
  wasm_instance_delete(world->instance);
  DeleteHost(&world->host);
}

/* Calls an export with up to two arguments. */
static wasm_val_t Call(World* world, const char* name, size_t count, wasm_val_t first,
                       wasm_val_t second) {
  wasm_val_t arg[] = {first, second};
  wasm_val_t result = WASM_INIT_VAL;
  wasm_val_vec_t args = {count, arg}, results = {1, &result};
  CHECK(CallExport(world->module, world->instance, name, &args, &results) == NULL);
  return result;
}
static wasm_val_t Call1(World* world, const char* name, wasm_val_t arg) {
  return Call(world, name, 1, arg, (wasm_val_t)WASM_INIT_VAL);
}

static wasm_val_t RefVal(wasm_ref_t* ref) {
  wasm_val_t val = WASM_REF_VAL(ref);
  return val;
}

/* Any object of the store may be an externref, and comes back as what it was. */
static void TestRoundTrips(World* world) {
  wasm_foreign_t* foreign = wasm_foreign_new(world->host.store);
  wasm_ref_t* all[] = {wasm_foreign_as_ref(foreign), wasm_func_as_ref(world->pass),
                       wasm_instance_as_ref(world->instance), wasm_module_as_ref(world->module),
                       NULL};
  for (size_t i = 0; i < 5; ++i) {
    passed = all[i];
    wasm_val_t echoed = Call1(world, "echo", RefVal(all[i]));
    CHECK(wasm_ref_same(echoed.of.ref, all[i]));
    wasm_val_delete(&echoed);
    wasm_val_t through_host = Call1(world, "pass", RefVal(all[i]));
    CHECK(wasm_ref_same(through_host.of.ref, all[i]));
    wasm_val_delete(&through_host);
    CHECK(Call1(world, "null", RefVal(all[i])).of.i32 == (all[i] == NULL));
  }
  CHECK(wasm_ref_as_foreign(all[0]) == foreign && wasm_ref_as_foreign(all[1]) == NULL);
  CHECK(wasm_ref_as_extern(all[1]) == wasm_func_as_extern(world->pass));
  CHECK(wasm_ref_as_instance(all[3]) == NULL);
  wasm_foreign_delete(foreign);
}

static void TestFuncRefs(World* world) {
  wasm_val_t func = {.kind = WASM_FUNCREF, .of = {.ref = wasm_func_as_ref(world->pass)}};
  wasm_val_t echoed = Call1(world, "echo func", func);
  CHECK(echoed.kind == WASM_FUNCREF && wasm_ref_same(echoed.of.ref, func.of.ref));
  wasm_val_delete(&echoed);
  wasm_val_t result = WASM_INIT_VAL;
  wasm_val_t instance = {.kind = WASM_FUNCREF,
                         .of = {.ref = wasm_instance_as_ref(world->instance)}};
  wasm_val_vec_t args = {1, &instance}, results = {1, &result};
  CHECK(EndsWith(CallExport(world->module, world->instance, "echo func", &args, &results),
                 "a value is not of its type funcref"));
}

/* A guest's structure is opaque, but the same whenever it comes. */
static void TestGuestObjects(World* world) {
  wasm_val_t point = Call1(world, "point", (wasm_val_t)WASM_I32_VAL(11));
  wasm_val_t other = Call1(world, "point", (wasm_val_t)WASM_I32_VAL(12));
  CHECK(point.of.ref != NULL && !wasm_ref_same(point.of.ref, other.of.ref));
  Call1(world, "allocate", (wasm_val_t)WASM_I32_VAL(300000));
  CHECK(Call1(world, "x", point).of.i32 == 11 && Call1(world, "x", other).of.i32 == 12);
  CHECK(Call1(world, "typed", point).of.i32 == 11);
  wasm_val_t again = Call1(world, "echo", point);
  CHECK(wasm_ref_same(again.of.ref, point.of.ref) && wasm_ref_as_foreign(again.of.ref) == NULL);
  wasm_foreign_t* foreign = wasm_foreign_new(world->host.store);
  wasm_val_t wrong = RefVal(wasm_foreign_as_ref(foreign)), result = WASM_INIT_VAL;
  wasm_val_vec_t args = {1, &wrong}, results = {1, &result};
  wasm_trap_t* trap = CallExport(world->module, world->instance, "typed", &args, &results);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  wasm_foreign_delete(foreign);
  wasm_val_delete(&point);
  wasm_val_delete(&other);
  wasm_val_delete(&again);
}

static void TestGlobalAndTable(World* world) {
  wasm_foreign_t* foreign = wasm_foreign_new(world->host.store);
  wasm_extern_t* global = Export(world->module, world->instance, "global");
  wasm_extern_t* table = Export(world->module, world->instance, "table");
  wasm_val_t val = RefVal(wasm_foreign_as_ref(foreign));
  wasm_global_set(wasm_extern_as_global(global), &val);
  Call(world, "put", 2, (wasm_val_t)WASM_I32_VAL(3), val);
  Call1(world, "allocate", (wasm_val_t)WASM_I32_VAL(300000));
  wasm_val_t got;
  wasm_global_get(wasm_extern_as_global(global), &got);
  CHECK(wasm_ref_same(got.of.ref, val.of.ref));
  wasm_ref_t* entry = wasm_table_get(wasm_extern_as_table(table), 3);
  CHECK(wasm_ref_same(entry, val.of.ref));
  wasm_val_delete(&got);
  wasm_ref_delete(entry);
  wasm_foreign_delete(foreign);
  wasm_extern_delete(global);
  wasm_extern_delete(table);
}

/* Info belongs to the object, whichever handle it is set through, and goes once. */
static void TestHostInfo(World* world) {
  finalized = 0;
  wasm_foreign_t* foreign = wasm_foreign_new(world->host.store);
  wasm_foreign_t* copy = wasm_foreign_copy(foreign);
  CHECK(wasm_foreign_get_host_info(foreign) == NULL);
  wasm_foreign_set_host_info_with_finalizer(foreign, &finalized, Finalize);
  CHECK(wasm_ref_get_host_info(wasm_foreign_as_ref(copy)) == &finalized);
  wasm_foreign_set_host_info_with_finalizer(copy, &finalized, Finalize);
  CHECK(finalized == 1);
  wasm_foreign_delete(foreign);
  CHECK(finalized == 1);
  wasm_foreign_delete(copy);
  CHECK(finalized == 2);
}

/* What only guests hold is kept, until nobody can reach it. */
static void TestCollection(World* world) {
  finalized = 0;
  wasm_foreign_t* foreign = wasm_foreign_new(world->host.store);
  wasm_foreign_set_host_info_with_finalizer(foreign, &finalized, Finalize);
  Call(world, "put", 2, (wasm_val_t)WASM_I32_VAL(0), RefVal(wasm_foreign_as_ref(foreign)));
  wasm_foreign_delete(foreign);
  Call1(world, "allocate", (wasm_val_t)WASM_I32_VAL(300000));
  CHECK(finalized == 0);
  Call(world, "put", 2, (wasm_val_t)WASM_I32_VAL(0), RefVal(NULL));
  Call1(world, "allocate", (wasm_val_t)WASM_I32_VAL(300000));
  CHECK(finalized == 1);
}

/* An instance lives as long as its store: so does its info, without a handle. */
static void TestStoreEndsFinalize(const char* guests) {
  finalized = 0;
  World world;
  Begin(&world, guests);
  wasm_instance_set_host_info_with_finalizer(world.instance, &finalized, Finalize);
  wasm_foreign_t* left = wasm_foreign_new(world.host.store);
  wasm_foreign_set_host_info_with_finalizer(left, &finalized, Finalize);
  wasm_extern_t* exported = Export(world.module, world.instance, "echo");
  wasm_extern_set_host_info_with_finalizer(exported, &finalized, Finalize);
  wasm_extern_delete(exported);
  exported = Export(world.module, world.instance, "echo");
  CHECK(wasm_extern_get_host_info(exported) == &finalized);
  CHECK(finalized == 0);
  End(&world);
  CHECK(finalized == 3);
  /* Handles that are left are refused, and may be deleted. */
  CHECK(wasm_func_param_arity(wasm_extern_as_func(exported)) == 0);
  CHECK(EndsWith(wasm_func_call(wasm_extern_as_func(exported), NULL, NULL),
                 "there is no function to call"));
  wasm_extern_delete(exported);
  wasm_foreign_delete(left);
  CHECK(finalized == 3);
}

static void TestOtherStore(World* world) {
  wasm_store_t* other = wasm_store_new(world->host.engine);
  wasm_foreign_t* foreign = wasm_foreign_new(other);
  wasm_val_t val = RefVal(wasm_foreign_as_ref(foreign)), result = WASM_INIT_VAL;
  wasm_val_vec_t args = {1, &val}, results = {1, &result};
  CHECK(EndsWith(CallExport(world->module, world->instance, "echo", &args, &results),
                 "a reference is of another store"));
  wasm_extern_t* table = Export(world->module, world->instance, "table");
  CHECK(!wasm_table_set(wasm_extern_as_table(table), 0, wasm_foreign_as_ref(foreign)));
  wasm_extern_t* list[] = {wasm_func_as_extern(world->pass)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(list);
  wasm_trap_t* trap;
  CHECK(wasm_instance_new(other, world->module, &imports, &trap) == NULL);
  CHECK(EndsWith(trap, "what was given for import \"env\" \"pass\" belongs to another store"));
  wasm_extern_delete(table);
  wasm_foreign_delete(foreign);
  wasm_store_delete(other);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  World world;
  Begin(&world, argv[1]);
  TestRoundTrips(&world);
  TestFuncRefs(&world);
  TestGuestObjects(&world);
  TestGlobalAndTable(&world);
  TestHostInfo(&world);
  TestCollection(&world);
  TestOtherStore(&world);
  End(&world);
  TestStoreEndsFinalize(argv[1]);
  return 0;
}
