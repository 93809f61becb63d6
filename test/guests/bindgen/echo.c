// The component of abi/echo.c, made with bindings for C: what it is given it gives back, as it is.
// What it holds changes hands with it, so that nothing is copied and nothing is left.
#include "echo.h"

#include "guest.h"

#define W(name) JOIN(echo_, name)

#define SCALAR(name, type) \
  type E(name)(type v) { return v; }
#define PLAIN(name, type) \
  void E(name)(JOIN(type, _t) * v, JOIN(type, _t) * ret) { *ret = *v; }
#define OWNING(name, type) PLAIN(name, type)
#define MAYBE(name, type)              \
  bool E(name)(type * v, type * ret) { \
    if (v != NULL) *ret = *v;          \
    return v != NULL;                  \
  }
#include "values.def"

bool E(echo_result)(E(result_u32_string_t) * v, uint32_t* ret, W(string_t) * err) {
  if (v->is_err)
    *err = v->val.err;
  else
    *ret = v->val.ok;
  return !v->is_err;
}
bool E(echo_result_ok)(E(result_u32_void_t) * v, uint32_t* ret) {
  if (!v->is_err) *ret = v->val.ok;
  return !v->is_err;
}
bool E(echo_result_err)(E(result_void_string_t) * v, W(string_t) * err) {
  if (v->is_err) *err = v->val.err;
  return !v->is_err;
}
bool E(echo_result_bare)(E(result_void_void_t) * v) { return !v->is_err; }
bool E(echo_result_mixed)(E(result_f32_u64_t) * v, float* ret, uint64_t* err) {
  if (v->is_err)
    *err = v->val.err;
  else
    *ret = v->val.ok;
  return !v->is_err;
}

// --- Functions that compute ----------------------------------------------------------------------

void E(nothing)(void) {}
uint64_t E(sixteen)(uint32_t p1, uint32_t p2, uint32_t p3, uint32_t p4, uint32_t p5, uint32_t p6,
                    uint32_t p7, uint32_t p8, uint32_t p9, uint32_t p10, uint32_t p11, uint32_t p12,
                    uint32_t p13, uint32_t p14, uint32_t p15, uint32_t p16) {
  const uint32_t p[] = {p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16};
  uint64_t sum = 0;
  for (uint64_t i = 0; i < 16; ++i) sum += (i + 1) * p[i];
  return sum;
}
uint64_t E(seventeen)(uint32_t p1, uint32_t p2, uint32_t p3, uint32_t p4, uint32_t p5, uint32_t p6,
                      uint32_t p7, uint32_t p8, uint32_t p9, uint32_t p10, uint32_t p11,
                      uint32_t p12, uint32_t p13, uint32_t p14, uint32_t p15, uint32_t p16,
                      uint32_t p17) {
  return E(sixteen)(p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16) +
         UINT64_C(17) * p17;
}
void E(many_params)(uint8_t a, int8_t b, uint16_t c, int16_t d, uint32_t e, int32_t f, uint64_t g,
                    int64_t h, float i, double j, uint32_t k, bool l, W(string_t) * m,
                    W(list_u8_t) * n, uint8_t* maybe_o, LARGE_TUPLE* ret) {
  *ret = (LARGE_TUPLE){a, b, c, d, e, f, g, h, i, j, k, l, *m, *n, {.is_some = maybe_o != NULL}};
  if (maybe_o != NULL) ret->f14.val = *maybe_o;
}

