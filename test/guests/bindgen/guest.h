// What the guests of bindings have in common: names of the exported interface `values` and of the
// resource `counter`, and how macros make names of names. Each includes its world's header first.
#pragma once

#include <stdlib.h>

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define E(name) JOIN(exports_tenon_abi_values_, name)
#define R(name) JOIN(exports_tenon_abi_resources_, name)
#define I(name) JOIN(tenon_abi_values_, name)
#define IR(name) JOIN(tenon_abi_resources_, name)

#define LARGE_TUPLE \
  W(tuple15_u8_s8_u16_s16_u32_s32_u64_s64_f32_f64_char32_bool_string_list_u8_option_u8_t)

static inline void* Allocate(size_t size) {
  void* block = malloc(size);
  if (block == NULL) abort();
  return block;
}
