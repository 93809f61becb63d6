// The canonical ABI's allocator: an arena that is emptied when a call is over. Blocks grow in place
// when they are the last; else they move.
#include "values.h"

extern uint8_t __heap_base;
static uintptr_t top, last;

void ResetArena(void) { top = last = 0; }

EXPORT("cabi_realloc")
void* Reallocate(void* old, size_t old_size, size_t alignment, size_t new_size) {
  if (top == 0) top = (uintptr_t)&__heap_base;
  const bool in_place = old_size != 0 && (uintptr_t)old == last && last % alignment == 0;
  const uintptr_t block = in_place ? last : (top + alignment - 1) & -alignment;
  const uintptr_t end = block + new_size;
  const uintptr_t have = (uintptr_t)__builtin_wasm_memory_size(0) << 16;
  if (end < block) __builtin_trap();
  if (end > have && (intptr_t)__builtin_wasm_memory_grow(0, (end - have + 0xffff) >> 16) < 0) {
    __builtin_trap();
  }
  if (!in_place) __builtin_memcpy((void*)block, old, old_size < new_size ? old_size : new_size);
  last = block;
  top = end;
  return (void*)block;
}

void* Allocate(size_t alignment, size_t size) { return Reallocate(0, 0, alignment, size); }