// What inspect_table says of a shape: its case, then its payload (of lists their length).
static size_t InspectShape(const E(shape_t) * shape, uint64_t* out) {
  size_t n = 0;
  out[n++] = shape->tag;
  switch (shape->tag) {
    case EXPORTS_TENON_ABI_VALUES_SHAPE_CIRCLE:
      out[n++] = (uint64_t)(int64_t)shape->val.circle;
      break;
    case EXPORTS_TENON_ABI_VALUES_SHAPE_BOX:
      out[n++] = (uint64_t)(int64_t)shape->val.box.x;
      out[n++] = (uint64_t)(int64_t)shape->val.box.y;
      break;
    case EXPORTS_TENON_ABI_VALUES_SHAPE_LABEL: out[n++] = shape->val.label.len; break;
    case EXPORTS_TENON_ABI_VALUES_SHAPE_PATH: out[n++] = shape->val.path.len; break;
  }
  return n;
}
void E(inspect_table)(E(list_list_entry_t) * v, W(list_u64_t) * ret) {
  size_t entries = 0;
  for (size_t row = 0; row < v->len; ++row) entries += v->ptr[row].len;
  ret->ptr = Allocate((entries * 7 + 1) * sizeof *ret->ptr);  // at most
  size_t n = 0;
  for (size_t row = 0; row < v->len; ++row) {
    for (size_t i = 0; i < v->ptr[row].len; ++i) {
      const E(entry_t)* entry = &v->ptr[row].ptr[i];
      ret->ptr[n++] = entry->id;
      ret->ptr[n++] = entry->name.len;
      ret->ptr[n++] = entry->score.is_some;
      if (entry->score.is_some) ret->ptr[n++] = (uint64_t)(int64_t)entry->score.val;
      n += InspectShape(&entry->what, ret->ptr + n);
    }
  }
  ret->len = n;
  E(list_list_entry_free)(v);
}

// --- Strings -------------------------------------------------------------------------------------

#ifdef ENCODING_UTF16
#define TEXT(literal) u##literal
#else
#define TEXT(literal) u8##literal
#endif
uint32_t E(units)(W(string_t) * v) {
  const size_t units = v->len;
  W(string_free)(v);
  return (uint32_t)units;
}
void E(ascii)(W(string_t) * ret) { W(string_dup)(ret, TEXT("hello")); }
void E(latin)(W(string_t) * ret) { W(string_dup)(ret, TEXT("h\u00e9llo \u00ff")); }
void E(wide)(W(string_t) * ret) { W(string_dup)(ret, TEXT("h\u20acllo \U0001f389")); }
void E(wasteful)(W(string_t) * ret) { W(string_dup_n)(ret, TEXT("hello!"), 5); }

// --- Resources -----------------------------------------------------------------------------------

struct R(counter_t) {
  uint32_t value;
};
static uint32_t live;

R(own_counter_t) R(constructor_counter)(uint32_t start) {
  R(counter_t)* counter = Allocate(sizeof *counter);
  counter->value = start;
  ++live;
  return R(counter_new)(counter);
}
void R(counter_destructor)(R(counter_t) * counter) {
  free(counter);
  --live;
}
uint32_t R(method_counter_value)(R(borrow_counter_t) self) { return self->value; }
uint32_t R(method_counter_add)(R(borrow_counter_t) self, uint32_t n) { return self->value += n; }
R(own_counter_t) R(static_counter_merge)(R(own_counter_t) a, R(borrow_counter_t) b) {
  const uint32_t sum = R(counter_rep)(a)->value + b->value;
  R(counter_drop_own)(a);
  return R(constructor_counter)(sum);
}
R(own_counter_t) R(echo_own)(R(own_counter_t) v) { return v; }
void R(make)(W(list_u32_t) * values, R(list_own_counter_t) * ret) {
  ret->ptr = Allocate((values->len + 1) * sizeof *ret->ptr);
  ret->len = values->len;
  for (size_t i = 0; i < values->len; ++i) ret->ptr[i] = R(constructor_counter)(values->ptr[i]);
  if (ret->len == 0) free(ret->ptr);
  W(list_u32_free)(values);
}
uint32_t R(sum)(R(list_borrow_counter_t) * v) {
  uint32_t sum = 0;
  for (size_t i = 0; i < v->len; ++i) sum += v->ptr[i]->value;
  R(list_borrow_counter_free)(v);
  return sum;
}
bool R(unwrap)(R(own_counter_t) * maybe_v, R(own_counter_t) * ret, W(string_t) * err) {
  if (maybe_v != NULL)
    *ret = *maybe_v;
  else
    E(ascii)(err);
  return maybe_v != NULL;
}
void R(consume)(R(own_counter_t) v) { R(counter_drop_own)(v); }
uint32_t R(live)(void) { return live; }
