// The canonical ABI's allocator, for guests that import functions themselves; plain C programs have
// none, as usual.
#include <stdlib.h>

// abi: "canonopt Validation" (realloc). A size of 0 still wants an aligned, non-null pointer.
__attribute__((export_name("cabi_realloc"))) void* cabi_realloc(void* old, size_t old_size,
                                                                size_t alignment, size_t new_size) {
  (void)old_size;
  if (new_size == 0) return (void*)alignment;
  void* block = realloc(old, new_size);
  if (block == NULL) __builtin_trap();
  return block;
}
