// The canonical ABI of world `plugin` in C: what arrives, what is returned, and an allocator that
// is as new in every call, since the host makes an instance for each.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char* data;
  size_t size;
} Text;

typedef struct {
  uint8_t is_error;
  Text text;
} Reply;

__attribute__((import_module("$root"), import_name("log"))) void Log(const char* text, size_t size);

// The request's two fields, then the samples, flat.
__attribute__((export_name("handle"))) Reply* Handle(const char* user, size_t user_size,
                                                     uint32_t limit, const uint32_t* samples,
                                                     size_t count);

extern unsigned char __heap_base;

__attribute__((export_name("cabi_realloc"))) void* Reallocate(void* old, size_t old_size,
                                                              size_t alignment, size_t size) {
  static uintptr_t top = (uintptr_t)&__heap_base;
  const uintptr_t block = (top + alignment - 1) & -alignment;
  const uintptr_t have = (uintptr_t)__builtin_wasm_memory_size(0) << 16;
  if (block + size > have &&
      (intptr_t)__builtin_wasm_memory_grow(0, (block + size - have + 0xffff) >> 16) < 0) {
    __builtin_trap();
  }
  top = block + size;
  for (size_t i = 0; i < old_size && i < size; ++i) ((char*)block)[i] = ((char*)old)[i];
  return (void*)block;
}
