// What wasi-libc lacks for every guest: the symbols of the stack protector, which Debian's is built
// against but does not define.
#include <stdint.h>

uintptr_t __stack_chk_guard = 0x5ca1ab1e;

_Noreturn void __stack_chk_fail(void) { __builtin_trap(); }
