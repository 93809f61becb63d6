/* Calls between host and guest: arguments, results, traps with their messages and frames. */
#include "check.h"

static int finalized = 0;
static void Finalize(void* env) {
  CHECK(*(int*)env == 42);
  ++finalized;
}

static wasm_trap_t* Log(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 1 && args->data[0].kind == WASM_I32 && results->size == 0);
  *(int*)env = args->data[0].of.i32;
  return NULL;
}

static wasm_trap_t* Fail(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "the host is tired");
  wasm_trap_t* trap = wasm_trap_new((wasm_store_t*)env, &message);
  wasm_name_delete(&message);
  return trap;
}

static bool answer_wrongly = false;
static wasm_trap_t* Swap(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 2 && results->size == 2);
  CHECK(results->data[0].kind == WASM_I64 && results->data[1].kind == WASM_I32);
  wasm_val_copy(&results->data[0], &args->data[1]);
  wasm_val_copy(&results->data[answer_wrongly ? 0 : 1], &args->data[0]);
  return NULL;
}

static wasm_func_t* NewFail(wasm_store_t* store) {
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* func = wasm_func_new_with_env(store, type, Fail, store, NULL);
  wasm_functype_delete(type);
  return func;
}

typedef struct {
  Host host;
  int logged;
  wasm_module_t* module;
  wasm_instance_t* instance;
} World;

static void Begin(World* world, const char* guests) {
  wasm_functype_t* log_type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  wasm_functype_t* swap_type =
      wasm_functype_new_2_2(wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_i64(),
                            wasm_valtype_new_i32());
  world->host = NewHost();
  world->logged = 0;
  wasm_store_t* store = world->host.store;
  wasm_func_t* log = wasm_func_new_with_env(store, log_type, Log, &world->logged, Finalize);
  wasm_func_t* fail = NewFail(store);
  wasm_func_t* swap = wasm_func_new(store, swap_type, Swap);
  wasm_extern_t* list[] = {wasm_func_as_extern(log), wasm_func_as_extern(fail),
                           wasm_func_as_extern(swap)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(list);
  world->module = LoadGuest(store, guests, "calls");
  world->instance = wasm_instance_new(store, world->module, &imports, NULL);
  CHECK(world->instance != NULL);
  wasm_functype_delete(log_type);
  wasm_functype_delete(swap_type);
  wasm_func_delete(log);
  wasm_func_delete(fail);
  wasm_func_delete(swap);
}

static void End(World* world) {
  wasm_module_delete(world->module);
  wasm_instance_delete(world->instance);
  DeleteHost(&world->host);
}

static wasm_trap_t* Call(World* world, const char* name, const wasm_val_vec_t* args,
                         wasm_val_vec_t* results) {
  return CallExport(world->module, world->instance, name, args, results);
}

static void TestHello(const char* guests) {
  World world;
  Begin(&world, guests);
  CHECK(Call(&world, "hello", NULL, NULL) == NULL);
  CHECK(world.logged == 42);
  CHECK(finalized == 0);
  End(&world);
  CHECK(finalized == 1);
}

static void TestMultiValue(World* world) {
  wasm_val_t args[] = {WASM_I32_VAL(-1), WASM_I64_VAL(1LL << 40), WASM_F32_VAL(0.5f),
                       WASM_F64_VAL(-2.25)};
  wasm_val_t results[4] = {WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL};
  wasm_val_vec_t arg_vec = WASM_ARRAY_VEC(args), result_vec = WASM_ARRAY_VEC(results);
  CHECK(Call(world, "rotate", &arg_vec, &result_vec) == NULL);
  CHECK(results[0].kind == WASM_F64 && results[0].of.f64 == -2.25);
  CHECK(results[1].kind == WASM_I32 && results[1].of.i32 == -1);
  CHECK(results[2].kind == WASM_I64 && results[2].of.i64 == 1LL << 40);
  CHECK(results[3].kind == WASM_F32 && results[3].of.f32 == 0.5f);
  arg_vec.size = result_vec.size = 2;
  CHECK(Call(world, "swap", &arg_vec, &result_vec) == NULL);
  CHECK(results[0].of.i64 == 1LL << 40 && results[1].of.i32 == -1);
}

static void TestMisuse(World* world) {
  wasm_val_t args[] = {WASM_I32_VAL(1), WASM_I32_VAL(2)};
  wasm_val_t results[2] = {WASM_INIT_VAL, WASM_INIT_VAL};
  wasm_val_vec_t arg_vec = WASM_ARRAY_VEC(args), result_vec = WASM_ARRAY_VEC(results);
  wasm_val_vec_t none = WASM_EMPTY_VEC;
  CHECK(EndsWith(Call(world, "swap", &none, &result_vec),
                 "the function has 2 parameters, and is given 0 arguments"));
  CHECK(EndsWith(Call(world, "swap", &arg_vec, NULL),
                 "the function has 2 results, and room for 0 is given"));
  CHECK(EndsWith(Call(world, "swap", &arg_vec, &result_vec), "a value is not of its type i64"));
  CHECK(EndsWith(Call(world, "vector", NULL, &result_vec), "the C API has no v128 values"));
  CHECK(EndsWith(wasm_func_call(NULL, NULL, NULL), "there is no function to call"));
  wasm_val_t right[] = {WASM_I32_VAL(1), WASM_I64_VAL(2)};
  wasm_val_vec_t right_vec = WASM_ARRAY_VEC(right);
  answer_wrongly = true;
  CHECK(EndsWith(Call(world, "swap", &right_vec, &result_vec), "a value is not of its type i64"));
  answer_wrongly = false;
}

static void TestHostTrap(World* world) {
  wasm_trap_t* trap = Call(world, "fail", NULL, NULL);
  CHECK(trap != NULL);
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 2);
  CHECK(wasm_frame_func_index(trace.data[0]) == 4 && wasm_frame_func_index(trace.data[1]) == 5);
  CHECK(wasm_instance_same(wasm_frame_instance(trace.data[0]), world->instance));
  CHECK(wasm_frame_module_offset(trace.data[0]) < wasm_frame_module_offset(trace.data[1]));
  CHECK(wasm_frame_func_offset(trace.data[0]) == 1); /* behind the count of locals */
  wasm_frame_vec_delete(&trace);
  CHECK(EndsWith(trap, "the host is tired"));
}

