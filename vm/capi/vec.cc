// Vectors of everything. Their arrays come from calloc: vectors are plain structures whose elements
// embedders read and write as they like, and a size that can't be had must not end the program.
#include <wasm.h>

#include <cstdlib>
#include <cstring>
#include <type_traits>

namespace {

template <typename Vec>
void NewZeroed(Vec* out, size_t size) {
  if (out == nullptr) return;
  *out = {0, nullptr};
  if (size == 0) return;
  using Element = std::remove_pointer_t<decltype(out->data)>;
  out->data = static_cast<Element*>(std::calloc(size, sizeof(Element)));
  if (out->data != nullptr) out->size = size;
}

template <typename Vec, typename Element>
void NewOf(Vec* out, size_t size, const Element* elements) {
  NewZeroed(out, size);
  if (out == nullptr || elements == nullptr || out->size == 0) return;
  std::memcpy(out->data, elements, size * sizeof(Element));
}

template <typename Vec>
void Free(Vec* vec) {
  std::free(vec->data);
  *vec = {0, nullptr};
}

}  // namespace

#define DEFINE_VEC_OF(name, element)                                                        \
  void wasm_##name##_vec_new_empty(wasm_##name##_vec_t* out) { NewZeroed(out, 0); }         \
  void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t* out, size_t size) {         \
    NewZeroed(out, size);                                                                   \
  }                                                                                         \
  void wasm_##name##_vec_new(wasm_##name##_vec_t* out, size_t size, element const data[]) { \
    NewOf(out, size, data);                                                                 \
  }

// Elements that are pointers to what the vector owns.
#define DEFINE_VEC(name)                                                                     \
  DEFINE_VEC_OF(name, wasm_##name##_t*)                                                      \
  void wasm_##name##_vec_copy(wasm_##name##_vec_t* out, const wasm_##name##_vec_t* from) {   \
    NewZeroed(out, from != nullptr ? from->size : 0);                                        \
    for (size_t i = 0; i < out->size; ++i) out->data[i] = wasm_##name##_copy(from->data[i]); \
  }                                                                                          \
  void wasm_##name##_vec_delete(wasm_##name##_vec_t* vec) {                                  \
    if (vec == nullptr) return;                                                              \
    for (size_t i = 0; i < vec->size; ++i) wasm_##name##_delete(vec->data[i]);               \
    Free(vec);                                                                               \
  }

DEFINE_VEC(valtype)
DEFINE_VEC(functype)
DEFINE_VEC(globaltype)
DEFINE_VEC(tabletype)
DEFINE_VEC(memorytype)
DEFINE_VEC(externtype)
DEFINE_VEC(importtype)
DEFINE_VEC(exporttype)
DEFINE_VEC(frame)
DEFINE_VEC(extern)

DEFINE_VEC_OF(byte, wasm_byte_t)
void wasm_byte_vec_copy(wasm_byte_vec_t* out, const wasm_byte_vec_t* from) {
  NewOf(out, from != nullptr ? from->size : 0, from != nullptr ? from->data : nullptr);
}
void wasm_byte_vec_delete(wasm_byte_vec_t* vec) {
  if (vec != nullptr) Free(vec);
}

DEFINE_VEC_OF(val, wasm_val_t)
void wasm_val_vec_copy(wasm_val_vec_t* out, const wasm_val_vec_t* from) {
  NewZeroed(out, from != nullptr ? from->size : 0);
  for (size_t i = 0; i < out->size; ++i) wasm_val_copy(&out->data[i], &from->data[i]);
}
void wasm_val_vec_delete(wasm_val_vec_t* vec) {
  if (vec == nullptr) return;
  for (size_t i = 0; i < vec->size; ++i) wasm_val_delete(&vec->data[i]);
  Free(vec);
}
