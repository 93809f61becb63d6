// Never ends, in the way that argv[1] names; with "ends" it does.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile unsigned sink;

__attribute__((noinline)) static unsigned Add(unsigned n) { return n == 0 ? sink : Add(n - 1) + 1; }

static void Spin(void) {
  for (;;) {
  }
}

static void Call(void) {
  for (;;) sink = Add(100);
}

static void Sleep(void) {
  for (;;) sleep(1000);
}

static void Read(void) {
  char byte;
  for (;;) read(0, &byte, 1);
}

static void Grow(void) {
  for (;;) __builtin_wasm_memory_grow(0, 0);
}

static void Fill(void) {
  static char block[1 << 20];
  for (;;) memset(block, (int)sink++, sizeof block);
}

static const struct {
  const char* name;
  void (*run)(void);
} kWays[] = {{"spin", Spin}, {"call", Call}, {"sleep", Sleep},
             {"read", Read}, {"grow", Grow}, {"fill", Fill}};

int main(int argc, char** argv) {
  printf("begins\n");
  fflush(stdout);
  for (unsigned i = 0; argc > 1 && i < sizeof kWays / sizeof kWays[0]; ++i) {
    if (strcmp(argv[1], kWays[i].name) == 0) kWays[i].run();
  }
  printf("ends\n");
  return 0;
}