static void TestGuestTrap(World* world) {
  wasm_trap_t* trap = Call(world, "unreachable", NULL, NULL);
  CHECK(trap != NULL);
  wasm_frame_t* origin = wasm_trap_origin(trap);
  wasm_frame_t* copy = wasm_frame_copy(origin);
  wasm_frame_delete(origin);
  CHECK(wasm_frame_func_index(copy) == 6 && wasm_frame_func_offset(copy) == 1);
  wasm_frame_delete(copy);
  CHECK(EndsWith(trap, "unreachable"));
}

/* Called by the host, there is no guest in the trace. */
static void TestDirectTrap(World* world) {
  wasm_func_t* fail = NewFail(world->host.store);
  CHECK(wasm_func_param_arity(fail) == 0 && wasm_func_result_arity(fail) == 0);
  wasm_trap_t* trap = wasm_func_call(fail, NULL, NULL);
  CHECK(wasm_trap_origin(trap) == NULL);
  CHECK(EndsWith(trap, "the host is tired"));
  wasm_func_delete(fail);
}

/* A callback that hands on the trap of a call it made: frames of both calls. */
static World* relay_world;
static wasm_trap_t* Relay(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  return Call(relay_world, "fail", NULL, NULL);
}
static void TestRelayedTrap(World* world) {
  wasm_store_t* store = world->host.store;
  relay_world = world;
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* relay = wasm_func_new(store, type, Relay);
  wasm_functype_delete(type);
  wasm_extern_vec_t imports;
  wasm_extern_vec_new_uninitialized(&imports, 3);
  imports.data[0] = Export(world->module, world->instance, "unreachable");
  imports.data[1] = wasm_func_as_extern(relay);
  imports.data[2] = Export(world->module, world->instance, "swap");
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(store, world->module, &imports, &trap) == NULL);
  CHECK(EndsWith(trap,
                 "incompatible import type for \"env\" \"log\": expected a function of the "
                 "declared type, given a function"));
  wasm_functype_t* log_type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  wasm_extern_delete(imports.data[0]);
  imports.data[0] =
      wasm_func_as_extern(wasm_func_new_with_env(store, log_type, Log, &world->logged, NULL));
  wasm_functype_delete(log_type);
  wasm_instance_t* outer = wasm_instance_new(store, world->module, &imports, &trap);
  CHECK(outer != NULL && trap == NULL);
  trap = CallExport(world->module, outer, "fail", NULL, NULL);
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 4);
  CHECK(wasm_instance_same(wasm_frame_instance(trace.data[1]), world->instance));
  CHECK(wasm_instance_same(wasm_frame_instance(trace.data[2]), outer));
  wasm_frame_vec_delete(&trace);
  CHECK(EndsWith(trap, "the host is tired"));
  wasm_instance_delete(outer);
  wasm_extern_vec_delete(&imports);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  TestHello(argv[1]);
  World world;
  Begin(&world, argv[1]);
  TestMultiValue(&world);
  TestMisuse(&world);
  TestHostTrap(&world);
  TestGuestTrap(&world);
  TestDirectTrap(&world);
  TestRelayedTrap(&world);
  world.logged = 42;
  End(&world);
  CHECK(finalized == 2);
  return 0;
}
