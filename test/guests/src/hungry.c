// "memory": takes memory, a megabyte at a time, until there is no more; prints whether that came
// before 64 megabytes. "stack N": calls N deep.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile unsigned sink;

__attribute__((noinline)) static unsigned Nest(unsigned n) {
  return n == 0 ? sink : Nest(n - 1) + sink + 1;
}

int main(int argc, char** argv) {
  if (argc > 2 && strcmp(argv[1], "stack") == 0) {
    printf("depth %u\n", Nest((unsigned)atoi(argv[2])));
    return 0;
  }
  unsigned pages = 0;
  while (pages < 1024 && __builtin_wasm_memory_grow(0, 16) != (size_t)-1) pages += 16;
  printf("%s\n", pages < 1024 ? "refused" : "64 megabytes");
  return 0;
}
