// Prints one line.
#include <stdio.h>

int main(void) {
  puts("Hello from a component!");
  return 0;
}
