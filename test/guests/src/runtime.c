// What every guest needs besides wasi-libc: the canonical ABI's allocator, and the symbols of the
// stack protector, which Debian's wasi-libc is built against but does not define.
#include <stdint.h>
#include <stdlib.h>

uintptr_t __stack_chk_guard = 0x5ca1ab1e;

_Noreturn void __stack_chk_fail(void) { __builtin_trap(); }

// abi: "canonopt Validation" (realloc). A size of 0 still wants an aligned, non-null pointer.
__attribute__((export_name("cabi_realloc")))
void* cabi_realloc(void* old, size_t old_size, size_t alignment, size_t new_size) {
  (void)old_size;
  if (new_size == 0) return (void*)alignment;
  void* block = realloc(old, new_size);
  if (block == NULL) __builtin_trap();
  return block;
}
