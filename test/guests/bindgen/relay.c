// The component of abi/relay.c, made with bindings for C: each call is made again of the import,
// and what it was given is freed. Types of imports and exports are the same but for their names.
#include "relay.h"

#include "guest.h"

#define W(name) JOIN(relay_, name)

// Pointers to the imported interface's types are pointers to the exported one's.
#define SCALAR(name, type) \
  type E(name)(type v) { return I(name)(v); }
#define PLAIN(name, type) \
  void E(name)(JOIN(type, _t) * v, JOIN(type, _t) * ret) { I(name)((const void*)v, (void*)ret); }
#define OWNING(name, type)                                 \
  void E(name)(JOIN(type, _t) * v, JOIN(type, _t) * ret) { \
    I(name)((const void*)v, (void*)ret);                   \
    JOIN(type, _free)(v);                                  \
  }
#define MAYBE(name, type) \
  bool E(name)(type * v, type * ret) { return Free_##name(v, I(name)(v, ret)); }
// The options that hold memory free it.
#define Free_echo_option(v, outcome) outcome
#define Free_echo_option_f64(v, outcome) outcome
#define Free_echo_option_option(v, outcome) outcome
static bool Free_echo_option_string(W(string_t) * v, bool outcome) {
  if (v != NULL) W(string_free)(v);
  return outcome;
}
#include "values.def"

bool E(echo_result)(E(result_u32_string_t) * v, uint32_t* ret, W(string_t) * err) {
  const bool ok = I(echo_result)((const void*)v, ret, err);
  E(result_u32_string_free)(v);
  return ok;
}
bool E(echo_result_ok)(E(result_u32_void_t) * v, uint32_t* ret) {
  return I(echo_result_ok)((const void*)v, ret);
}
bool E(echo_result_err)(E(result_void_string_t) * v, W(string_t) * err) {
  const bool ok = I(echo_result_err)((const void*)v, err);
  E(result_void_string_free)(v);
  return ok;
}
bool E(echo_result_bare)(E(result_void_void_t) * v) { return I(echo_result_bare)((const void*)v); }
bool E(echo_result_mixed)(E(result_f32_u64_t) * v, float* ret, uint64_t* err) {
  return I(echo_result_mixed)((const void*)v, ret, err);
}

void E(nothing)(void) { I(nothing)(); }
uint64_t E(sixteen)(uint32_t p1, uint32_t p2, uint32_t p3, uint32_t p4, uint32_t p5, uint32_t p6,
                    uint32_t p7, uint32_t p8, uint32_t p9, uint32_t p10, uint32_t p11, uint32_t p12,
                    uint32_t p13, uint32_t p14, uint32_t p15, uint32_t p16) {
  return I(sixteen)(p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16);
}
uint64_t E(seventeen)(uint32_t p1, uint32_t p2, uint32_t p3, uint32_t p4, uint32_t p5, uint32_t p6,
                      uint32_t p7, uint32_t p8, uint32_t p9, uint32_t p10, uint32_t p11,
                      uint32_t p12, uint32_t p13, uint32_t p14, uint32_t p15, uint32_t p16,
                      uint32_t p17) {
  return I(seventeen)(p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16, p17);
}
void E(many_params)(uint8_t a, int8_t b, uint16_t c, int16_t d, uint32_t e, int32_t f, uint64_t g,
                    int64_t h, float i, double j, uint32_t k, bool l, W(string_t) * m,
                    W(list_u8_t) * n, uint8_t* maybe_o, LARGE_TUPLE* ret) {
  I(many_params)(a, b, c, d, e, f, g, h, i, j, k, l, m, n, maybe_o, ret);
  W(string_free)(m);
  W(list_u8_free)(n);
}
void E(inspect_table)(E(list_list_entry_t) * v, W(list_u64_t) * ret) {
  I(inspect_table)((const void*)v, ret);
  E(list_list_entry_free)(v);
}
uint32_t E(units)(W(string_t) * v) {
  const uint32_t units = I(units)(v);
  W(string_free)(v);
  return units;
}
void E(ascii)(W(string_t) * ret) { I(ascii)(ret); }
void E(latin)(W(string_t) * ret) { I(latin)(ret); }
void E(wide)(W(string_t) * ret) { I(wide)(ret); }
void E(wasteful)(W(string_t) * ret) { I(wasteful)(ret); }

// --- Resources: a counter holds an imported one --------------------------------------------------

struct R(counter_t) {
  IR(own_counter_t) imported;
  bool is_taken;
};

// A counter of ours around an imported one, and the way back.
static R(own_counter_t) Wrap(IR(own_counter_t) imported) {
  R(counter_t)* counter = Allocate(sizeof *counter);
  *counter = (R(counter_t)){.imported = imported};
  return R(counter_new)(counter);
}
static IR(own_counter_t) TakeOut(R(own_counter_t) handle) {
  R(counter_t)* counter = R(counter_rep)(handle);
  const IR(own_counter_t) imported = counter->imported;
  counter->is_taken = true;  // for the destructor
  R(counter_drop_own)(handle);
  return imported;
}
static IR(borrow_counter_t) Lend(R(borrow_counter_t) counter) {
  return IR(borrow_counter)(counter->imported);
}
void R(counter_destructor)(R(counter_t) * counter) {
  if (!counter->is_taken) IR(counter_drop_own)(counter->imported);
  free(counter);
}

R(own_counter_t) R(constructor_counter)(uint32_t start) {
  return Wrap(IR(constructor_counter)(start));
}
uint32_t R(method_counter_value)(R(borrow_counter_t) self) {
  return IR(method_counter_value)(Lend(self));
}
uint32_t R(method_counter_add)(R(borrow_counter_t) self, uint32_t n) {
  return IR(method_counter_add)(Lend(self), n);
}
R(own_counter_t) R(static_counter_merge)(R(own_counter_t) a, R(borrow_counter_t) b) {
  return Wrap(IR(static_counter_merge)(TakeOut(a), Lend(b)));
}
R(own_counter_t) R(echo_own)(R(own_counter_t) v) { return Wrap(IR(echo_own)(TakeOut(v))); }
void R(make)(W(list_u32_t) * values, R(list_own_counter_t) * ret) {
  IR(list_own_counter_t) made;
  IR(make)(values, &made);
  W(list_u32_free)(values);
  *ret = (R(list_own_counter_t)){(void*)made.ptr, made.len};  // handles go where handles were
  for (size_t i = 0; i < made.len; ++i) ret->ptr[i] = Wrap(made.ptr[i]);
}
uint32_t R(sum)(R(list_borrow_counter_t) * v) {
  IR(list_borrow_counter_t) lent = {Allocate((v->len + 1) * sizeof *lent.ptr), v->len};
  for (size_t i = 0; i < v->len; ++i) lent.ptr[i] = Lend(v->ptr[i]);
  const uint32_t sum = IR(sum)(&lent);
  free(lent.ptr);
  R(list_borrow_counter_free)(v);
  return sum;
}
bool R(unwrap)(R(own_counter_t) * maybe_v, R(own_counter_t) * ret, W(string_t) * err) {
  IR(own_counter_t) given, back;
  if (maybe_v != NULL) given = TakeOut(*maybe_v);
  const bool ok = IR(unwrap)(maybe_v != NULL ? &given : NULL, &back, err);
  if (ok) *ret = Wrap(back);
  return ok;
}
void R(consume)(R(own_counter_t) v) { IR(consume)(TakeOut(v)); }
uint32_t R(live)(void) { return IR(live)(); }
