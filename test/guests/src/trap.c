// Traps inside nested named functions, in the way its argument names:
//   unreachable, memory (access out of bounds), divide (by zero), recursion (without end)
// The functions are noinline and do work after their calls, so that each has a frame of its own.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int sink;

__attribute__((noinline)) int RecurseWithoutEnd(int depth) {
  if (sink < 0) return 0;  // never; the compiler must not know
  int below = RecurseWithoutEnd(depth + 1);
  sink = depth;
  return below + depth;
}

__attribute__((noinline)) int Innermost(const char* how, int zero) {
  if (strcmp(how, "unreachable") == 0) __builtin_trap();
  if (strcmp(how, "memory") == 0) return *(volatile int*)0xfffffff0u;
  if (strcmp(how, "divide") == 0) return 42 / zero;
  if (strcmp(how, "recursion") == 0) return RecurseWithoutEnd(0);
  return 0;
}

__attribute__((noinline)) int Middle(const char* how, int zero) {
  sink = Innermost(how, zero) + 1;
  return sink;
}

__attribute__((noinline)) int Outermost(const char* how, int zero) {
  sink = Middle(how, zero) + 1;
  return sink;
}

int main(int argc, char** argv) {
  puts("before the trap");
  fflush(stdout);
  int result = Outermost(argc > 1 ? argv[1] : "", argc - argc);
  printf("after it: %d\n", result);
  return 0;
}
